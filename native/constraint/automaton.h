// native/constraint/automaton.h: a grammar read byte by byte, made deterministic only where it is read.
//
// A state is a set of readings: (grammar state, stack of calls to come back to). Sets, stacks and steps are kept once
// they were seen, so a second visit costs one look-up. (The lazy automaton of Willard and Louf 2023, arXiv 2307.09702,
// with the persistent stacks of XGrammar, arXiv 2411.15100.)
//
// No reading is ever a dead end: one that cannot come to its end within Grammar::kMostDepth calls is dropped at once.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "constraint/grammar.h"

namespace hearth::constraint {

class Automaton {
 public:
  using Id = int32_t;
  static constexpr Id kDead = -1;
  /// Readings of one state at most. Where an ambiguous grammar has more, the rest is given up: the text still meets
  /// the grammar, it only has fewer ways to.
  static constexpr size_t kMostReadings = 1024;

  explicit Automaton(std::shared_ptr<const Grammar> grammar);

  Id start() const { return 0; }
  Id step(Id from, uint8_t byte) {
    const auto& next = states_[static_cast<size_t>(from)].next;
    const Id known = next ? next[byte] : kUnknown;
    return known != kUnknown ? known : compute_step(from, byte);
  }
  /// The one state behind every character of a JSON string that needs no escape, or kDead where they differ.
  Id behind_plain_character(Id from);

  /// The one byte that may follow; -1 where it is not the only one, or the text may end here.
  int only_byte(Id id) const;

  /// The text so far is whole.
  bool complete(Id id) const { return states_[static_cast<size_t>(id)].complete; }
  /// No byte may follow.
  bool closed(Id id) const { return states_[static_cast<size_t>(id)].readings.empty(); }
  size_t readings(Id id) const { return states_[static_cast<size_t>(id)].readings.size(); }

  /// Bytes held now, and from where on `collect` should be called.
  size_t bytes() const { return bytes_; }
  static constexpr size_t kMostBytes = 48 << 20;
  /// Forgets all but the start and the states in `live`, which get new ids in place; kDead and below stay.
  void collect(std::span<const std::span<Id>> live);

 private:
  static constexpr Id kUnknown = -2;
  struct Reading {
    State state;
    uint32_t stack;  // 0: empty
    auto operator<=>(const Reading&) const = default;
  };
  struct Frame {
    State back;
    uint32_t below;  // the stack under it
    uint32_t depth;
  };
  struct Entry {
    std::vector<Reading> readings;  // in order; each has a byte edge
    std::unique_ptr<Id[]> next;     // [256] once it was asked
    Id behind_plain = kUnknown;
    bool complete = false;
  };

  Id compute_step(Id from, uint8_t byte);
  Id common_successor(Id from);
  /// Follows jumps, calls and returns from `roots_`; interns what can read a byte.
  Id close();
  Id intern(bool complete);
  uint32_t push(State back, uint32_t below);
  uint32_t depth(uint32_t stack) const { return frames_[stack].depth; }

  std::shared_ptr<const Grammar> grammar_;
  std::vector<Entry> states_;
  std::unordered_multimap<uint64_t, Id> ids_;  // by hash of the readings
  std::vector<Frame> frames_;
  std::unordered_map<uint64_t, uint32_t> frame_ids_;  // by back and below
  size_t bytes_ = 0;

  std::vector<Reading> roots_, open_, found_;  // scratch of close()
  std::vector<uint64_t> seen_slots_;           // a hash set of readings that is emptied by counting up
  std::vector<uint32_t> seen_rounds_;
  uint32_t round_ = 0;
  bool see(const Reading& reading);
};

}  // namespace hearth::constraint
