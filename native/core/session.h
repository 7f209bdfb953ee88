// native/core/session.h: one mutable timeline over a model: tokens, their keys and values, and where they end.
//
// A caller always hands over the whole prompt. `sync` finds the longest common prefix with what the session holds and
// reuses, extends or rebuilds; callers cannot get reuse wrong. (The idea is antirez's, in ds4.h.)
// Not thread-safe, except `cancel`.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "constraint/constraint.h"
#include "core/model.h"
#include "core/sampler.h"
#include "core/speculation/speculator.h"

namespace hearth {

enum class KvType { kF16, kF32 };

struct SessionOptions {
  uint32_t context = 0;  // tokens, lowered to what the model was trained for; 0: that, at most 32768
  KvType kv = KvType::kF16;
  /// Prompt tokens a pass at most, 1 .. 512; fewer where a layer over them would take long. Changes speed and memory,
  /// never a bit of the result.
  uint32_t chunk = 128;
};

struct SyncReport {
  uint32_t reused;    // tokens of the prompt that were already there
  uint32_t computed;  // tokens processed now
};

enum class StopReason { kEnd, kLength, kContext, kCancelled };

struct GenerateOptions {
  uint32_t max_tokens = 256;
  SamplingOptions sampling;
  bool ignore_end = false;  // go on after an end token (benchmarks, golden tests)
  /// Guesses that are verified several at a time. They never change the answer, also under sampling: see `generate`.
  SpeculationOptions speculation = {};
  /// What the text must be. Every token obeys it, guesses too, and the reply ends where nothing may follow. End tokens
  /// come where the text is whole, also under `ignore_end`.
  std::optional<constraint::Request> constraint = std::nullopt;
};

struct GenerateReport {
  StopReason stop;
  SyncReport prompt;
  uint32_t new_tokens;  // those that `on_token` got
  double prefill_ms;
  double decode_ms;
  double first_token_ms;                         // from the call to the first token; 0 without one
  uint32_t passes;                               // of decoding; plain decoding needs one a token, and none for the last
  std::array<uint32_t, kTokenSources> drafted;   // guesses verified, by source
  std::array<uint32_t, kTokenSources> accepted;  // those that were right and are part of the answer
  uint64_t keys_values_bytes;                    // as `Session::keys_values_bytes`, at the end
};

class Session {
 public:
  /// Errors: kOutOfMemory, kInvalidArgument.
  static Result<std::unique_ptr<Session>> create(std::shared_ptr<const Model> model, const SessionOptions& options);
  virtual ~Session() = default;

  virtual uint32_t context() const = 0;
  /// Keys, values and scratch held now. Grows with the timeline.
  virtual uint64_t memory_bytes() const = 0;
  /// The part of it that remembers the conversation: keys, values and the copies of rings that are kept at turns.
  virtual uint64_t keys_values_bytes() const = 0;

  /// Makes the timeline equal to `prompt`; afterwards `logits()` are those of its last token.
  /// Errors: kPromptTooLong, kInvalidArgument (empty, or an id outside the vocabulary), kCancelled (what was
  /// processed stays usable).
  virtual Result<SyncReport> sync(std::span<const TokenId> prompt) = 0;

  /// Logits of the last token, [vocabulary], after soft-cap; -inf for tokens that the file says are never sampled.
  /// Valid until the next call; the caller may change them. Only after a `sync` or `step` that went well.
  virtual std::span<float> logits() = 0;

  /// Appends one token and computes its logits. Errors: kPromptTooLong when the context is full, kInvalidArgument,
  /// kCancelled, and then the timeline is as it was.
  virtual Status step(TokenId token) = 0;

  /// Appends up to kVerifyRows tokens in one pass and computes the logits of each: the bits that as many steps would
  /// give. Afterwards `keep` must be told how many of them were right. Errors: as `step`.
  virtual Status verify(std::span<const TokenId> tokens) = 0;
  /// Logits after token `row` of the last `verify`, as `logits()`. Valid until the next call but this one.
  virtual std::span<float> verified(uint32_t row) = 0;
  /// Forgets all but the first `count` tokens of the last `verify`, at least one, and with them their keys and values.
  virtual void keep(uint32_t count) = 0;

