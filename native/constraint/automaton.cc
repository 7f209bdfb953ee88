// native/constraint/automaton.cc: see automaton.h.
#include "constraint/automaton.h"

#include <algorithm>
#include <array>

namespace hearth::constraint {
namespace {

constexpr size_t kSeenSlots = 1 << 16;
constexpr size_t kMostSeen = kSeenSlots / 2;

uint64_t mix(uint64_t a) {
  a = (a ^ (a >> 31)) * 0x9E3779B97F4A7C15;
  return a ^ (a >> 29);
}

}  // namespace

Automaton::Automaton(std::shared_ptr<const Grammar> grammar)
    : grammar_(std::move(grammar)), frames_{{0, 0, 0}}, seen_slots_(kSeenSlots), seen_rounds_(kSeenSlots, 0) {
  roots_.assign(1, {grammar_->start(), 0});
  close();
}

bool Automaton::see(const Reading& reading) {
  const uint64_t key = uint64_t{reading.stack} << 32 | reading.state;
  for (size_t slot = mix(key) % kSeenSlots;; slot = (slot + 1) % kSeenSlots) {
    if (seen_rounds_[slot] != round_) {
      seen_rounds_[slot] = round_;
      seen_slots_[slot] = key;
      return true;
    }
    if (seen_slots_[slot] == key) return false;
  }
}

uint32_t Automaton::push(State back, uint32_t below) {
  if (grammar_->only_ends(back)) return below;  // nothing to come back for: a call at the end of a rule is a jump
  const auto [found, is_new] =
      frame_ids_.try_emplace(uint64_t{below} << 32 | back, static_cast<uint32_t>(frames_.size()));
  if (is_new) {
    frames_.push_back({back, below, depth(below) + 1});
    bytes_ += sizeof(Frame) + 48;
  }
  return found->second;
}

Automaton::Id Automaton::close() {
  if (++round_ == 0) {
    std::ranges::fill(seen_rounds_, 0);
    round_ = 1;
  }
  open_ = roots_;
  found_.clear();
  bool complete = false;
  size_t seen = 0;
  while (!open_.empty() && seen < kMostSeen && found_.size() < kMostReadings) {
    const Reading at = open_.back();
    open_.pop_back();
    if (depth(at.stack) + grammar_->height(at.state) > Grammar::kMostDepth || !see(at)) continue;
    ++seen;
    if (!grammar_->bytes(at.state).empty()) found_.push_back(at);
    for (const State to : grammar_->jumps(at.state)) open_.push_back({to, at.stack});
    for (const Call& call : grammar_->calls(at.state)) {
      if (depth(at.stack) < Grammar::kMostDepth && grammar_->height(call.back) <= Grammar::kMostDepth)
        open_.push_back({grammar_->start(call.rule), push(call.back, at.stack)});
    }
    if (grammar_->ends(at.state)) {
      if (at.stack == 0) {
        complete = true;
      } else {
        open_.push_back({frames_[at.stack].back, frames_[at.stack].below});
      }
    }
  }
  return intern(complete);
}

Automaton::Id Automaton::intern(bool complete) {
  if (found_.empty() && !complete) return kDead;
  std::ranges::sort(found_);
  uint64_t hash = complete;
  for (const Reading& reading : found_) hash = mix(hash + (uint64_t{reading.stack} << 32 | reading.state)) + 1;
  const auto [first, last] = ids_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const Entry& entry = states_[static_cast<size_t>(it->second)];
    if (entry.complete == complete && entry.readings == found_) return it->second;
  }
  const auto id = static_cast<Id>(states_.size());
  states_.push_back({.readings = found_, .next = nullptr, .behind_plain = kUnknown, .complete = complete});
  ids_.emplace(hash, id);
  bytes_ += sizeof(Entry) + found_.size() * sizeof(Reading) + 48;
  return id;
}

Automaton::Id Automaton::compute_step(Id from, uint8_t byte) {
  roots_.clear();
  for (const Reading& reading : states_[static_cast<size_t>(from)].readings) {
    for (const ByteEdge& edge : grammar_->bytes(reading.state)) {
      if (edge.low <= byte && byte <= edge.high) roots_.push_back({edge.to, reading.stack});
    }
  }
  const Id to = roots_.empty() ? kDead : close();
  auto& next = states_[static_cast<size_t>(from)].next;
  if (!next) {
    next = std::make_unique<Id[]>(256);
    std::fill_n(next.get(), 256, kUnknown);
    bytes_ += 256 * sizeof(Id);
  }
  return next[byte] = to;
}

