// native/core/describe.cc: a device that counts instead of computing takes the same orders that a real one would get,
// so that a prediction cannot drift away from what sessions do.
#include "core/describe.h"

#include <sys/mman.h>

#include <algorithm>
#include <filesystem>

#include "arch/bind.h"
#include "arch/drafter/drafter.h"
#include "arch/from_gguf.h"
#include "arch/scratch.h"
#include "core/kv_cache.h"
#include "core/session_shape.h"
#include "core/tokenizer.h"
#include "gguf/gguf.h"

namespace hearth {
namespace {

/// Address space without memory behind it.
class PromisedBuffer final : public ops::Buffer {
 public:
  explicit PromisedBuffer(size_t bytes)
      : memory_(::mmap(nullptr, std::max<size_t>(bytes, 1), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)),
        bytes_(bytes) {}
  ~PromisedBuffer() override {
    if (memory_ != MAP_FAILED) ::munmap(memory_, std::max<size_t>(bytes_, 1));
  }
  PromisedBuffer(const PromisedBuffer&) = delete;
  PromisedBuffer& operator=(const PromisedBuffer&) = delete;
  bool usable() const { return memory_ != MAP_FAILED; }
  std::byte* host() override { return static_cast<std::byte*>(memory_); }
  size_t bytes() const override { return bytes_; }

