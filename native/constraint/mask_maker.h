// native/constraint/mask_maker.h: which tokens may come next, for each state of an automaton; kept while memory allows.
#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "constraint/automaton.h"
#include "constraint/token_trie.h"

namespace hearth::constraint {

class MaskMaker {
 public:
  MaskMaker(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const TokenTrie> trie);

  Automaton& automaton() { return automaton_; }
  const Automaton& automaton() const { return automaton_; }
  const TokenTrie& trie() const { return *trie_; }

  /// The mask of `history.back()`, valid until the next call. When memory has to be freed, the ids in `history` are
  /// exchanged for new ones.
  std::span<const uint64_t> mask(std::span<Automaton::Id> history);

  static constexpr size_t kMostMaskBytes = 32 << 20;
  /// Readings that one walk follows at most, as a bound on its time; past it only tokens found so far are allowed, and
  /// single bytes come first. Ordinary constraints need a hundredth.
  static constexpr size_t kMostWork = 24'000'000;

 private:
  struct Kept {
    Automaton::Id state;
    std::vector<uint64_t> mask;
  };
  void make(std::span<Automaton::Id> history, std::vector<uint64_t>& mask);
  void add_single_bytes(Automaton::Id state, std::vector<uint64_t>& mask);
  void walk(std::span<const TokenTrie::Node> nodes, std::span<Automaton::Id> history, std::vector<uint64_t>& mask);
  void collect(std::span<Automaton::Id> history, std::span<Automaton::Id> path);

  Automaton automaton_;
  std::shared_ptr<const TokenTrie> trie_;
  std::list<Kept> kept_;  // most recently used first
  std::unordered_map<Automaton::Id, std::list<Kept>::iterator> by_state_;
  std::vector<Automaton::Id> path_;  // scratch of walk()
  size_t work_ = 0;
};

}  // namespace hearth::constraint
