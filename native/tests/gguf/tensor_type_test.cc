// native/tests/gguf/tensor_type_test.cc
#include "base/tensor_type.h"

#include <doctest/doctest.h>

using hearth::TensorType;
using hearth::traits_of;
using hearth::type_name;

TEST_CASE("each readable format has the size that ggml gives its block") {
  const auto is = [](TensorType type, const char* name, unsigned elements, unsigned bytes) {
    const auto* traits = traits_of(type);
    REQUIRE(traits != nullptr);
    CHECK(type_name(static_cast<uint32_t>(type)) == name);
    CHECK(traits->block_elements == elements);
    CHECK(traits->block_bytes == bytes);
  };
  is(TensorType::kF32, "F32", 1, 4);
  is(TensorType::kF16, "F16", 1, 2);
  is(TensorType::kBF16, "BF16", 1, 2);
  is(TensorType::kQ4_0, "Q4_0", 32, 18);
  is(TensorType::kQ4_1, "Q4_1", 32, 20);
  is(TensorType::kQ5_0, "Q5_0", 32, 22);
  is(TensorType::kQ5_1, "Q5_1", 32, 24);
  is(TensorType::kQ8_0, "Q8_0", 32, 34);
  is(TensorType::kQ2_K, "Q2_K", 256, 84);
  is(TensorType::kQ3_K, "Q3_K", 256, 110);
  is(TensorType::kQ4_K, "Q4_K", 256, 144);
  is(TensorType::kQ5_K, "Q5_K", 256, 176);
  is(TensorType::kQ6_K, "Q6_K", 256, 210);
  is(TensorType::kIQ4_NL, "IQ4_NL", 32, 18);
  is(TensorType::kIQ4_XS, "IQ4_XS", 256, 136);
  is(TensorType::kMXFP4, "MXFP4", 32, 17);
}

TEST_CASE("a format that cannot be read has a name and no traits") {
  CHECK(traits_of(static_cast<TensorType>(16)) == nullptr);
  CHECK(traits_of(static_cast<TensorType>(40)) == nullptr);
  CHECK(traits_of(static_cast<TensorType>(UINT32_MAX)) == nullptr);
  CHECK(type_name(16) == "IQ2_XXS (16)");
  CHECK(type_name(40) == "NVFP4 (40)");
  CHECK(type_name(123456) == "unknown (123456)");
}
