// native/gguf/gguf.h: a GGUF v3 file, mapped and checked. Knows no architecture.
//
// The file is untrusted: every count, length, offset and type is checked against the file's size before it is used,
// and a wrong one becomes an `Error` that names the byte, the key or the tensor.
// Source: ggml-org/ggml docs/gguf.md.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/status.h"
#include "base/tensor_type.h"

namespace hearth::gguf {

using hearth::TensorType;
using hearth::traits_of;
using hearth::type_name;
using hearth::TypeTraits;

struct Tensor {
  std::string_view name;  // points into the mapping
  TensorType type;
  uint32_t rank;                    // 1..4
  uint64_t shape[4];                // shape[0] is the contiguous (input) dimension; unused entries are 1
  std::span<const std::byte> data;  // points into the mapping; exactly the tensor's bytes

  uint64_t elements() const { return shape[0] * shape[1] * shape[2] * shape[3]; }
  uint64_t rows() const { return shape[1] * shape[2] * shape[3]; }
};

/// Arrays of scalars are widened to one type each, so that readers need not care how a converter spelled them.
using Value = std::variant<uint64_t, int64_t, double, bool, std::string_view, std::vector<int64_t>, std::vector<double>,
                           std::vector<bool>, std::vector<std::string_view>>;

class File {
 public:
  /// Maps `path` read-only; of a model split over several files all parts, of which `path` is the first and the others
  /// lie beside it. Metadata is the first part's. Errors: kFileMissing, kModelInvalid.
  static Result<std::shared_ptr<const File>> open(const std::string& path);
  /// Parses bytes that outlive the result (tests, fuzzing). `label` stands for the path in messages.
  static Result<std::shared_ptr<const File>> parse(std::span<const std::byte> bytes, std::string label);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& path() const { return path_; }
  /// Whether tensors lie in a mapping of the file, rather than in bytes that the caller owns.
  bool is_mapped() const { return mapped_; }
  /// Of all parts.
  uint64_t file_bytes() const;

  const Value* find(std::string_view key) const;
  /// Null when absent or of another kind. An integer may be spelt with any sign and width; f64 takes integers too.
  std::optional<uint64_t> find_u64(std::string_view key) const;
  std::optional<double> find_f64(std::string_view key) const;
  std::optional<bool> find_bool(std::string_view key) const;
  std::optional<std::string_view> find_string(std::string_view key) const;

  /// All keys, in no order.
  const std::unordered_map<std::string_view, Value>& metadata() const { return metadata_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const Tensor* find_tensor(std::string_view name) const;

 private:
  File() = default;
  static Result<std::shared_ptr<File>> map(const std::string& path);
  static Result<std::shared_ptr<File>> finish(std::shared_ptr<File> file, bool part_allowed);  // parses bytes_
  Status join_parts(uint64_t count);

  std::string path_;
  std::span<const std::byte> bytes_;
  bool mapped_ = false;  // bytes_ is ours to unmap
  std::unordered_map<std::string_view, Value> metadata_;
  std::vector<Tensor> tensors_;
  std::unordered_map<std::string_view, size_t> tensor_index_;
  std::vector<std::shared_ptr<const File>> others_;  // the parts behind the first, whose tensors are listed here too
};

}  // namespace hearth::gguf
