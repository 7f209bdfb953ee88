// native/core/model_loaded.h: what is behind `Model`; for sessions, not for callers.
#pragma once
#include <memory>
#include <mutex>
#include <optional>

#include "arch/drafter/drafter.h"
#include "arch/spec.h"
#include "arch/weights.h"
#include "core/chunk_pace.h"
#include "core/model.h"
#include "core/speculation/policy.h"
#include "gguf/gguf.h"
#include "ops/device.h"

namespace hearth {

/// Members are destroyed last to first: weights point into the device's memory, that into the mapping.
class LoadedModel final : public Model {
 public:
  LoadedModel(std::shared_ptr<const gguf::File> file, std::unique_ptr<const Tokenizer> tokenizer, arch::ArchSpec spec,
              std::unique_ptr<ops::Device> device, arch::ModelWeights weights, std::optional<arch::Drafter> drafter);

  const ModelFacts& facts() const override { return facts_; }
  const Tokenizer& tokenizer() const override { return *tokenizer_; }
  uint64_t memory_bytes() const override { return device_->prepared_bytes(); }

  const gguf::File& file() const { return *file_; }
  const arch::ArchSpec& spec() const { return spec_; }
  const arch::ModelWeights& weights() const { return weights_; }
  /// Null without one.
  const arch::Drafter* drafter() const { return drafter_ ? &*drafter_ : nullptr; }
  /// What sessions of this model have learnt about guesses; each starts from it and leaves its own when it ends.
  SpeculationPolicy learnt() const;
  void learn(const SpeculationPolicy& policy) const;

  /// How fast this machine reads a prompt through this model.
  ChunkPace& pace() const { return pace_; }

  /// Sessions of one model share the device; it is safe from several threads.
  ops::Device& device() const { return *device_; }

 private:
  std::shared_ptr<const gguf::File> file_;
  std::unique_ptr<const Tokenizer> tokenizer_;
  arch::ArchSpec spec_;
  std::unique_ptr<ops::Device> device_;
  arch::ModelWeights weights_;
  std::optional<arch::Drafter> drafter_;
  std::string key() const override;

  ModelFacts facts_;
  mutable std::mutex learning_;
  mutable ChunkPace pace_;
  mutable SpeculationPolicy learnt_;  // guarded by learning_; changes speed, never a token
};

/// `Model::load` for a file that is already open (tests, fuzzing).
Result<std::shared_ptr<const Model>> load_model(std::shared_ptr<const gguf::File> file, const ModelOptions& options);

}  // namespace hearth
