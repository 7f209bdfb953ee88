// native/core/speculation/suffix_index.cc: see suffix_index.h.
#include "core/speculation/suffix_index.h"

namespace hearth {

void SuffixIndex::clear() {
  states_.assign(1, {.length = 0, .link = -1, .end = 0});
  first_edge_.assign(1, -1);
  listed_.clear();
  edges_.assign(1024, {});
  used_ = 0;
  last_ = 0;
  size_ = 0;
  repeat_ = {};
}

uint64_t SuffixIndex::bytes() const {
  return states_.capacity() * sizeof(State) + edges_.capacity() * sizeof(Edge) +
         first_edge_.capacity() * sizeof(int32_t) + listed_.capacity() * sizeof(Listed);
}

size_t SuffixIndex::slot(uint32_t from, TokenId token) const {
  const uint64_t key = (uint64_t{from} << 32 | static_cast<uint32_t>(token)) * 0x9E3779B97F4A7C15u;
  size_t at = static_cast<size_t>(key >> 32) & (edges_.size() - 1);
  while (edges_[at].to != 0 && (edges_[at].from != from || edges_[at].token != token)) {
    at = (at + 1) & (edges_.size() - 1);
  }
  return at;
}

uint32_t SuffixIndex::find(uint32_t from, TokenId token) const { return edges_[slot(from, token)].to; }

uint32_t& SuffixIndex::target(uint32_t from, TokenId token) {
  if ((used_ + 1) * 3 > edges_.size() * 2) grow();
  Edge& edge = edges_[slot(from, token)];
  if (edge.to == 0) {
    edge = {.from = from, .token = token, .to = 0};
    ++used_;
    listed_.push_back({token, first_edge_[from]});
    first_edge_[from] = static_cast<int32_t>(listed_.size()) - 1;
  }
  return edge.to;
}

void SuffixIndex::grow() {
  std::vector<Edge> old(edges_.size() * 2);
  old.swap(edges_);
  for (const Edge& edge : old) {
    if (edge.to != 0) edges_[slot(edge.from, edge.token)] = edge;
  }
}

void SuffixIndex::copy_edges(uint32_t from, uint32_t to) {
  for (int32_t at = first_edge_[from]; at >= 0; at = listed_[static_cast<size_t>(at)].next) {
    const TokenId token = listed_[static_cast<size_t>(at)].token;
    const uint32_t goal = find(from, token);
    target(to, token) = goal;
  }
}

void SuffixIndex::append(TokenId token) {
  ++size_;
  const auto add = [&](State state) {
    states_.push_back(state);
    first_edge_.push_back(-1);
    return static_cast<uint32_t>(states_.size()) - 1;
  };
  const uint32_t now = add({.length = size_, .link = 0, .end = size_});
  auto from = static_cast<int32_t>(last_);
  while (from >= 0 && find(static_cast<uint32_t>(from), token) == 0) {
    target(static_cast<uint32_t>(from), token) = now;
    from = states_[static_cast<size_t>(from)].link;
  }
  if (from >= 0) {
    const auto parent = static_cast<uint32_t>(from);
    const uint32_t next = find(parent, token);
    uint32_t link = next;
    if (states_[next].length != states_[parent].length + 1) {
      link = add({.length = states_[parent].length + 1, .link = states_[next].link, .end = states_[next].end});
      copy_edges(next, link);
      while (from >= 0 && find(static_cast<uint32_t>(from), token) == next) {
        target(static_cast<uint32_t>(from), token) = link;
        from = states_[static_cast<size_t>(from)].link;
      }
      states_[next].link = static_cast<int32_t>(link);
    }
    states_[now].link = static_cast<int32_t>(link);
  }
  last_ = now;
  State& repeated = states_[static_cast<size_t>(states_[now].link)];
  repeat_ = {.length = repeated.length, .end = repeated.end};
  repeated.end = size_;  // the next time, this is the most recent occurrence
}

}  // namespace hearth
