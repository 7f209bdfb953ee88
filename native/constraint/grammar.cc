// native/constraint/grammar.cc: see grammar.h.
#include "constraint/grammar.h"

#include <array>
#include <string>

namespace hearth::constraint {
namespace {

constexpr uint8_t kEndless = 255;

/// Groups links by their first state, keeping their order: counting sort into `to`, with `begin` [states + 1].
template <typename Link, typename T, typename Take>
void group(const std::vector<Link>& links, size_t states, std::vector<uint32_t>& begin, std::vector<T>& to, Take take) {
  begin.assign(states + 1, 0);
  for (const Link& link : links) ++begin[link.from + 1];
  for (size_t s = 0; s < states; ++s) begin[s + 1] += begin[s];
  to.resize(links.size());
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for (const Link& link : links) to[next[link.from]++] = take(link);
}

}  // namespace

RuleId GrammarBuilder::rule() {
  starts_.push_back(state());
  ends_.push_back(state());
  return static_cast<RuleId>(starts_.size() - 1);
}

bool GrammarBuilder::spend() {
  if (++work_ > kMostWork) full_ = true;
  return !full_;
}

State GrammarBuilder::state() {
  if (states_ >= kMostStates) full_ = true;
  return spend() ? states_++ : 0;
}

void GrammarBuilder::bytes(State from, uint8_t low, uint8_t high, State to) {
  if (spend()) byte_links_.push_back({{from}, {low, high, to}});
}

void GrammarBuilder::jump(State from, State to) {
  if (spend()) jump_links_.push_back({{from}, to});
}

void GrammarBuilder::call(State from, RuleId rule, State back) {
  if (spend()) call_links_.push_back({{from}, {rule, back}});
}

Result<std::shared_ptr<const Grammar>> GrammarBuilder::finish(RuleId root) {
  if (full_) {
    return Error{ErrorCode::kInvalidArgument, "The constraint is too large: expected at most " +
                                                  std::to_string(kMostStates) +
                                                  " states. Lower its repeat counts, or say less."};
  }
  auto grammar = std::make_shared<Grammar>();
  grammar->root_ = root;
  grammar->starts_ = starts_;
  grammar->ends_.assign(states_, false);
  for (const State end : ends_) grammar->ends_[end] = true;
  group(byte_links_, states_, grammar->byte_begin_, grammar->byte_edges_,
        [](const ByteLink& link) { return ByteEdge{link.low, link.high, link.ByteEdge::to}; });
  group(jump_links_, states_, grammar->jump_begin_, grammar->jumps_, [](const JumpLink& link) { return link.to; });
  group(call_links_, states_, grammar->call_begin_, grammar->calls_,
        [](const CallLink& link) { return Call{link.rule, link.back}; });
  if (begins_with_itself(*grammar)) {
    return Error{ErrorCode::kInvalidArgument,
                 "The constraint refers to itself with nothing in between; put the reference inside a property or an "
                 "array."};
  }
  measure_heights(*grammar);
  if (grammar->height(grammar->start()) > Grammar::kMostDepth) {
    return Error{ErrorCode::kInvalidArgument,
                 "No finite text meets the constraint (within " + std::to_string(Grammar::kMostDepth) +
                     " levels of nesting); look for a required property that contains itself, or for `false`."};
  }
  return std::shared_ptr<const Grammar>(std::move(grammar));
}

// From the ends backwards, in the order of height (Dijkstra's algorithm with one bucket per height).
void GrammarBuilder::measure_heights(Grammar& grammar) const {
  struct Back {
    State from, to;
  };
  std::vector<uint32_t> pred_begin, back_begin, body_begin;
  std::vector<State> preds;
  std::vector<uint32_t> by_back, by_body;  // indices of call_links_
  {
    std::vector<Back> links;
    for (const ByteLink& link : byte_links_) links.push_back({link.ByteEdge::to, link.from});
    for (const JumpLink& link : jump_links_) links.push_back({link.to, link.from});
    group(links, states_, pred_begin, preds, [](const Back& link) { return link.to; });
    std::vector<Back> backs, bodies;
    for (uint32_t i = 0; i < call_links_.size(); ++i) {
      backs.push_back({call_links_[i].back, i});
      bodies.push_back({starts_[call_links_[i].rule], i});
    }
    group(backs, states_, back_begin, by_back, [](const Back& link) { return link.to; });
    group(bodies, states_, body_begin, by_body, [](const Back& link) { return link.to; });
  }
  std::vector<uint8_t>& heights = grammar.heights_;
  heights.assign(states_, kEndless);
  std::array<std::vector<State>, Grammar::kMostDepth + 1> buckets;
  for (const State end : ends_) buckets[0].push_back(end);
  const auto through = [&](uint32_t index) {  // a call whose rule and whose way back are known now
    const CallLink& call = call_links_[index];
    const uint32_t body = heights[starts_[call.rule]], rest = heights[call.back];
    if (body == kEndless || rest == kEndless) return;
    const uint32_t height = body + 1 > rest ? body + 1 : rest;
    if (height <= Grammar::kMostDepth) buckets[height].push_back(call.from);
  };
  for (uint32_t height = 0; height < buckets.size(); ++height) {
    while (!buckets[height].empty()) {
      const State s = buckets[height].back();
      buckets[height].pop_back();
      if (heights[s] != kEndless) continue;
      heights[s] = static_cast<uint8_t>(height);
      for (uint32_t i = pred_begin[s]; i < pred_begin[s + 1]; ++i) buckets[height].push_back(preds[i]);
      for (uint32_t i = back_begin[s]; i < back_begin[s + 1]; ++i) through(by_back[i]);
      for (uint32_t i = body_begin[s]; i < body_begin[s + 1]; ++i) through(by_body[i]);
    }
  }
}

// Rules never read nothing at all, except a whole regex, which calls nobody: so only what comes first counts.
bool GrammarBuilder::begins_with_itself(const Grammar& grammar) const {
  const size_t rules = starts_.size();
  std::vector<std::vector<RuleId>> first(rules);
  std::vector<RuleId> seen(states_, static_cast<RuleId>(-1));
  std::vector<State> open;
  for (RuleId rule = 0; rule < rules; ++rule) {
    open.assign(1, starts_[rule]);
    while (!open.empty()) {
      const State s = open.back();
      open.pop_back();
      if (seen[s] == rule) continue;
      seen[s] = rule;
      for (const State to : grammar.jumps(s)) open.push_back(to);
      for (const Call& call : grammar.calls(s)) first[rule].push_back(call.rule);
    }
  }
  // A depth-first search with its own stack; grey means on the way.
  enum Colour : uint8_t { kWhite, kGrey, kBlack };
  std::vector<Colour> colour(rules, kWhite);
  std::vector<std::pair<RuleId, size_t>> path;
  for (RuleId begin = 0; begin < rules; ++begin) {
    if (colour[begin] != kWhite) continue;
    colour[begin] = kGrey;
    path.assign(1, {begin, 0});
    while (!path.empty()) {
      auto& [rule, at] = path.back();
      if (at == first[rule].size()) {
        colour[rule] = kBlack;
        path.pop_back();
        continue;
      }
      const RuleId next = first[rule][at++];
      if (colour[next] == kGrey) return true;
      if (colour[next] == kWhite) {
        colour[next] = kGrey;
        path.push_back({next, 0});
      }
    }
  }
  return false;
}

}  // namespace hearth::constraint
