// native/core/model.cc: a file becomes a model: spec, tokenizer, weights, device, in this order, so that a file of
// another family is named before anything about it is found strange.
#include <filesystem>
#include <optional>

#include "arch/bind.h"
#include "arch/from_gguf.h"
#include "base/sha256.h"
#include "core/device.h"
#include "core/fingerprint.h"
#include "core/model_loaded.h"
#include "core/speculation/history_index.h"

namespace hearth {
namespace {

ModelFacts facts_of(const gguf::File& file, const arch::ArchSpec& spec, const arch::ModelWeights& weights,
                    const ops::Device& device) {
  ModelFacts facts;
  const auto name = file.find_string("general.name");
  facts.name = name && !name->empty() ? std::string(*name) : std::filesystem::path(file.path()).stem().string();
  facts.path = file.path();
  facts.architecture = spec.family;
  facts.backend = device.name();
  facts.file_bytes = file.file_bytes();
  facts.parameters = weights.parameters;
  facts.layers = static_cast<uint32_t>(spec.layers.size());
  facts.dim = spec.dim;
  facts.vocabulary = spec.vocabulary;
  facts.trained_context = spec.trained_context;
  facts.chat_template = file.find_string("tokenizer.chat_template").value_or("");
  facts.spec = spec.print();
  return facts;
}

Result<std::optional<arch::Drafter>> load_drafter(const std::string& path, const arch::ArchSpec& target,
                                                  ops::Device& device) {
  if (path.empty()) return std::optional<arch::Drafter>();
  auto file = gguf::File::open(path);
  if (!file.ok()) return file.error();
  auto drafter = arch::drafter_from_gguf(std::move(file).value(), target);
  if (!drafter.ok()) return drafter.error();
  if (Status status = drafter.value().weights.prepare(device); !status.ok()) {
    return Error{status.error().code, path + " cannot run on " + device.name() + ": " + status.error().message};
  }
  return std::optional<arch::Drafter>(std::move(drafter).value());
}

Result<std::optional<arch::Drafter>> find_drafter(const ModelOptions& options, const arch::ArchSpec& target,
                                                  ops::Device& device) {
  if (!options.drafter.empty()) return load_drafter(options.drafter, target, device);
  for (const std::string& candidate : options.drafter_candidates) {
    if (auto drafter = load_drafter(candidate, target, device); drafter.ok()) return drafter;
  }
  return std::optional<arch::Drafter>();
}

}  // namespace

LoadedModel::LoadedModel(std::shared_ptr<const gguf::File> file, std::unique_ptr<const Tokenizer> tokenizer,
                         arch::ArchSpec spec, std::unique_ptr<ops::Device> device, arch::ModelWeights weights,
                         std::optional<arch::Drafter> drafter)
    : file_(std::move(file)),
      tokenizer_(std::move(tokenizer)),
      spec_(std::move(spec)),
      device_(std::move(device)),
      weights_(std::move(weights)),
      drafter_(std::move(drafter)),
      facts_(facts_of(*file_, spec_, weights_, *device_)),
      pace_(spec_.row_work()) {
  if (drafter_) facts_.drafter = drafter_->file->path();
}

std::string LoadedModel::key() const { return hex(fingerprint(*file_)); }

std::shared_ptr<HistoryIndex> Model::history() const {
  std::call_once(history_once_, [this] { history_ = std::make_shared<HistoryIndex>(key()); });
  return history_;
}

SpeculationPolicy LoadedModel::learnt() const {
  const std::lock_guard lock(learning_);
  return learnt_;
}

void LoadedModel::learn(const SpeculationPolicy& policy) const {
  const std::lock_guard lock(learning_);
  learnt_ = policy;
}

Result<std::shared_ptr<const Model>> load_model(std::shared_ptr<const gguf::File> file, const ModelOptions& options) {
  if (arch::is_drafter(*file)) {
    return Error{ErrorCode::kModelInvalid, file->path() +
                                               " is a drafter: it only guesses for the model that it was made for. "
                                               "Expected that model's file, with this one as its drafter."};
  }
  auto spec = arch::spec_from_gguf(*file);
  if (!spec.ok()) return spec.error();
  auto weights = arch::bind(*file, spec.value());
  if (!weights.ok()) return weights.error();
  auto tokenizer = Tokenizer::from_gguf(file);
  if (!tokenizer.ok()) return tokenizer.error();
  if (tokenizer.value()->size() != spec.value().vocabulary) {
    return Error{ErrorCode::kModelInvalid, file->path() + " has " + std::to_string(tokenizer.value()->size()) +
                                               " token texts; expected one for each of the " +
                                               std::to_string(spec.value().vocabulary) + " rows of token_embd.weight."};
  }
  auto device =
      open_device(options.backend, options.threads, options.numerics.value_or(usual_numerics(file->file_bytes())));
  if (!device.ok()) return device.error();
  if (Status status = weights.value().prepare(*device.value()); !status.ok()) {
    return Error{status.error().code,
                 file->path() + " cannot run on " + device.value()->name() + ": " + status.error().message};
  }
  auto drafter = find_drafter(options, spec.value(), *device.value());
  if (!drafter.ok()) return drafter.error();
  return std::shared_ptr<const Model>(
      std::make_shared<LoadedModel>(std::move(file), std::move(tokenizer).value(), std::move(spec).value(),
                                    std::move(device).value(), std::move(weights).value(), std::move(drafter).value()));
}

ops::Numerics usual_numerics(uint64_t file_bytes) {
  constexpr uint64_t kLarge = uint64_t{512} << 20;
  return file_bytes < kLarge ? ops::Numerics::kExact : ops::Numerics::kFast;
}

Result<std::shared_ptr<const Model>> Model::load(const std::string& path, const ModelOptions& options) {
  auto file = gguf::File::open(path);
  if (!file.ok()) return file.error();
  return load_model(std::move(file).value(), options);
}

}  // namespace hearth
