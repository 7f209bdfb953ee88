// native/core/speculation/policy.h: how many guesses are worth verifying, from what was measured here and so far.
//
//   gain(k) = E(k) / (c(k + 1) + k d)     E(k) = 1 + a_1 + a_1 a_2 + ...
//
//   a_i   probability that guess i is right if all before it were: an exponential average a position, source and level
//         of trust, with a half-life of 64 guesses
//   c(M)  time of a pass over M rows in units of a pass over one: measured on this machine, this file and this load
//   d     time of one guess in the same units
//
// One decision is one look at at most fifteen numbers. Nothing is drafted where the best gain is below 1.02, and no
// measurement is bought for its own sake: a free source that does not pay is judged by comparing its guesses with what
// plain decoding wrote, a source that costs time is asked for a trial now and then, more and more rarely while the
// trials change nothing. Source: Leviathan et al. 2022 (arXiv 2211.17192), section 3.3, with measured costs.
#pragma once
#include <array>
#include <cstdint>

#include "core/speculation/drafter.h"

namespace hearth {

class SpeculationPolicy {
 public:
  static constexpr double kLeastGain = 1.02;
  static constexpr uint32_t kProbeEvery = 64;         // tokens between trials of what does not pay
  static constexpr uint32_t kProbeEveryAtMost = 512;  // they double while they change nothing

  struct Plan {
    uint32_t count = 0;  // guesses to verify; 0: decode plainly
    double gain = 1;
  };

  /// The best number of guesses out of at most `most`.
  Plan plan(TokenSource source, uint32_t trust, uint32_t most, bool is_free) const;
  /// The trust under which a source whose guess is not known yet gains most; for sources that cost time to ask.
  Plan plan_unseen(TokenSource source, uint32_t most) const;

  /// Guess i was right for i < accepted, wrong for i == accepted if that is below `drafted`; of those behind, nothing
  /// is known.
  void judged(TokenSource source, uint32_t trust, uint32_t drafted, uint32_t accepted);
  /// A pass over `rows` rows took this long.
  void passed(uint32_t rows, double milliseconds);
  /// `count` guesses took this long to make.
  void drafted(TokenSource source, uint32_t count, double milliseconds);

  /// a_i, i from 0.
  double acceptance(TokenSource source, uint32_t trust, uint32_t position) const;
  /// c(M), interpolated where it was not measured.
  double cost(uint32_t rows) const;

 private:
  struct Average {
    double value = 0;
    double weight = 0;  // observations, as far as they are remembered
  };
  struct Measure {
    double value = 0;
    uint32_t samples = 0;
  };
  static void observe(Measure& measure, double believed, double found);
  double draft_cost(TokenSource source) const;

  std::array<std::array<std::array<Average, kLongestDraft>, kTrustLevels>, kTokenSources> accepted_{};
  Measure one_;                                   // a pass over one row, in milliseconds
  std::array<Measure, kVerifyRows + 1> ratio_{};  // c(M)
  std::array<Measure, kTokenSources> guess_{};    // d
};

}  // namespace hearth
