// native/gguf/parser.h: one pass over the bytes of a GGUF file. Only gguf/ includes this.
//
// Nothing in the file is believed: a length is compared with the bytes that are left before it is used, a count never
// reserves more than the bytes that are left could fill, and sums are written so that they cannot overflow. Hence the
// memory used is at most a constant times the size of the file, whatever the file claims.
// Source: ggml-org/ggml docs/gguf.md.
#pragma once
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gguf/gguf.h"

namespace hearth::gguf {

static_assert(std::endian::native == std::endian::little, "values are read as they lie in the file");

/// Reads a file from front to back. The first problem ends the parse; `problem()` is its sentence without the path.
class Parser {
 public:
  /// `part_allowed`: the caller looks for the other parts of a split model; else a part is refused.
  explicit Parser(std::span<const std::byte> bytes, bool part_allowed = false)
      : bytes_(bytes), part_allowed_(part_allowed) {}

  /// Fills `metadata`, `tensors` and `tensor_index`, or gives false and leaves a problem.
  bool parse();
  const std::string& problem() const { return problem_; }

  std::unordered_map<std::string_view, Value> metadata;
  std::vector<Tensor> tensors;
  std::unordered_map<std::string_view, size_t> tensor_index;

 private:
  bool header();
  bool read_metadata();
  bool read_value(std::string_view key, uint32_t type, Value& out);
  bool read_array(std::string_view key, Value& out);
  bool check_split();
  bool read_alignment();
  bool read_tensors();
  bool read_tensor(uint64_t index, Tensor& out, uint64_t& offset);
  bool place_tensors(const std::vector<uint64_t>& offsets);

  uint64_t left() const { return bytes_.size() - at_; }
  bool fail(std::string problem);
  /// "…is truncated: WHAT needs bytes A..B but the file ends at C; download it again".
  bool truncated(const std::string& what, uint64_t need);

  template <typename T>
    requires std::is_arithmetic_v<T>
  bool take(T& out, const char* what, std::string_view of = {}) {
    if (left() < sizeof(T)) return short_of(what, of, sizeof(T));
    std::memcpy(&out, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return true;
  }
  bool take_string(std::string_view& out, const char* what, std::string_view of = {});
  bool short_of(const char* what, std::string_view of, uint64_t need);

  std::span<const std::byte> bytes_;
  bool part_allowed_;
  uint64_t at_ = 0;
  uint64_t tensor_count_ = 0;
  uint64_t metadata_count_ = 0;
  uint64_t alignment_ = 32;
  std::string problem_;
};

}  // namespace hearth::gguf
