// native/backends/cpu/packer.cc: a queue and a thread.
#include "backends/cpu/packer.h"

#include <algorithm>

#include "backends/cpu/packed_memory.h"

namespace hearth::cpu {
namespace {

constexpr int64_t kQuiet = 50;                   // milliseconds without a use: longer than between two tokens
constexpr size_t kSliceBytes = size_t{4} << 20;  // how much of a file's pages is held twice at most

}  // namespace

Packer::~Packer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_.store(true);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Packer::add(PackedWeight& weight) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(&weight);
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  changed_.notify_all();
}

void Packer::finish() {
  std::unique_lock lock(mutex_);
  hurried_.store(true);
  changed_.notify_all();
  changed_.wait(lock, [this] { return waiting_.empty(); });
}

void Packer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_.load() || !waiting_.empty(); });
    if (stopping_.load()) return;
    if (busy()) {
      changed_.wait_for(lock, std::chrono::milliseconds(kQuiet),
                        [this] { return stopping_.load() || hurried_.load(); });
      continue;
    }
    PackedWeight& weight = *waiting_.front();
    lock.unlock();
    const bool done = weight.data.load(std::memory_order_acquire) != nullptr || (weight.claim() && pack(weight));
    lock.lock();
    if (!done) continue;  // somebody else is at it, or the model is used
    waiting_.pop_front();
    changed_.notify_all();
  }
}

bool Packer::busy() const { return !hurried_.load() && now() - last_use_.load(std::memory_order_relaxed) < kQuiet; }

/// Whether it came to the end.
bool Packer::pack(PackedWeight& weight) {
  const auto slice = static_cast<uint32_t>(std::max<size_t>(1, kSliceBytes / weight.panel_bytes));
  uint32_t& next = weight.filled_panels;
  while (next < weight.all_panels()) {
    const uint32_t begin = next, end = std::min(weight.all_panels(), begin + slice);
    const auto source = weight.source_of(begin, end);
    if (weight.source.mapped) expect_pages(source.data(), source.size());
    for (; next < end; ++next) {
      if (stopping_.load(std::memory_order_relaxed) || busy()) {
        weight.leave();
        return false;
      }
      weight.pack(next, weight.room + next * weight.panel_bytes);
    }
    if (weight.source.mapped) give_back_pages(source.data(), source.size());
  }
  weight.filled();
  return true;
}

}  // namespace hearth::cpu