int Automaton::only_byte(Id id) const {
  const Entry& entry = states_[static_cast<size_t>(id)];
  if (entry.complete) return -1;
  int only = -1;
  for (const Reading& reading : entry.readings) {
    for (const ByteEdge& edge : grammar_->bytes(reading.state)) {
      if (edge.low != edge.high || (only >= 0 && edge.low != only)) return -1;
      only = edge.low;
    }
  }
  return only;
}

Automaton::Id Automaton::behind_plain_character(Id from) {
  const Id known = states_[static_cast<size_t>(from)].behind_plain;
  if (known != kUnknown) return known;
  const Id found = common_successor(from);
  return states_[static_cast<size_t>(from)].behind_plain = found;
}

Automaton::Id Automaton::common_successor(Id from) {
  const Id to = step(from, 'a');
  if (to == kDead) return kDead;
  const auto all = [this](const std::vector<Id>& states, int low, int high) {  // where a range of bytes leads
    std::vector<Id> out;
    for (const Id s : states) {
      for (int byte = low; byte <= high; ++byte) {
        out.push_back(s == kDead ? kDead : step(s, static_cast<uint8_t>(byte)));
        if (out.size() > 1 && out.back() == out[out.size() - 2]) out.pop_back();
      }
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
  };
  const std::vector<Id> here{from}, wanted{to};
  for (const auto& [low, high] : {std::pair{0x20, 0x21}, {0x23, 0x5B}, {0x5D, 0x7F}}) {
    if (all(here, low, high) != wanted) return kDead;
  }
  struct Lead {
    int low, high, second_low, second_high, more;  // RFC 3629, section 4
  };
  constexpr std::array<Lead, 8> kLeads{{{0xC2, 0xDF, 0x80, 0xBF, 0},
                                        {0xE0, 0xE0, 0xA0, 0xBF, 1},
                                        {0xE1, 0xEC, 0x80, 0xBF, 1},
                                        {0xED, 0xED, 0x80, 0x9F, 1},
                                        {0xEE, 0xEF, 0x80, 0xBF, 1},
                                        {0xF0, 0xF0, 0x90, 0xBF, 2},
                                        {0xF1, 0xF3, 0x80, 0xBF, 2},
                                        {0xF4, 0xF4, 0x80, 0x8F, 2}}};
  for (const Lead& lead : kLeads) {
    std::vector<Id> states = all(all(here, lead.low, lead.high), lead.second_low, lead.second_high);
    for (int i = 0; i < lead.more; ++i) states = all(states, 0x80, 0xBF);
    if (states != wanted) return kDead;
  }
  return to;
}

void Automaton::collect(std::span<const std::span<Id>> live) {
  const std::vector<Entry> old_states = std::exchange(states_, {});
  const std::vector<Frame> old_frames = std::exchange(frames_, {{0, 0, 0}});
  ids_.clear();
  frame_ids_.clear();
  bytes_ = 0;
  std::unordered_map<uint32_t, uint32_t> new_stacks{{0, 0}};
  const auto stack_of = [&](uint32_t old) {
    std::vector<uint32_t> path;  // from the top down to what is known
    for (; !new_stacks.contains(old); old = old_frames[old].below) path.push_back(old);
    uint32_t stack = new_stacks[old];
    for (; !path.empty(); path.pop_back()) {
      stack = push(old_frames[path.back()].back, stack);
      new_stacks[path.back()] = stack;
    }
    return stack;
  };
  std::unordered_map<Id, Id> new_ids;
  const auto keep = [&](Id old) {
    if (old < 0) return old;
    const auto [known, is_new] = new_ids.try_emplace(old, kDead);
    if (is_new) {
      const Entry& entry = old_states[static_cast<size_t>(old)];
      found_.clear();
      for (const Reading& reading : entry.readings) found_.push_back({reading.state, stack_of(reading.stack)});
      known->second = intern(entry.complete);
    }
    return known->second;
  };
  keep(0);
  for (const std::span<Id> ids : live) {
    for (Id& id : ids) id = keep(id);
  }
}

}  // namespace hearth::constraint
