// native/tests/arch/shapes_test.cc: files with the true shapes of all five Gemma 4 sizes load and bind, and what they
// will need is foretold. Their data is a hole in the file: no disk and no time.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include "arch/bind.h"
#include "arch/forward.h"
#include "arch/from_gguf.h"
#include "core/describe.h"
#include "core/device.h"
#include "core/kv_cache.h"
#include "ops/encoder.h"
#include "support/shaped_file.h"

using namespace hearth;
using hearth::test::kShapes;
using hearth::test::Shape;
using hearth::test::ShapedFile;

namespace {

struct Known {
  uint64_t tensors;
  double parameters;  // 10^9, as published
  double megabytes;   // of weights, without vectors
  double keys_8k;     // MB of F16 keys and values at 8192 tokens with rings of window + 512; ours are a little smaller
  const char* says;   // of the printed spec
};
// Tensor counts of public files; sizes by the arithmetic of the published configurations.
const Known kKnown[] = {
    {541, 4.629, 3332.6, 63, "window 512, 8 heads on 1 of 256, rope 10000, q/k norm, v norm; dense 6144 gelu-tanh"},
    {601, 4.629, 3332.6, 63, "keys and values of layer 14; dense 12288 gelu-tanh"},
    {0, 7.463, 5136.9, 176, "keys and values of layer 23; dense 10240 gelu-tanh"},
    {667, 11.907, 6957.0, 638,
     "global, 16 heads on 1 of 512, rope 1e+06 with divisors, q/k norm, v norm, values from keys"},
    {658, 25.233, 14420.7, 482, "dense 2112 gelu-tanh beside 8 of 128 experts of 704 (fused gate and up)"},
    {833, 30.697, 17629.8, 1929, "window 1024, 32 heads on 16 of 256"},
};

bool near(double got, double want, double part) { return std::abs(got - want) <= part * want; }

}  // namespace

TEST_CASE("a file of each size has the tensors, parameters and bytes that are published, and binds") {
  for (size_t i = 0; i < std::size(kShapes); ++i) {
    const Shape& shape = kShapes[i];
    const Known& known = kKnown[i];
    CAPTURE(shape.name);
    const ShapedFile made(shape);
    const auto facts = describe_model(made.path(), 8192);
    REQUIRE_MESSAGE(facts.ok(), (facts.ok() ? std::string() : facts.error().message));
    const Description& found = facts.value();
    if (known.tensors > 0) CHECK(found.tensors == known.tensors);
    CHECK(near(static_cast<double>(found.parameters), known.parameters * 1e9, 0.001));
    CHECK(found.spec.find(known.says) != std::string::npos);
    CHECK(found.layers == shape.layers);
    CHECK(found.trained_context == shape.context);

    const double weights = static_cast<double>(found.fit.weights + found.fit.looked_up) / 1e6;
    const double dead = shape.dead ? 0.01 : 0;
    CHECK(near(weights, known.megabytes, 0.002 + dead));
    const double keys = static_cast<double>(found.fit.keys_values) / 1e6;
    CHECK(keys <= known.keys_8k * 1.01);
    CHECK(keys >= known.keys_8k * 0.6);
    std::printf("%-22s %4zu tensors %8.1f MB, keys and values %7.1f MB at 8k, scratch %6.1f MB\n", shape.name,
                static_cast<size_t>(found.tensors), weights, keys, static_cast<double>(found.fit.scratch) / 1e6);
  }
}

TEST_CASE("the layers of each size are of the published kinds") {
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.name);
    const ShapedFile made(shape);
    const auto file = gguf::File::open(made.path());
    REQUIRE(file.ok());
    const auto spec = arch::spec_from_gguf(*file.value());
    REQUIRE(spec.ok());
    const uint32_t owners = shape.layers - shape.shared;
    for (uint32_t il = 0; il < shape.layers; ++il) {
      CAPTURE(il);
      const arch::AttentionSpec& attention = spec.value().layers[il].attention;
      const bool global = il % shape.period == shape.period - 1;
      CHECK(attention.window.has_value() != global);
      CHECK(attention.head_dim == (global ? 512 : 256));
      CHECK(attention.kv.owns == (il < owners));
      CHECK(attention.kv.v_from_k == (global && shape.values_from_keys));
      if (il >= owners) CHECK(attention.kv.source_layer == owners - (global ? 1 : 2));
    }
    CHECK_FALSE(spec.value().layers.back().attention.window.has_value());
  }
}

TEST_CASE("a step through the true shape of E2B stays within the scratch that was foretold") {
  const ShapedFile made(kShapes[0]);
  const auto file = gguf::File::open(made.path());
  REQUIRE(file.ok());
  const auto spec = arch::spec_from_gguf(*file.value());
  REQUIRE(spec.ok());
  auto weights = arch::bind(*file.value(), spec.value());
  REQUIRE(weights.ok());
  auto device = open_device("cpu", 2);
  REQUIRE(device.ok());
  auto cache = KvCache::create(*device.value(), spec.value(), 64, ops::KvFormat::kF16, 2);
  REQUIRE(cache.ok());
  auto scratch = arch::make_scratch(*device.value(), spec.value(), 2, 1);
  REQUIRE(scratch.ok());
  const auto encoder = device.value()->encoder();
  const std::vector<int32_t> tokens{2, 262143};
  CHECK(arch::forward(*encoder, spec.value(), weights.value(), cache.value().views(), scratch.value(),
                      {.tokens = tokens, .wanted = 1}));
  const auto* hidden = reinterpret_cast<const float*>(scratch.value().hidden.buffer->host());
  for (uint32_t i = 0; i < spec.value().dim; ++i) CHECK(hidden[scratch.value().hidden.offset + i] == 0.0f);
}
