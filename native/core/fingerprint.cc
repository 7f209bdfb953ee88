// native/core/fingerprint.cc: see fingerprint.h.
#include "core/fingerprint.h"

#include <algorithm>
#include <bit>
#include <string_view>
#include <variant>

namespace hearth {
namespace {

constexpr size_t kSample = 1024;  // bytes, at the start, in the middle and at the end of each tensor

void add_text(Sha256& hash, std::string_view text) {
  hash.add(text.size());
  hash.add(std::as_bytes(std::span(text)));
}

struct AddValue {
  Sha256& hash;
  void operator()(uint64_t value) const { hash.add(value); }
  void operator()(int64_t value) const { hash.add(static_cast<uint64_t>(value)); }
  void operator()(double value) const { hash.add(std::bit_cast<uint64_t>(value)); }
  void operator()(bool value) const { hash.add(uint64_t{value}); }
  void operator()(std::string_view value) const { add_text(hash, value); }
  template <typename T>
  void operator()(const std::vector<T>& values) const {
    hash.add(values.size());
    for (const auto& value : values) (*this)(static_cast<T>(value));
  }
};

}  // namespace

Digest fingerprint(const gguf::File& file) {
  Sha256 hash;
  hash.add(file.file_bytes());
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : file.metadata()) keys.push_back(key);
  std::ranges::sort(keys);
  for (const std::string_view key : keys) {
    const gguf::Value& value = *file.find(key);
    add_text(hash, key);
    hash.add(value.index());
    std::visit(AddValue{hash}, value);
  }
  for (const gguf::Tensor& tensor : file.tensors()) {
    add_text(hash, tensor.name);
    hash.add(static_cast<uint64_t>(tensor.type));
    for (const uint64_t extent : tensor.shape) hash.add(extent);
    const size_t size = tensor.data.size(), piece = std::min(size, kSample);
    for (const size_t at : {size_t{0}, (size - piece) / 2, size - piece}) hash.add(tensor.data.subspan(at, piece));
  }
  return hash.finish();
}

Digest fingerprint_of_spec(const LoadedModel& model) {
  Sha256 hash;
  add_text(hash, model.facts().spec);
  add_text(hash, model.device().name());
  return hash.finish();
}

}  // namespace hearth
