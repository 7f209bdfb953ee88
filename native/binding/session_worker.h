// native/binding/session_worker.h: one thread that owns one core session. Knows nothing of JavaScript.
//
// All methods are called on the JavaScript thread. The session itself is touched by the worker's thread alone, except
// for `Session::cancel`, which is made for other threads.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "core/session.h"

namespace hearth::binding {

class SessionWorker {
 public:
  using Work = std::function<void(Session&)>;

  /// Starts the thread. Throws std::system_error when the system has no thread left.
  explicit SessionWorker(std::unique_ptr<Session> session);
  ~SessionWorker() { close(); }
  SessionWorker(const SessionWorker&) = delete;
  SessionWorker& operator=(const SessionWorker&) = delete;

  uint32_t context() const { return context_; }
  /// As of the end of the last work; 0 after `close`.
  uint64_t memory_bytes() const { return memory_bytes_.load(std::memory_order_relaxed); }
  bool closed() const { return !thread_.joinable(); }

  /// Hands work to the thread; a cancel from before is forgotten. Neither closed nor given work that still runs: the
  /// caller sees to that. `work` runs exactly once, also when `close` follows at once, and must not throw.
  void start(Work work);
  /// The running work ends within one decode step or prefill chunk. Harmless when nothing runs.
  void cancel();
  /// Cancels, waits for the thread, frees the session. Idempotent. `work` never waits for the JavaScript thread, so
  /// this cannot deadlock.
  void close();

 private:
  void loop();

  std::unique_ptr<Session> session_;
  const uint32_t context_;
  std::atomic<uint64_t> memory_bytes_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Work work_;             // guarded by mutex_
  bool closing_ = false;  // guarded by mutex_
  std::thread thread_;    // last: it uses everything above
};

}  // namespace hearth::binding
