// native/gguf/tensors.cc: the tensor records, and where each tensor lies in the file.
#include <algorithm>
#include <numeric>

#include "base/printable.h"
#include "gguf/parser.h"

namespace hearth::gguf {
namespace {

/// a * b, or false when it does not fit.
bool multiply(uint64_t a, uint64_t b, uint64_t& out) { return !__builtin_mul_overflow(a, b, &out); }

}  // namespace

bool Parser::read_tensors() {
  tensors.reserve(tensor_count_);  // header() has checked that the file has room for so many records
  tensor_index.reserve(tensor_count_);
  std::vector<uint64_t> offsets(tensor_count_);
  for (uint64_t i = 0; i < tensor_count_; ++i) {
    Tensor tensor{};
    if (!read_tensor(i, tensor, offsets[i])) return false;
    if (!tensor_index.emplace(tensor.name, i).second) {
      return fail("is damaged: tensor \"" + printable(tensor.name) + "\" occurs twice; download it again");
    }
    tensors.push_back(tensor);
  }
  return place_tensors(offsets);
}

/// Leaves in `data` a span with the right size and no address; place_tensors() gives it one.
bool Parser::read_tensor(uint64_t index, Tensor& out, uint64_t& offset) {
  if (!take_string(out.name, "the name of a tensor")) return false;
  if (out.name.empty()) return fail("is damaged: tensor " + std::to_string(index) + " has no name; download it again");
  const auto named = [&] { return "tensor \"" + printable(out.name) + "\""; };
  if (!take(out.rank, "the rank", out.name)) return false;
  if (out.rank < 1 || out.rank > 4) {
    return fail("is damaged: " + named() + " has " + std::to_string(out.rank) +
                " dimensions where 1 to 4 were expected; download it again");
  }
  uint64_t elements = 1;
  std::ranges::fill(out.shape, 1);
  for (uint32_t d = 0; d < out.rank; ++d) {
    if (!take(out.shape[d], "a dimension", out.name)) return false;
    if (out.shape[d] == 0) return fail("is damaged: " + named() + " has a dimension of 0; download it again");
    if (!multiply(elements, out.shape[d], elements)) {
      return fail("is damaged: " + named() + " has more than 2^64 elements; download it again");
    }
  }
  uint32_t type = 0;
  if (!take(type, "the block format", out.name) || !take(offset, "the offset", out.name)) return false;
  out.type = static_cast<TensorType>(type);
  const TypeTraits* traits = traits_of(out.type);
  if (traits == nullptr) {
    return fail("cannot be used: " + named() + " is stored as " + type_name(type) +
                ", a format this engine does not read; take a Q4_0, Q4_K_M, Q6_K or Q8_0 file of this model");
  }
  if (out.shape[0] % traits->block_elements != 0) {
    return fail("is damaged: " + named() + " has rows of " + std::to_string(out.shape[0]) + " elements, and " +
                traits->name + " needs a multiple of " + std::to_string(traits->block_elements) +
                "; download it again");
  }
  if (offset % alignment_ != 0) {
    return fail("is damaged: " + named() + " starts at offset " + std::to_string(offset) +
                ", which is no multiple of the alignment " + std::to_string(alignment_) + "; download it again");
  }
  uint64_t size = 0;
  if (!multiply(elements / traits->block_elements, traits->block_bytes, size)) {
    return fail("is damaged: " + named() + " has more than 2^64 bytes; download it again");
  }
  out.data = {bytes_.data(), static_cast<size_t>(size)};
  return true;
}

bool Parser::place_tensors(const std::vector<uint64_t>& offsets) {
  if (tensors.empty()) return true;
  const uint64_t rest = at_ % alignment_;
  const uint64_t padding = rest == 0 ? 0 : alignment_ - rest;
  if (padding > left()) return truncated("the tensor data", padding);
  const uint64_t start = at_ + padding;
  const uint64_t room = bytes_.size() - start;
  for (size_t i = 0; i < tensors.size(); ++i) {
    Tensor& tensor = tensors[i];
    if (offsets[i] > room || tensor.data.size() > room - offsets[i]) {
      uint64_t first = 0;
      uint64_t end = 0;
      const bool fits = !__builtin_add_overflow(start, offsets[i], &first) &&
                        !__builtin_add_overflow(first, uint64_t{tensor.data.size()}, &end);
      return fail("is truncated or damaged: tensor \"" + printable(tensor.name) + "\" needs " +
                  (fits ? "bytes " + std::to_string(first) + ".." + std::to_string(end) : "bytes beyond 2^64") +
                  " but the file ends at " + std::to_string(bytes_.size()) + "; download it again");
    }
    tensor.data = bytes_.subspan(start + offsets[i], tensor.data.size());
  }
  // Two tensors over the same bytes would be two names of one weight, which no converter writes.
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) { return offsets[a] < offsets[b]; });
  for (size_t i = 1; i < order.size(); ++i) {
    const size_t before = order[i - 1];
    const size_t after = order[i];
    if (offsets[before] + tensors[before].data.size() > offsets[after]) {
      return fail("is damaged: tensors \"" + printable(tensors[before].name) + "\" and \"" +
                  printable(tensors[after].name) + "\" overlap; download it again");
    }
  }
  return true;
}

}  // namespace hearth::gguf
