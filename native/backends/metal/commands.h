// native/backends/metal/commands.h: dispatches on their way to the GPU: barriers between those that depend on each
// other, command buffers short enough that the screen stays smooth and a cancelled prompt ends soon.
#pragma once
#include <deque>
#include <initializer_list>
#include <optional>
#include <vector>

#include "backends/metal/gpu.h"
#include "backends/metal/messages.h"

namespace hearth::metal {

/// One buffer of a dispatch: bound at `offset`; the kernel touches bytes [begin, end) of it. Weights are only read by
/// everyone, so nobody waits for them: their range is empty.
struct Binding {
  Id object = nullptr;
  uint64_t offset = 0;
  uint64_t begin = 0, end = 0;
  bool writes = false;
};

struct Work {
  std::string_view kernel;
  std::span<const Constant> constants;
  std::span<const Binding> bindings;  // at index 0, 1, ...
  const void* arguments = nullptr;    // at the index behind the last binding
  size_t argument_bytes = 0;
  GridSize groups{1, 1, 1}, threads{1, 1, 1};
  uint64_t bytes = 0;  // that it moves, roughly: what its time follows from
};

/// What was recorded, for reports.
struct CommandCounts {
  uint64_t dispatches = 0, barriers = 0, buffers = 0, bytes = 0;
};

class Commands {
 public:
  explicit Commands(Gpu& gpu) : gpu_(gpu) {}
  ~Commands();
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  void add(const Work& work);
  /// Waits for everything added. Errors: kBackend, the first since the last call.
  Status finish();
  /// Fails the next `finish`.
  void fail(Error error);
  const CommandCounts& counts() const { return counts_; }

 private:
  struct Submitted {
    Owned buffer;
    uint64_t bytes;
  };
  struct Touched {
    Id object;
    uint64_t begin, end;
    bool written;
  };
  bool begin();
  void submit();
  void wait_for_oldest();
  bool must_wait(std::span<const Binding> bindings) const;

  Gpu& gpu_;
  Owned buffer_, encoder_;        // being recorded
  uint64_t bytes_ = 0;            // in it
  std::vector<Touched> touched_;  // since the last barrier
  std::deque<Submitted> submitted_;
  double bytes_per_second_ = 30e9;  // measured as command buffers complete
  std::optional<Error> error_;
  CommandCounts counts_;
};

}  // namespace hearth::metal
