// native/core/speculation/speculator.cc: see speculator.h.
#include "core/speculation/speculator.h"

#include <algorithm>
#include <chrono>

namespace hearth {
namespace {

constexpr uint32_t kTrialLength = 4;  // guesses of a source that costs time, made to be compared and not to be verified

}  // namespace

void Speculator::add(std::unique_ptr<Drafter> drafter) {
  Source source;
  source.drafter = std::move(drafter);
  sources_.push_back(std::move(source));
}

void Speculator::begin(const SpeculationOptions& options, constraint::TokenConstraint* constraint) {
  options_ = options;
  for (Source& source : sources_) {
    source.aside = 0;
    source.drafter->begin(constraint);
  }
}

bool Speculator::uses(const Source& source) const {
  switch (source.drafter->source()) {
    case TokenSource::kModel:
      return options_.model;
    case TokenSource::kLookup:
      return options_.lookup;
    case TokenSource::kHistory:
      return options_.history;
    case TokenSource::kConstraint:
    case TokenSource::kPlain:  // a test's own
      return true;
  }
  return false;
}

void Speculator::keep_aside(Source& source, uint32_t count, uint32_t trust, size_t from) {
  if (source.aside > 0 || count == 0) return;
  std::copy_n(source.tokens.begin(), count, source.held.begin());
  source.aside = count;
  source.aside_trust = trust;
  source.from = from;
}

void Speculator::settle_aside(Source& source, std::span<const TokenId> timeline) {
  if (source.aside == 0) return;
  if (timeline.size() < source.from) {  // another answer
    source.aside = 0;
    return;
  }
  const auto came = timeline.subspan(source.from);
  uint32_t right = 0;
  while (right < source.aside && right < came.size() && came[right] == source.held[right]) ++right;
  const bool open = right < source.aside && right == came.size();
  if (open) return;
  policy_.judged(source.drafter->source(), source.aside_trust, source.aside, right);
  source.aside = 0;
}

Result<Draft> Speculator::ask(Source& source, std::span<const TokenId> timeline, uint32_t most) {
  const auto start = std::chrono::steady_clock::now();
  auto draft = source.drafter->propose(timeline, std::span(source.tokens).first(most));
  if (draft.ok() && !source.drafter->is_free()) {
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    policy_.drafted(source.drafter->source(), draft.value().count, took.count());
  }
  return draft;
}

Result<Guess> Speculator::guess(std::span<const TokenId> timeline, uint32_t most) {
  most = std::min(most, kLongestDraft);
  if (!options_.on || most == 0) return Guess{};
  ++calls_;

  Source* best = nullptr;
  Source* longest = nullptr;  // of the free ones
  SpeculationPolicy::Plan plan;
  Draft draft;
  Draft longest_draft;
  for (Source& source : sources_) {
    if (!uses(source)) continue;
    settle_aside(source, timeline);
    SpeculationPolicy::Plan mine;
    Draft found;
    if (source.drafter->is_free()) {
      const auto asked = ask(source, timeline, most);
      if (!asked.ok()) return asked.error();
      found = asked.value();
      mine = policy_.plan(source.drafter->source(), found.trust, found.count, true);
      if (everything_ && found.count > 0) mine = {.count = found.count, .gain = 1.0 + found.count};
      keep_aside(source, found.count, found.trust, timeline.size());
      if (found.count > longest_draft.count) {
        longest = &source;
        longest_draft = found;
      }
    } else {
      mine = policy_.plan_unseen(source.drafter->source(), most);
      if (everything_) mine = {.count = most, .gain = 1.0 + most};
    }
    if (mine.count > 0 && mine.gain > plan.gain) {
      best = &source;
      plan = mine;
      draft = found;
    }
  }

  for (Source& source : sources_) {  // trials of what costs time and was not picked
    if (&source == best || !uses(source) || source.drafter->is_free()) continue;
    if (calls_ < source.next_trial || source.aside > 0) continue;
    const auto tried = ask(source, timeline, std::min(most, kTrialLength));
    if (!tried.ok()) return tried.error();
    keep_aside(source, tried.value().count, tried.value().trust, timeline.size());
    source.interval = std::min(source.interval * 2, SpeculationPolicy::kProbeEveryAtMost);
    source.next_trial = calls_ + source.interval;
  }

  if (best == nullptr) {
    if (longest == nullptr || calls_ < refresh_at_) return Guess{};
    best = longest;
    draft = longest_draft;
    plan.count = std::min(draft.count, 1 + 2 * (refreshes_++ % 2));  // two rows, then four
  } else if (!best->drafter->is_free()) {
    const auto made = ask(*best, timeline, plan.count);
    if (!made.ok()) return made.error();
    draft = made.value();
    plan.count = std::min(plan.count, draft.count);
    best->interval = SpeculationPolicy::kProbeEvery;
    best->next_trial = calls_ + best->interval;
  }
  refresh_at_ = calls_ + SpeculationPolicy::kProbeEveryAtMost;
  best->aside = 0;  // it is judged by the pass
  return Guess{.source = best->drafter->source(),
               .trust = draft.trust,
               .tokens = std::span<const TokenId>(best->tokens).first(plan.count)};
}

void Speculator::judged(const Guess& guess, uint32_t accepted) {
  policy_.judged(guess.source, guess.trust, static_cast<uint32_t>(guess.tokens.size()), accepted);
}

}  // namespace hearth