 private:
  void* memory_;
  size_t bytes_;
};

class CountingDevice final : public ops::Device {
 public:
  std::string name() const override { return "counting"; }
  Result<std::unique_ptr<ops::Buffer>> allocate(size_t bytes) override {
    auto buffer = std::make_unique<PromisedBuffer>(bytes);
    if (!buffer->usable())
      return Error{ErrorCode::kOutOfMemory,
                   "the system does not give addresses for " + std::to_string(bytes) + " bytes"};
    return std::unique_ptr<ops::Buffer>(std::move(buffer));
  }
  Result<ops::Weight> prepare(ops::Weight weight) override { return weight; }
  uint64_t prepared_bytes() const override { return 0; }
  std::unique_ptr<ops::Encoder> encoder() override { return nullptr; }
};

template <typename T>
uint64_t list_bytes(const gguf::File& file, std::string_view key) {
  const gguf::Value* value = file.find(key);
  const auto* list = value != nullptr ? std::get_if<std::vector<T>>(value) : nullptr;
  return list != nullptr ? list->size() * sizeof(T) : 0;
}

uint64_t tensor_bytes(const gguf::File& file) {
  uint64_t sum = 0;
  for (const gguf::Tensor& tensor : file.tensors()) sum += tensor.data.size();
  return sum;
}

/// What lies before the tensors, as it is read from the file.
uint64_t directory_bytes(const gguf::File& file) {
  const uint64_t tensors = tensor_bytes(file);
  return file.file_bytes() > tensors ? file.file_bytes() - tensors : 0;
}

uint64_t texts_bytes(const gguf::File& file) {
  return list_bytes<std::string_view>(file, "tokenizer.ggml.tokens") +
         list_bytes<std::string_view>(file, "tokenizer.ggml.merges");
}

uint64_t numbers_bytes(const gguf::File& file) {
  return list_bytes<double>(file, "tokenizer.ggml.scores") + list_bytes<int64_t>(file, "tokenizer.ggml.token_type");
}

/// The lists as the file's reader keeps them, the texts they point at, and the tables that a tokenizer makes of them.
uint64_t vocabulary_bytes(const gguf::File& file) {
  const uint64_t texts = list_bytes<std::string_view>(file, "tokenizer.ggml.tokens");
  const uint64_t merges = list_bytes<std::string_view>(file, "tokenizer.ggml.merges");
  const uint64_t tokens = texts / sizeof(std::string_view), pairs = merges / sizeof(std::string_view);
  uint64_t slots = 1, pair_slots = 1;
  while (slots < tokens * 2) slots *= 2;
  while (pairs > 0 && pair_slots < pairs * 2 + 2) pair_slots *= 2;
  const uint64_t tables = slots * 8 + texts + tokens * 4 + (pairs > 0 ? pair_slots * 12 + pairs * 4 : tokens * 4);
  const uint64_t directory = directory_bytes(file);
  const uint64_t making = tokens * 40 + directory / 2;  // pieces as they print, and the lists that making them takes
  return texts_bytes(file) + numbers_bytes(file) + tables + directory + making;
}

Result<Fit> fit_of(const gguf::File& file, const arch::ArchSpec& spec, uint32_t context) {
  Fit fit{};
  for (const gguf::Tensor& tensor : file.tensors()) {
    const bool looked_up =
        tensor.name == "per_layer_token_embd.weight" || (tensor.name == "token_embd.weight" && !spec.tied_head);
    (looked_up ? fit.looked_up : fit.weights) += tensor.data.size();
  }
  fit.vocabulary = vocabulary_bytes(file);
  const SessionShape shape = session_shape(spec, context, kDefaultChunk);
  fit.context = shape.context;
  CountingDevice device;
  auto cache = KvCache::create(device, spec, fit.context, ops::KvFormat::kF16, shape.chunk);
  if (!cache.ok()) return cache.error();
  fit.keys_values_at_start = cache.value().bytes();
  if (Status status = cache.value().reserve(fit.context); !status.ok()) return status.error();
  fit.keys_values = cache.value().bytes();
  auto scratch = arch::make_scratch(device, spec, shape.pass_rows, shape.logit_rows);
  if (!scratch.ok()) return scratch.error();
  fit.scratch = scratch.value().bytes();
  return fit;
}

Status add_drafter(Fit& fit, const std::string& path, const arch::ArchSpec& target) {
  auto file = gguf::File::open(path);
  if (!file.ok()) return file.error();
  auto drafter = arch::drafter_from_gguf(file.value(), target);
  if (!drafter.ok()) return drafter.error();
  CountingDevice device;
  auto scratch = arch::make_drafter_scratch(device, drafter.value().spec);
  if (!scratch.ok()) return scratch.error();
  fit.drafter_weights = tensor_bytes(*file.value());
  if (drafter.value().spec.centroids) {
    fit.drafter_weights += file.value()->find_tensor("token_embd.weight")->data.size();
    fit.drafter_weights += drafter.value().weights.ordering.size() * sizeof(int32_t);
  }
  fit.drafter_vocabulary = texts_bytes(*file.value()) + numbers_bytes(*file.value()) + directory_bytes(*file.value());
  fit.drafter_scratch = scratch.value().bytes();
  return Ok{};
}

}  // namespace

Result<Description> describe_model(const std::string& path, uint32_t context, const std::string& drafter) {
  auto opened = gguf::File::open(path);
  if (!opened.ok()) return opened.error();
  const gguf::File& file = *opened.value();
  auto spec = arch::spec_from_gguf(file);
  if (!spec.ok()) return spec.error();
  auto weights = arch::bind(file, spec.value());
  if (!weights.ok()) return weights.error();
  auto fit = fit_of(file, spec.value(), context);
  if (!fit.ok()) return fit.error();
  if (!drafter.empty()) {
    if (Status status = add_drafter(fit.value(), drafter, spec.value()); !status.ok()) return status.error();
  }
  const auto name = file.find_string("general.name");
  Description out{};
  out.name = name && !name->empty() ? std::string(*name) : std::filesystem::path(path).stem().string();
  out.architecture = spec.value().family;
  out.licence = file.find_string("general.license").value_or("");
  out.spec = spec.value().print();
  out.file_bytes = file.file_bytes();
  out.parameters = weights.value().parameters;
  out.tensors = file.tensors().size();
  out.layers = static_cast<uint32_t>(spec.value().layers.size());
  out.trained_context = spec.value().trained_context;
  out.fit = fit.value();
  return out;
}

}  // namespace hearth
