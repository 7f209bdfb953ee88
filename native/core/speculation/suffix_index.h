// native/core/speculation/suffix_index.h: a suffix automaton of a token sequence: where did its longest repeated
// suffix occur before?
//
// Online: appending costs O(1) amortised. The automaton's newest state stands for the whole sequence; its suffix link
// for the longest suffix that also occurs earlier. At most two states and three transitions a token.
// Source: Blumer et al. 1985, "The smallest automaton recognizing the subwords of a text"; the use for drafting is that
// of SAM-Decoding (Hu et al. 2024, arXiv 2411.10666).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/tokenizer.h"

namespace hearth {

class SuffixIndex {
 public:
  SuffixIndex() { clear(); }
  void clear();
  void append(TokenId token);
  uint32_t size() const { return size_; }

  struct Match {
    uint32_t length = 0;  // tokens of the suffix that occurred before; 0: even the last token is new
    uint32_t end = 0;     // index behind an earlier occurrence, the most recent one that is known; below `size()`
  };
  /// Of the sequence as it stands.
  Match longest_repeat() const { return repeat_; }
  uint64_t bytes() const;

 private:
  struct State {
    uint32_t length;  // of the longest string that ends here
    int32_t link;     // -1: the start
    uint32_t end;     // index behind the latest occurrence seen
  };
  /// Open addressing, keyed by state and token: one table for all states beats one small table each.
  struct Edge {
    uint32_t from;
    TokenId token;
    uint32_t to;  // 0: empty; nothing leads to the start
  };

  uint32_t& target(uint32_t from, TokenId token);  // made if missing; then 0
  uint32_t find(uint32_t from, TokenId token) const;
  size_t slot(uint32_t from, TokenId token) const;
  void grow();
  void copy_edges(uint32_t from, uint32_t to);

  std::vector<State> states_;
  std::vector<Edge> edges_;          // a power of two
  std::vector<int32_t> first_edge_;  // by state: head of the list of its tokens, for cloning
  struct Listed {
    TokenId token;
    int32_t next;
  };
  std::vector<Listed> listed_;
  size_t used_ = 0;
  uint32_t last_ = 0, size_ = 0;
  Match repeat_;
};

}  // namespace hearth
