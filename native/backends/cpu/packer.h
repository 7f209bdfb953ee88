// native/backends/cpu/packer.h: packs weights on a thread of its own, while nothing is computed.
//
// A model is ready as soon as its file is read. Its first use packs what it needs for that once (cpu_dots.cc), its
// second fills the copy; but most people have not typed their first word before this thread has filled all of them.
// It waits while the model is used: one thread more than cores would hold all of them up.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "backends/cpu/packing.h"

namespace hearth::cpu {

class Packer {
 public:
  Packer() = default;
  /// Gives up what is not done yet.
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  /// Fills `weight.room` if nobody else has. In the order of the calls.
  void add(PackedWeight& weight);
  /// Something is computed right now.
  void note_use() { last_use_.store(now(), std::memory_order_relaxed); }
  /// Waits until everything is packed.
  void finish();

 private:
  /// Milliseconds on a clock that only rises.
  static int64_t now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
  }
  void work();
  bool busy() const;
  bool pack(PackedWeight& weight);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PackedWeight*> waiting_;  // the one in work is still its front
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> hurried_ = false;  // somebody waits
  std::atomic<int64_t> last_use_ = 0;
  std::thread thread_;  // started with the first weight
};

}  // namespace hearth::cpu
