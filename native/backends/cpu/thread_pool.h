// native/backends/cpu/thread_pool.h: a few threads that share one indexed loop at a time.
//
// An op of a small model takes microseconds, so idle workers spin a little before they sleep. A loop waits only for
// indices that some thread has really claimed: a worker that the system has not scheduled holds nobody up.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace hearth::cpu {

class ThreadPool {
 public:
  /// `threads` counts the caller of `run`; 1 makes no thread at all.
  explicit ThreadPool(uint32_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  uint32_t threads() const { return static_cast<uint32_t>(workers_.size()) + 1; }

  /// Calls body(index, worker) for every index below `count`, worker < threads(), and returns when all are done.
  /// Calls from several threads take turns. `body` must not call `run` and must not throw. Allocates nothing.
  template <typename Body>
  void run(uint32_t count, const Body& body) {
    run_erased(
        count,
        [](const void* context, uint32_t index, uint32_t worker) {
          (*static_cast<const Body*>(context))(index, worker);
        },
        &body);
  }

 private:
  using Function = void (*)(const void* context, uint32_t index, uint32_t worker);
  void run_erased(uint32_t count, Function function, const void* context);
  bool work_on_one(uint32_t worker);
  void work(uint32_t worker);

  std::mutex turn_;  // held for the whole of a loop

  // The loop at hand. `ticket_` is its generation << 32 | indices not yet claimed. The other fields are read before the
  // claim and believed only if the claim succeeds: they cannot have changed while an index of that generation was free.
  std::atomic<uint64_t> ticket_{0};
  std::atomic<Function> function_{nullptr};
  std::atomic<const void*> context_{nullptr};
  std::atomic<uint32_t> count_{0};
  std::atomic<uint32_t> done_{0};

  std::mutex sleep_;
  std::condition_variable wake_;
  std::atomic<uint32_t> sleepers_{0};
  std::atomic<bool> stopping_{false};
  uint32_t spins_;
  std::vector<std::thread> workers_;
};

/// Physical cores that this process may run on; on Apple silicon the performance cores. At least 1.
uint32_t usable_cores();

}  // namespace hearth::cpu
