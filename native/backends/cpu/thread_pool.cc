// native/backends/cpu/thread_pool.cc: claiming by ticket, spinning, sleeping.
#include "backends/cpu/thread_pool.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace hearth::cpu {
namespace {

void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("isb" ::: "memory");
#endif
}

uint32_t unclaimed(uint64_t ticket) { return static_cast<uint32_t>(ticket); }

}  // namespace

ThreadPool::ThreadPool(uint32_t threads) {
  // Spinning pays only while every thread has a core of its own.
  spins_ = threads <= std::thread::hardware_concurrency() ? 1000 : 0;
  for (uint32_t worker = 1; worker < threads; ++worker) workers_.emplace_back([this, worker] { work(worker); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(sleep_);
    stopping_.store(true);
  }
  wake_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void ThreadPool::run_erased(uint32_t count, Function function, const void* context) {
  if (count == 0) return;
  std::lock_guard turn(turn_);
  if (count == 1 || workers_.empty()) {
    for (uint32_t index = 0; index < count; ++index) function(context, index, 0);
    return;
  }
  function_.store(function, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  count_.store(count, std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  const uint64_t generation = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
  ticket_.store(generation << 32 | count);  // sequentially consistent, as are the sleeper's steps: one sees the other
  if (sleepers_.load() > 0) {
    {
      std::lock_guard lock(sleep_);
    }  // a worker between its last look and its wait holds this
    wake_.notify_all();
  }
  while (work_on_one(0)) {
  }
  for (uint32_t spin = 0; done_.load(std::memory_order_acquire) != count; ++spin) {
    if (spin < spins_) {
      pause_briefly();
    } else {
      std::this_thread::yield();
    }
  }
}

/// Claims and runs one index; false when none is free.
bool ThreadPool::work_on_one(uint32_t worker) {
  uint64_t ticket = ticket_.load();
  while (unclaimed(ticket) > 0) {
    const Function function = function_.load(std::memory_order_relaxed);
    const void* context = context_.load(std::memory_order_relaxed);
    const uint32_t count = count_.load(std::memory_order_relaxed);
    if (!ticket_.compare_exchange_weak(ticket, ticket - 1)) continue;
    function(context, count - unclaimed(ticket), worker);
    done_.fetch_add(1, std::memory_order_release);
    return true;
  }
  return false;
}

void ThreadPool::work(uint32_t worker) {
  while (true) {
    bool worked = false;
    for (uint32_t spin = 0; spin <= spins_ && !worked; ++spin) {
      worked = work_on_one(worker);
      if (!worked) pause_briefly();
    }
    if (worked) continue;
    std::unique_lock lock(sleep_);
    sleepers_.fetch_add(1);
    wake_.wait(lock, [this] { return stopping_.load() || unclaimed(ticket_.load()) > 0; });
    sleepers_.fetch_sub(1);
    if (stopping_.load()) return;
  }
}

}  // namespace hearth::cpu
