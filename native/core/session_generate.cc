// native/core/session_generate.cc: a reply, token by token, over the virtual face of a session.
#include <algorithm>
#include <chrono>
#include <optional>

#include "core/session.h"

namespace hearth {
namespace {

class Stopwatch {
 public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Error nothing_likely() {
  return {ErrorCode::kBackend, "Under the constraint the model gave no allowed token any likelihood."};
}

}  // namespace

Result<constraint::TokenConstraint*> Session::constraint_of(const GenerateOptions& options) {
  if (!options.constraint) return nullptr;
  if (!constraint_ || constrained_by_ != options.constraint) {
    auto made = constraint::compile(*options.constraint, model().token_trie());
    if (!made.ok()) return made.error();
    constraint_ = std::move(made).value();
    constrained_by_ = options.constraint;
  }
  constraint_->reset();
  return constraint_.get();
}

Result<GenerateReport> Session::generate(std::span<const TokenId> prompt, const GenerateOptions& options,
                                         const std::function<void(TokenId, TokenSource)>& on_token) {
  GenerateReport report{};
  const auto made_constraint = constraint_of(options);
  if (!made_constraint.ok()) return made_constraint.error();
  constraint::TokenConstraint* const constraint = made_constraint.value();
  Sampler sampler(options.sampling, model().facts().vocabulary);
  const auto common = std::ranges::mismatch(timeline(), prompt).in1 - timeline().begin();
  const Stopwatch whole;
  const auto synced = sync(prompt);
  report.prefill_ms = whole.milliseconds();
  if (!synced.ok()) {
    if (synced.error().code != ErrorCode::kCancelled) return synced.error();
    report.stop = StopReason::kCancelled;
    const auto held = static_cast<uint32_t>(timeline().size());
    report.prompt.reused = std::min(static_cast<uint32_t>(common), held);
    report.prompt.computed = held - report.prompt.reused;
    return report;
  }
  report.prompt = synced.value();

  const Stopwatch decode;
  std::optional<StopReason> stop;
  std::optional<Error> problem;  // set together with `stop`
  const auto finished = [&]() -> Result<GenerateReport> {
    if (problem) return *problem;
    report.stop = *stop;
    report.decode_ms = decode.milliseconds();
    report.keys_values_bytes = keys_values_bytes();
    return report;
  };
  // Chooses and hands over the token behind `before`; `expected` is the guess for it, if there is one. Afterwards
  // either `stop` is set, or `token` is the newest of the answer and the next one is wanted.
  TokenId token = 0;
  const auto choose = [&](std::span<float> logits, std::span<const TokenId> before, const TokenId* expected,
                          TokenSource source) {
    if (cancelled()) return void(stop = StopReason::kCancelled);
    const auto fail = [&](Error error) { problem = std::move(error), stop = StopReason::kCancelled; };
    if (constraint != nullptr) {
      const auto mask = constraint->mask();
      if (!mask.ok()) return fail(mask.error());
      constraint::apply_mask(mask.value(), logits);
    }
    token = sampler.sample(logits, before);
    // Not so where every allowed token has no likelihood at all: suppressed by the file, or not a number.
    if (constraint != nullptr && !constraint->accept(token)) return fail(nothing_likely());
    if ((!options.ignore_end || constraint != nullptr) && model().tokenizer().ends_generation(token))
      return void(stop = StopReason::kEnd);
    const bool guessed = expected != nullptr && *expected == token;
    on_token(token, guessed ? source : TokenSource::kPlain);
    if (report.new_tokens++ == 0) report.first_token_ms = whole.milliseconds();
    if (guessed) ++report.accepted[static_cast<size_t>(source)];
    if (constraint != nullptr && constraint->finished()) {
      stop = StopReason::kEnd;  // only an end token may follow: no pass is needed to know that
    } else if (report.new_tokens == options.max_tokens) {
      stop = StopReason::kLength;
    } else if (before.size() == context()) {
      stop = StopReason::kContext;
    }
  };

  if (options.max_tokens == 0) {
    stop = StopReason::kLength;
    return finished();
  }
  choose(logits(), timeline(), nullptr, TokenSource::kPlain);

  Speculator& guesses = speculator();
  guesses.begin(options.speculation, constraint);
  std::vector<TokenId> known;  // the timeline and the token that is certain but not computed
  if (options.speculation.on) {
    known.reserve(context() + size_t{1});
    known.assign(timeline().begin(), timeline().end());
  }
  std::array<TokenId, kVerifyRows> rows;
  while (!stop) {
    Guess guess;
    if (options.speculation.on) {
      known.resize(timeline().size());
      known.push_back(token);
      // The last token that is wanted needs no pass, and every row needs a place in the context.
      const auto room = context() - static_cast<uint32_t>(timeline().size()) - 1;
      auto made = guesses.guess(known, std::min(options.max_tokens - report.new_tokens - 1, room));
      if (!made.ok()) return made.error();
      guess = made.value();
      if (constraint != nullptr) guess.tokens = guess.tokens.first(allowed_prefix(*constraint, guess.tokens));
    }
    rows[0] = token;
    std::ranges::copy(guess.tokens, rows.begin() + 1);
    const std::span<const TokenId> drafts = std::span(rows).subspan(1, guess.tokens.size());
    const size_t before = timeline().size();
    const Stopwatch pass;
    if (Status status = verify(std::span(rows).first(drafts.size() + 1)); !status.ok()) {
      if (status.error().code != ErrorCode::kCancelled) return status.error();
      stop = StopReason::kCancelled;
      break;
    }
    guesses.passed(static_cast<uint32_t>(drafts.size()) + 1, pass.milliseconds());
    ++report.passes;
    report.drafted[static_cast<size_t>(guess.source)] += static_cast<uint32_t>(drafts.size());

    uint32_t right = 0;  // guesses that are part of the answer
    bool ended_right = false;
    while (!stop) {
      const TokenId* expected = right < drafts.size() ? &drafts[right] : nullptr;
      choose(verified(right), timeline().first(before + 1 + right), expected, guess.source);
      const bool good = expected != nullptr && *expected == token && stop != StopReason::kCancelled;
      ended_right = good && stop == StopReason::kEnd;  // well guessed, but an end token is no part of the answer
      if (!good || ended_right) break;
      ++right;
    }
    if (!drafts.empty()) guesses.judged({guess.source, guess.trust, drafts}, right + (ended_right ? 1 : 0));
    keep(right + 1);
  }
  return finished();
}

}  // namespace hearth
