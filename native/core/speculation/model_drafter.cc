// native/core/speculation/model_drafter.cc: see model_drafter.h.
#include "core/speculation/model_drafter.h"

namespace hearth {
namespace {

/// A guess behind guesses is right only if all of them are; below this a row is not worth making.
constexpr float kLeastProbability = 0.25f;

}  // namespace

Result<std::unique_ptr<ModelDrafter>> ModelDrafter::create(const DrafterView& view) {
  auto scratch = arch::make_drafter_scratch(view.model->device(), view.model->drafter()->spec);
  if (!scratch.ok()) return scratch.error();
  return std::unique_ptr<ModelDrafter>(new ModelDrafter(view, std::move(scratch).value()));
}

ModelDrafter::ModelDrafter(const DrafterView& view, arch::DrafterScratch scratch)
    : view_(view), scratch_(std::move(scratch)), encoder_(view.model->device().encoder()) {}

Result<Draft> ModelDrafter::propose(std::span<const TokenId> timeline, std::span<TokenId> out) {
  if (timeline.size() < 2) return Draft{};
  const LoadedModel& model = *view_.model;
  const uint32_t width = model.spec().dim;
  encoder_->copy(scratch_.state.at(0, 1, width), view_.scratch->hidden.at(*view_.last_row, 1, width));
  const auto position = static_cast<uint32_t>(timeline.size()) - 1;
  TokenId token = timeline.back();
  float together = 1;
  Draft draft;
  while (draft.count < out.size()) {
    arch::draft(*encoder_, model.spec(), model.weights(), *model.drafter(), view_.cache->views(), scratch_,
                {.token = token, .position = position});
    if (Status status = encoder_->finish(); !status.ok()) return status.error();
    const arch::Drafted drafted = arch::drafted_token(*model.drafter(), scratch_);
    token = drafted.token;
    together *= drafted.probability;
    out[draft.count++] = token;
    if (together < kLeastProbability || model.tokenizer().ends_generation(token)) break;
  }
  return draft;
}

}  // namespace hearth
