// native/core/speculation/speculator.h: the sources of one session and the policy that picks among them.
//
// A source that is not picked is not forgotten: its guess is kept aside and compared with what comes, which costs no
// pass and tells when it would pay.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "core/speculation/drafter.h"
#include "core/speculation/policy.h"

namespace hearth {

struct SpeculationOptions {
  bool on = true;
  bool model = true, lookup = true, history = true;  // sources, where the session has them
};

/// Guesses for the next tokens. The span is valid until the next `guess`.
struct Guess {
  TokenSource source = TokenSource::kPlain;
  uint32_t trust = 0;
  std::span<const TokenId> tokens;  // empty: decode plainly
};

class Speculator {
 public:
  void add(std::unique_ptr<Drafter> drafter);

  /// A new answer begins, under `constraint` or none. What was learnt before stays.
  void begin(const SpeculationOptions& options, constraint::TokenConstraint* constraint = nullptr);
  /// What to verify behind `timeline`, whose last token is certain but not yet computed. At most `most` tokens.
  /// Errors: kBackend, of a source that computes.
  Result<Guess> guess(std::span<const TokenId> timeline, uint32_t most);
  /// The first `accepted` tokens of the guess were right.
  void judged(const Guess& guess, uint32_t accepted);
  void passed(uint32_t rows, double milliseconds) { policy_.passed(rows, milliseconds); }

  SpeculationPolicy& policy() { return policy_; }
  /// Verifies every guess whole, whether it pays or not: for tests and measurements.
  void verify_everything() { everything_ = true; }

 private:
  struct Source {
    std::unique_ptr<Drafter> drafter;
    std::array<TokenId, kLongestDraft> tokens{};
    // A guess kept aside: `aside` tokens behind index `from` of the timeline.
    std::array<TokenId, kLongestDraft> held{};
    uint32_t aside = 0, aside_trust = 0;
    size_t from = 0;
    uint64_t next_trial = SpeculationPolicy::kProbeEvery;  // of a source that costs time: the call that may try it
    uint32_t interval = SpeculationPolicy::kProbeEvery;
  };

  bool uses(const Source& source) const;
  void settle_aside(Source& source, std::span<const TokenId> timeline);
  static void keep_aside(Source& source, uint32_t count, uint32_t trust, size_t from);
  Result<Draft> ask(Source& source, std::span<const TokenId> timeline, uint32_t most);

  std::vector<Source> sources_;
  SpeculationPolicy policy_;
  SpeculationOptions options_;
  bool everything_ = false;
  uint64_t calls_ = 0;  // of `guess`: while nothing is drafted, tokens
  // From this call on one guess is verified in any case: costs change with the machine's load.
  uint64_t refresh_at_ = SpeculationPolicy::kProbeEveryAtMost;
  uint32_t refreshes_ = 0;
};

}  // namespace hearth
