// native/tests/ops/blocks_test.cc: decoding of every format, judged by values that ggml wrote (golden/vectors/blocks).
#include <fstream>
#include <iterator>

#include "reference_blocks.h"

namespace hearth::test {
namespace {

std::vector<char> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

uint32_t bits_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return bits;
}

std::vector<float> decode(const cpu::Kernels& kernels, TensorType type, const void* data, size_t elements) {
  std::vector<float> out(elements);
  kernels.decode(type, static_cast<const std::byte*>(data), out.data(), elements);
  return out;
}

TEST_CASE("recorded blocks decode to ggml's values, bit for bit, wherever they lie") {
  size_t formats = 0;
  for (TensorType type : kAllTypes) {
    if (type == TensorType::kF32) continue;  // nothing to decode
    const TypeTraits& traits = *traits_of(type);
    INFO(std::string(traits.name));
    const std::string path = std::string(HEARTH_GOLDEN) + "/vectors/blocks/" + traits.name;
    const std::vector<char> raw = read_file(path + ".raw"), recorded = read_file(path + ".f32");
    REQUIRE(raw.size() > 0);
    const size_t elements = raw.size() / traits.block_bytes * traits.block_elements;
    REQUIRE(recorded.size() == elements * sizeof(float));
    std::vector<float> want(elements);
    std::memcpy(want.data(), recorded.data(), recorded.size());
    ++formats;

    size_t reference_differs = 0;
    for (size_t i = 0; i < elements; ++i) {
      const auto* block =
          reinterpret_cast<const std::byte*>(raw.data()) + i / traits.block_elements * traits.block_bytes;
      const float value = reference_element(type, block, static_cast<int>(i % traits.block_elements));
      reference_differs += value != want[i] && !(std::isnan(value) && std::isnan(want[i]));
    }
    CHECK(reference_differs == 0);

    for (const cpu::Kernels* kernels : cpu::all_kernels()) {
      INFO(std::string(kernels->name));
      for (size_t shift : {size_t{0}, size_t{1}}) {
        std::vector<char> moved(raw.size() + shift);
        std::memcpy(moved.data() + shift, raw.data(), raw.size());
        const std::vector<float> got = decode(*kernels, type, moved.data() + shift, elements);
        size_t differ = 0;
        for (size_t i = 0; i < elements; ++i) {
          // 0 and -0 count as equal, and so do NaNs: no sum can tell them apart.
          differ += got[i] != want[i] && !(std::isnan(got[i]) && std::isnan(want[i]));
        }
        CHECK(differ == 0);
      }
    }
  }
  CHECK(formats == 15);
}

TEST_CASE("all levels decode random blocks of any length to the reference's values") {
  Rng rng(3);
  for (TensorType type : kAllTypes) {
    const TypeTraits& traits = *traits_of(type);
    INFO(std::string(traits.name));
    for (uint32_t blocks : {1u, 7u, 19u, 50u}) {
      const RandomWeight w(type, 1, 1, blocks * traits.block_elements, rng);
      for (const cpu::Kernels* kernels : cpu::all_kernels()) {
        INFO(std::string(kernels->name) << ", " << blocks << " blocks");
        CHECK(same_bits(decode(*kernels, type, w.weight.data, w.values.size()), w.values));
      }
    }
  }
}

TEST_CASE("MXFP4 scales reach from the smallest subnormal float to the largest power") {
  for (int e = 0; e < 255; ++e) {
    uint8_t block[17] = {static_cast<uint8_t>(e)};
    for (int i = 0; i < 16; ++i) block[1 + i] = static_cast<uint8_t>(i);
    for (const cpu::Kernels* kernels : cpu::all_kernels()) {
      const std::vector<float> got = decode(*kernels, TensorType::kMXFP4, block, 32);
      for (int i = 0; i < 16; ++i) {
        REQUIRE(got[static_cast<size_t>(i)] ==
                reference_element(TensorType::kMXFP4, reinterpret_cast<const std::byte*>(block), i));
      }
    }
  }
}

TEST_CASE("every f16 becomes its exact f32 on every level") {
  std::vector<uint16_t> halves(65536);
  for (uint32_t i = 0; i < 65536; ++i) halves[i] = static_cast<uint16_t>(i);
  for (const cpu::Kernels* kernels : cpu::all_kernels()) {
    INFO(std::string(kernels->name));
    const std::vector<float> got = decode(*kernels, TensorType::kF16, halves.data(), halves.size());
    size_t differ = 0;
    for (uint32_t i = 0; i < 65536; ++i) {
      const float want = static_cast<float>(reference_half(i));
      differ += std::isnan(want) ? !std::isnan(got[i]) : bits_of(got[i]) != bits_of(want);
    }
    CHECK(differ == 0);
  }
}

TEST_CASE("f32 becomes the nearest f16, ties to even, too large becomes infinity") {
  std::vector<float> values;
  for (uint32_t i = 0; i < 0x7c00; ++i) {  // each f16, the midpoint to the next, and their neighbours
    const double here = reference_half(i), next = i == 0x7bff ? 65536.0 : reference_half(i + 1);
    const float middle = static_cast<float>((here + next) / 2);
    for (float value : {static_cast<float>(here), middle, std::nextafter(middle, 0.0f), std::nextafter(middle, 1e9f)}) {
      values.push_back(value);
      values.push_back(-value);
    }
  }
  for (float value : {1e30f, INFINITY, -INFINITY, 1e-30f, -1e-45f}) values.push_back(value);
  for (const cpu::Kernels* kernels : cpu::all_kernels()) {
    INFO(std::string(kernels->name));
    std::vector<uint16_t> got(values.size());
    kernels->to_half(got.data(), values.data(), values.size());
    size_t differ = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      const double magnitude = std::fabs(static_cast<double>(values[i]));
      // In units of the last place of its binade, nearbyint rounds ties to even.
      const int exponent = magnitude < 0x1p-14 ? -24 : std::ilogb(magnitude) - 10;
      const double rounded =
          magnitude >= 65520 ? INFINITY : std::ldexp(std::nearbyint(std::ldexp(magnitude, -exponent)), exponent);
      const double want = std::signbit(values[i]) ? -rounded : rounded;
      const double value = reference_half(got[i]);
      differ += value != want || std::signbit(value) != std::signbit(want);
    }
    CHECK(differ == 0);
    const float nan = NAN;
    uint16_t half;
    kernels->to_half(&half, &nan, 1);
    CHECK(std::isnan(reference_half(half)));
  }
}

}  // namespace
}  // namespace hearth::test
