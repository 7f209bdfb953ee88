// native/core/speculation/model_drafter.h: the model's own drafter, over the caches and the last hidden state of a
// session.
#pragma once
#include "arch/drafter/drafter.h"
#include "core/kv_cache.h"
#include "core/model_loaded.h"
#include "core/speculation/drafter.h"

namespace hearth {

/// What a drafter sees of the session that it serves, which outlives it.
struct DrafterView {
  const LoadedModel* model;
  const KvCache* cache;
  const arch::Scratch* scratch;  // its hidden states are those of the last pass
  const uint32_t* last_row;      // the row of the last token that is kept
};

class ModelDrafter final : public Drafter {
 public:
  /// The model must have a drafter. Errors: kOutOfMemory.
  static Result<std::unique_ptr<ModelDrafter>> create(const DrafterView& view);

  TokenSource source() const override { return TokenSource::kModel; }
  bool is_free() const override { return false; }
  /// `timeline`: what the session's caches hold, and one token more. Stops where it no longer believes itself.
  Result<Draft> propose(std::span<const TokenId> timeline, std::span<TokenId> out) override;
  uint64_t bytes() const { return scratch_.bytes(); }

  /// For the tests: the step's results in the scratch.
  const arch::DrafterScratch& scratch() const { return scratch_; }

 private:
  ModelDrafter(const DrafterView& view, arch::DrafterScratch scratch);

  DrafterView view_;
  arch::DrafterScratch scratch_;
  std::unique_ptr<ops::Encoder> encoder_;
};

}  // namespace hearth