  /// The timeline: prompt and generated tokens whose keys and values are held.
  virtual std::span<const TokenId> timeline() const = 0;

  /// Forgets everything from `length` on. Where a ring has overwritten what is needed, the next `sync` or `step`
  /// goes back to the last mark before `length`, or recomputes from the start where there is none.
  virtual void truncate(uint32_t length) = 0;

  /// Logits of every position of `tokens`, teacher-forced, row by row into `row(position, logits)`. Starts
  /// from nothing; afterwards the timeline is `tokens`. Errors: as `sync`.
  virtual Status logits_of(std::span<const TokenId> tokens,
                           const std::function<void(uint32_t, std::span<const float>)>& row) = 0;

  /// The sources of guesses, and what was learnt about them.
  virtual Speculator& speculator() = 0;

  /// sync, then step until an end token, `max_tokens`, a full context or `cancel`. `on_token` gets each new token but
  /// not the end token; the last new token need not be in the timeline yet. A cancel is no error here, even in `sync`.
  ///
  /// Speculation: each token is chosen by the sampler from the model's own logits at its position, one draw of the
  /// seed's stream a token; a guess is right if it equals that choice. So the answer, sampled or greedy, is token for
  /// token the one of plain decoding with the same seed, whatever the sources say. (Rejection sampling, arXiv
  /// 2211.17192, accepts more of a guess that was itself drawn at random, but ties the text to the drafter: another
  /// machine that drafts otherwise would answer otherwise. For guesses that are certain, as all of ours, it accepts
  /// with the same probability p(guess): nothing is lost.)
  Result<GenerateReport> generate(std::span<const TokenId> prompt, const GenerateOptions& options,
                                  const std::function<void(TokenId, TokenSource)>& on_token);
  Result<GenerateReport> generate(std::span<const TokenId> prompt, const GenerateOptions& options,
                                  const std::function<void(TokenId)>& on_token) {
    return generate(prompt, options, [&](TokenId id, TokenSource) { on_token(id); });
  }

  /// Called after each pass over a prompt, on the thread that runs it: tokens of the prompt that are held, and all.
  void set_progress(std::function<void(uint32_t done, uint32_t total)> progress) { progress_ = std::move(progress); }

  /// Everything that is held, as bytes for `restore`, piece by piece into `sink`, which answers false to end early.
  /// Answers the tokens held; 0, with nothing written, where there is nothing to keep. `build`: names the program, for
  /// bits may differ between two. Errors: kCancelled (the sink had enough).
  virtual Result<uint32_t> save(std::string_view build,
                                const std::function<bool(std::span<const std::byte>)>& sink) = 0;
  /// Makes the timeline what `save` was given. The bytes are untrusted: whatever is wrong with them, of another model
  /// or of another build is kInvalidArgument, and the session is as it was or empty. Answers the tokens held.
  virtual Result<uint32_t> restore(std::span<const std::byte> snapshot, std::string_view build) = 0;

  /// From any thread: the running `sync`, `step`, `verify` or `generate` ends within half a layer.
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  /// Called before a new piece of work.
  void clear_cancel() { cancelled_.store(false, std::memory_order_relaxed); }

 protected:
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  const std::atomic<bool>& cancel_flag() const { return cancelled_; }
  virtual const Model& model() const = 0;
  const std::function<void(uint32_t, uint32_t)>& on_progress() const { return progress_; }

 private:
  /// The constraint of `options` at its start, kept while the same one is asked for again; null without one.
  Result<constraint::TokenConstraint*> constraint_of(const GenerateOptions& options);

  std::unique_ptr<constraint::TokenConstraint> constraint_;
  std::optional<constraint::Request> constrained_by_;  // what constraint_ was made of
  std::function<void(uint32_t, uint32_t)> progress_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace hearth
