// native/core/merge_heap.h: the smallest of many 64-bit numbers, first. Four children a node: a pop then visits half
// the levels of a binary heap, and the four lie in one or two cache lines.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hearth {

class MergeHeap {
 public:
  void clear() { entries_.clear(); }
  bool empty() const { return entries_.empty(); }

  /// Appends without order; call order() before the first pop().
  void append(uint64_t entry) { entries_.push_back(entry); }
  void order() {
    for (size_t i = entries_.size() / 4 + 1; i-- > 0;) {
      if (i < entries_.size()) sink(i, entries_[i]);
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

  std::vector<uint64_t> entries_;
};

}  // namespace hearth
