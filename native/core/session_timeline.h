// native/core/session_timeline.h: the one implementation of `Session`.
#pragma once
#include <memory>
#include <vector>

#include "arch/scratch.h"
#include "core/kv_cache.h"
#include "core/model_loaded.h"
#include "core/ring_marks.h"
#include "core/session.h"
#include "core/session_shape.h"

namespace hearth {

class TimelineSession final : public Session {
 public:
  /// Errors: kOutOfMemory.
  static Result<std::unique_ptr<Session>> create(std::shared_ptr<const LoadedModel> model, const SessionShape& shape,
                                                 KvType kv);

  ~TimelineSession() override { model_->learn(speculator_.policy()); }

  uint32_t context() const override { return context_; }
  uint64_t memory_bytes() const override;
  uint64_t keys_values_bytes() const override { return cache_.bytes() + marks_.bytes(); }
  Result<SyncReport> sync(std::span<const TokenId> prompt) override;
  std::span<float> logits() override;
  Status step(TokenId token) override;
  Status verify(std::span<const TokenId> tokens) override;
  std::span<float> verified(uint32_t row) override;
  void keep(uint32_t count) override;
  Speculator& speculator() override { return speculator_; }
  std::span<const TokenId> timeline() const override { return timeline_; }
  void truncate(uint32_t length) override;
  Status logits_of(std::span<const TokenId> tokens,
                   const std::function<void(uint32_t, std::span<const float>)>& row) override;
  Result<uint32_t> save(std::string_view build, const std::function<bool(std::span<const std::byte>)>& sink) override;
  Result<uint32_t> restore(std::span<const std::byte> snapshot, std::string_view build) override;

 protected:
  const Model& model() const override { return *model_; }

 private:
  TimelineSession(std::shared_ptr<const LoadedModel> model, uint32_t context, uint32_t chunk, KvCache cache,
                  arch::Scratch scratch);

  /// Errors: kOutOfMemory.
  Status add_drafters();
  /// Errors for a prompt that cannot be run at all.
  Status check(std::span<const TokenId> tokens) const;
  /// Cuts the timeline to `length`, or to the last mark before it where the rings no longer hold what it sees.
  void rewind(uint32_t length);
  /// Runs `pending_` from the end of the timeline on, in chunks, and leaves the last token's logits.
  Status advance();
  /// One pass over `tokens` behind the timeline. True when it ran to its end.
  Result<bool> pass(std::span<const TokenId> tokens, uint32_t wanted);
  /// Computes logits of `count` hidden rows from `first` on into the rows of the scratch.
  Status compute_logits(uint32_t first, uint32_t count);
  std::span<float> logits_row(uint32_t row);
  Error cancelled_error(size_t wanted) const;

  std::shared_ptr<const LoadedModel> model_;  // destroyed last: it owns the device
  uint32_t context_;
  uint32_t chunk_;
  KvCache cache_;
  RingMarks marks_;
  arch::Scratch scratch_;
  std::unique_ptr<ops::Encoder> encoder_;
  std::vector<TokenId> timeline_;  // tokens whose keys and values are held
  std::vector<TokenId> pending_;   // what the timeline is to become
  bool logits_fresh_ = false;      // row `last_row_` holds the last token's logits, as computed
  uint32_t last_row_ = 0;          // of logits and hidden states: the last token's
  uint32_t verified_ = 0;          // rows of the last `verify`, until `keep`
  uint64_t drafter_bytes_ = 0;
  Speculator speculator_;
};

}  // namespace hearth
