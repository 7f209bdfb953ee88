// native/backends/metal/gpu.h: the GPU as this backend sees it: what it is, its memory, its compiled kernels.
//
// Kernels travel as source and are compiled on the person's machine: for its system, without tools of Apple's on ours.
// Which format, which operation and so on are function constants, so a pipeline holds one decoder and no branches.
#pragma once
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "backends/metal/objc.h"
#include "ops/device.h"

namespace hearth::metal {

struct GpuFacts {
  std::string name;          // "Apple M2 Pro"
  uint32_t family = 0;       // 7: M1, 8: M2, 9: M3 and M4, 10: M5; 0: none of Apple's
  uint64_t working_set = 0;  // bytes that the system recommends at most
  uint64_t largest_buffer = 0;
};

/// Kernel sources of one subject, compiled together: "matvec", "attend", ...
struct KernelSource {
  const char* family;
  const char* text;
};
/// All of them, put into the program by the build (embed_kernels.cmake).
std::span<const KernelSource> kernel_sources();

/// Values of function constants by index (kernels/arguments.h), and of which kind: the others stay undefined.
struct Constant {
  uint32_t index = 0;
  uint32_t value = 0;
  bool is_bool = false;
  auto operator<=>(const Constant&) const = default;
};

class MetalBuffer final : public ops::Buffer {
 public:
  MetalBuffer(class Gpu& gpu, Owned object, size_t bytes);
  ~MetalBuffer() override;
  std::byte* host() override { return host_; }
  size_t bytes() const override { return bytes_; }
  Id object() const { return object_.get(); }

 private:
  Gpu& gpu_;
  Owned object_;
  std::byte* host_;
  size_t bytes_;
};

class Gpu {
 public:
  /// Errors: kBackend: no GPU here, or a kernel that this system cannot compile, with its message.
  static Result<std::unique_ptr<Gpu>> open();
  ~Gpu();
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  const GpuFacts& facts() const { return facts_; }
  Id queue() const { return queue_.get(); }

  /// Zeroed, shared with the host. Errors: kOutOfMemory, before the machine begins to swap.
  Result<std::unique_ptr<MetalBuffer>> allocate(size_t bytes);
  /// A buffer over memory of ours, whole pages of it. Errors: kOutOfMemory, kBackend.
  Result<Owned> wrap(void* pages, size_t bytes);
  /// Keeps what was wrapped in the GPU's memory while the queue lives, where the system can.
  void make_resident(std::span<const Owned> buffers);

  /// Null when it cannot be made; then `pipeline_error` says why. Made once, from any thread.
  Id pipeline(std::string_view kernel, std::span<const Constant> constants);
  std::string pipeline_error() const;

  /// Bytes in buffers, wrapped or allocated.
  uint64_t bytes_in_use() const;
  /// The device failed; everything later is refused with this sentence.
  void lose(const std::string& why);
  Status usable() const;

 private:
  friend class MetalBuffer;
  Gpu() = default;
  Status compile();
  Status reserve(size_t bytes);
  void give_back(size_t bytes);

  Owned device_, queue_, residency_;
  GpuFacts facts_;
  std::map<std::string, Owned, std::less<>> libraries_;  // by family

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::vector<Constant>>, Owned> pipelines_;
  std::string pipeline_error_, lost_;
  uint64_t bytes_in_use_ = 0;
};

}  // namespace hearth::metal
