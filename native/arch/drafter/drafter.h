// native/arch/drafter/drafter.h: the official drafter of a Gemma 4 model ("gemma4-assistant"), as data and as one step.
//
// A small decoder without keys and values of its own: its layers ask questions of the target's caches. Its one
// recurrent state is a vector of the target's width; at first the target's hidden state of its last token. Source:
// ggml-org/llama.cpp src/models/gemma4-assistant.cpp; huggingface/transformers models/gemma4_assistant.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "arch/scratch.h"
#include "arch/spec.h"
#include "arch/weights.h"
#include "gguf/gguf.h"

namespace hearth::arch {

/// A head that looks at few tokens: the vocabulary is grouped, and only the groups whose centroids fit best are read.
struct CentroidSpec {
  uint32_t groups;       // of equally many tokens
  uint32_t best_groups;  // read in each step
};

/// `body`: width h, layers that own no cache, each with the target's layer that it reads as its source.
struct DrafterSpec {
  ArchSpec body;
  uint32_t target_dim;  // d
  std::optional<CentroidSpec> centroids;
};

struct DrafterWeights {
  ModelWeights body;              // no embedding: the target's is used. The head is [V, h]
  ops::Weight pre;                // [h, 2d]: the embedding first, then the state
  ops::Weight post;               // [d, h]
  ops::Weight centroids;          // [groups, h]; empty without
  ops::Weight grouped_head;       // groups x [V / groups, h]: the head's rows in order of their groups
  std::vector<int32_t> ordering;  // [V]: token ids, group by group
  std::unique_ptr<std::byte[]> grouped_head_bytes;  // behind `grouped_head`

  Status prepare(ops::Device& device);
};

struct Drafter {
  std::shared_ptr<const gguf::File> file;
  DrafterSpec spec;
  DrafterWeights weights;
};

/// Reads, binds and fits a drafter to the target it is to serve. Errors: kModelInvalid: no drafter, a damaged one, or
/// one of another target; one message with everything that does not fit.
Result<Drafter> drafter_from_gguf(std::shared_ptr<const gguf::File> file, const ArchSpec& target);
/// Whether the file says that it is a drafter, which alone answers nothing.
bool is_drafter(const gguf::File& file);

/// The memory of one step.
struct DrafterScratch {
  Scratch body;
  std::unique_ptr<ops::Buffer> memory;
  Area joined;                                 // [1, 2d]
  Area state;                                  // [1, d]
  Area group_scores;                           // [1, groups]
  Area group_logits;                           // [best_groups, V / groups]
  std::unique_ptr<ops::Buffer> groups;         // i32 [best_groups]
  std::unique_ptr<ops::Buffer> group_weights;  // f32 [best_groups], not read

  uint64_t bytes() const;
};
Result<DrafterScratch> make_drafter_scratch(ops::Device& device, const DrafterSpec& spec);

struct DraftStep {
  int32_t token = 0;
  uint32_t position = 0;  // of the first token that is not in the caches; the same for all steps of one draft
};

/// One step: reads `token` and the state, leaves logits (see `drafted_token`) and the next state in the scratch.
void draft(ops::Encoder& ops, const ArchSpec& target, const ModelWeights& target_weights, const Drafter& drafter,
           std::span<const ops::KvView> caches, DrafterScratch& scratch, const DraftStep& step);

struct Drafted {
  int32_t token = 0;
  float probability = 0;  // in the drafter's eyes, among the tokens it looked at
};
/// The likeliest token of the step before, ties to the lowest id. After `Encoder::finish`.
Drafted drafted_token(const Drafter& drafter, const DrafterScratch& scratch);

}  // namespace hearth::arch
