// native/binding/session_worker.cc: see session_worker.h.
#include "binding/session_worker.h"

#include <utility>

namespace hearth::binding {

SessionWorker::SessionWorker(std::unique_ptr<Session> session)
    : session_(std::move(session)),
      context_(session_->context()),
      memory_bytes_(session_->memory_bytes()),
      thread_([this] { loop(); }) {}

void SessionWorker::start(Work work) {
  // Cleared here and not on the thread: a cancel that follows this call at once must not be lost.
  session_->clear_cancel();
  {
    const std::lock_guard lock(mutex_);
    work_ = std::move(work);
  }
  wake_.notify_one();
}

void SessionWorker::cancel() {
  if (session_) session_->cancel();
}

void SessionWorker::close() {
  if (closed()) return;
  session_->cancel();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
  session_.reset();
  memory_bytes_.store(0, std::memory_order_relaxed);
}

void SessionWorker::loop() {
  while (true) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || work_; });
      if (!work_) return;  // closing, and nothing is left to answer
      work = std::exchange(work_, nullptr);
    }
    work(*session_);
    memory_bytes_.store(session_->memory_bytes(), std::memory_order_relaxed);
  }
}

}  // namespace hearth::binding
