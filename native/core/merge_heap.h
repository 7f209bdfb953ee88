// native/core/merge_heap.h: the smallest of many 64-bit numbers, first. Four children a node: a pop then visits half
// the levels of a binary heap, and the four lie in one or two cache lines.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hearth {

class MergeHeap {
 public:
  void clear() {
    entries_.clear();
    sorted_.clear();
    next_ = 0;
  }
  bool empty() const { return entries_.empty() && next_ == sorted_.size(); }

  /// An entry to start with: in ascending order of position, and start() before the first push() or pop().
  void append(uint64_t entry) { sorted_.push_back(entry); }
  /// `ranks`: all ranks are below.
  void start(uint64_t ranks) {
    constexpr unsigned kBits = 11;
    for (unsigned shift = 32; ranks >> (shift - 32) != 0; shift += kBits) {
      std::array<uint32_t, (1 << kBits) + 1> begins{};
      const auto digit = [&](uint64_t entry) { return entry >> shift & ((1 << kBits) - 1); };
      for (const uint64_t entry : sorted_) ++begins[digit(entry) + 1];
      for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
      spare_.resize(sorted_.size());
      for (const uint64_t entry : sorted_) spare_[begins[digit(entry)]++] = entry;
      sorted_.swap(spare_);
    }
  }

  void push(uint64_t entry) {
    entries_.push_back(entry);
    size_t i = entries_.size() - 1;
    while (i > 0) {
      const size_t parent = (i - 1) / 4;
      if (entries_[parent] <= entry) break;
      entries_[i] = entries_[parent];
      i = parent;
    }
    entries_[i] = entry;
  }

  uint64_t pop() {
    if (next_ < sorted_.size() && (entries_.empty() || sorted_[next_] < entries_.front())) return sorted_[next_++];
    const uint64_t smallest = entries_.front();
    const uint64_t last = entries_.back();
    entries_.pop_back();
    if (!entries_.empty()) sink(0, last);
    return smallest;
  }

 private:
  void sink(size_t i, uint64_t entry) {
    const size_t size = entries_.size();
    for (;;) {
      const size_t first = 4 * i + 1;
      if (first >= size) break;
      const size_t end = first + 4 < size ? first + 4 : size;
      size_t least = first;
      for (size_t child = first + 1; child < end; ++child) {
        if (entries_[child] < entries_[least]) least = child;
      }
      if (entries_[least] >= entry) break;
      entries_[i] = entries_[least];
      i = least;
    }
    entries_[i] = entry;
  }

  std::vector<uint64_t> entries_;         // the heap
  std::vector<uint64_t> sorted_, spare_;  // what was there at the start, and room to sort it
  size_t next_ = 0;                       // in sorted_
};

}  // namespace hearth
