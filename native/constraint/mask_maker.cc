// native/constraint/mask_maker.cc: see mask_maker.h.
#include "constraint/mask_maker.h"

#include <algorithm>
#include <array>

namespace hearth::constraint {

MaskMaker::MaskMaker(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const TokenTrie> trie)
    : automaton_(std::move(grammar)), trie_(std::move(trie)), path_(TokenTrie::kMostTokenBytes + 1) {}

std::span<const uint64_t> MaskMaker::mask(std::span<Automaton::Id> history) {
  if (const auto found = by_state_.find(history.back()); found != by_state_.end()) {
    kept_.splice(kept_.begin(), kept_, found->second);
    return kept_.front().mask;
  }
  if (automaton_.bytes() > Automaton::kMostBytes) collect(history, {});
  std::vector<uint64_t> mask;
  if (!kept_.empty() && (kept_.size() + 1) * trie_->words() * 8 > kMostMaskBytes) {
    mask = std::move(kept_.back().mask);
    by_state_.erase(kept_.back().state);
    kept_.pop_back();
  }
  mask.assign(trie_->words(), 0);
  make(history, mask);  // may free masks and rename states
  kept_.push_front({history.back(), std::move(mask)});
  by_state_[history.back()] = kept_.begin();
  return kept_.front().mask;
}

void MaskMaker::collect(std::span<Automaton::Id> history, std::span<Automaton::Id> path) {
  const std::array live{history, path};
  automaton_.collect(live);
  kept_.clear();
  by_state_.clear();
}

void MaskMaker::make(std::span<Automaton::Id> history, std::vector<uint64_t>& mask) {
  if (automaton_.complete(history.back())) {
    for (const TokenId id : trie_->end_tokens())
      mask[static_cast<size_t>(id) / 64] |= uint64_t{1} << (static_cast<size_t>(id) % 64);
  }
  if (automaton_.closed(history.back())) return;
  work_ = 0;
  add_single_bytes(history.back(), mask);

  // How many plain characters may follow whatever they are.
  Automaton::Id at = history.back();
  uint32_t reach = 0;
  while (reach < trie_->longest_plain()) {
    const Automaton::Id next = automaton_.behind_plain_character(at);
    if (next == Automaton::kDead) break;
    reach = next == at ? trie_->longest_plain() : reach + 1;
    at = next;
  }
  if (reach > 0) {
    const auto plain = trie_->plain_up_to(reach);
    for (size_t w = 0; w < mask.size(); ++w) mask[w] |= plain[w];
  }
  if (reach < trie_->longest_plain()) {
    // Some longer tokens may fit as well, unless no character at all may follow.
    bool goes_on = reach == 0;
    for (int byte = 0x20; byte < 0x100 && !goes_on; ++byte)
      goes_on = byte != '"' && byte != '\\' && automaton_.step(at, static_cast<uint8_t>(byte)) != Automaton::kDead;
    if (goes_on) walk(trie_->plain(), history, mask);
  }
  walk(trie_->others(), history, mask);
}

void MaskMaker::add_single_bytes(Automaton::Id state, std::vector<uint64_t>& mask) {
  for (const auto nodes : {trie_->plain(), trie_->others()}) {
    for (size_t i = 0; i < nodes.size(); i = nodes[i].end) {
      if (nodes[i].token < 0 || automaton_.step(state, nodes[i].byte) == Automaton::kDead) continue;
      for (const TokenId id : trie_->tokens(nodes[i]))
        mask[static_cast<size_t>(id) / 64] |= uint64_t{1} << (static_cast<size_t>(id) % 64);
    }
  }
}

void MaskMaker::walk(std::span<const TokenTrie::Node> nodes, std::span<Automaton::Id> history,
                     std::vector<uint64_t>& mask) {
  path_[0] = history.back();
  for (size_t i = 0; i < nodes.size();) {
    const TokenTrie::Node& node = nodes[i];
    const Automaton::Id from = path_[node.depth];
    work_ += automaton_.readings(from);
    if (work_ > kMostWork) return;
    const Automaton::Id to = automaton_.step(from, node.byte);
    if (to == Automaton::kDead) {
      i = node.end;
      continue;
    }
    path_[node.depth + size_t{1}] = to;
    if (node.token >= 0) {
      for (const TokenId id : trie_->tokens(node))
        mask[static_cast<size_t>(id) / 64] |= uint64_t{1} << (static_cast<size_t>(id) % 64);
    }
    if (automaton_.bytes() > Automaton::kMostBytes) collect(history, std::span(path_).first(node.depth + size_t{2}));
    ++i;
  }
}

}  // namespace hearth::constraint
