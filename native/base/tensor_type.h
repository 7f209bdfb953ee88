// native/base/tensor_type.h: the block formats of weights, by their id in a GGUF file.
//
// Source: ggml-org/ggml docs/gguf.md (ids), ggml-common.h (block sizes).
#pragma once
#include <cstdint>
#include <string>

namespace hearth {

/// The formats that this engine knows how to size; a kernel may still refuse one.
enum class TensorType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ2_K = 10,
  kQ3_K = 11,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kIQ4_NL = 20,
  kIQ4_XS = 23,
  kBF16 = 30,
  kMXFP4 = 39,
};

/// Lists of ids. No format of weights, hence no enumerator: Claims refuses it as a weight, and no kernel has to.
inline constexpr TensorType kTensorI32 = static_cast<TensorType>(26);

/// Static facts of a block format; `name` is what error messages and `doctor` print.
struct TypeTraits {
  const char* name;
  uint32_t block_elements;
  uint32_t block_bytes;
};

/// Null for an id this engine cannot read.
const TypeTraits* traits_of(TensorType type);
/// A printable name for any id, known or not: "Q8_0", "IQ2_XXS (16)", "unknown (77)".
std::string type_name(uint32_t id);

}  // namespace hearth
