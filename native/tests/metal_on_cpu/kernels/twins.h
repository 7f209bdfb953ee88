// native/tests/metal_on_cpu/kernels/twins.h: the same op on the CPU and on the emulated GPU, from the same numbers.
#pragma once
#include "backends/metal/metal_device.h"
#include "metal_on_cpu/fake/fake_metal.h"
#include "ops/op_test.h"

namespace hearth::test {

/// A device with an encoder and matrices on it, as Bench is for the CPU.
struct Twin {
  explicit Twin(std::unique_ptr<ops::Device> made) : device(std::move(made)), encoder(device->encoder()) {}

  ops::Rows matrix(uint32_t rows, uint32_t cols, const std::vector<float>& values = {}, uint32_t gap = 0) {
    const uint32_t stride = cols + gap;
    ops::Buffer& memory = buffer((size_t{3} + size_t{rows} * stride) * sizeof(float));
    ops::Rows out{&memory, gap ? 3u : 0u, rows, cols, stride};
    for (uint32_t r = 0; r < rows && !values.empty(); ++r)
      std::memcpy(Bench::floats(out, r), values.data() + size_t{r} * cols, cols * sizeof(float));
    return out;
  }
  ops::Buffer& buffer(size_t bytes) {
    auto made = device->allocate(bytes);
    REQUIRE(made.ok());
    buffers.push_back(std::move(made).value());
    return *buffers.back();
  }
  ops::Weight weight(TensorType type, uint32_t rows, uint32_t cols, const std::vector<std::byte>& data,
                     uint32_t count = 1) {
    auto made = device->prepare(
        {.type = type, .cols = cols, .rows = rows, .count = count, .data = data.data(), .prepared = nullptr});
    REQUIRE_MESSAGE(made.ok(), (made.ok() ? std::string() : made.error().message));
    return made.value();
  }
  ops::Weight vector(const std::vector<float>& values) {
    auto made = device->prepare(vector_weight(values));
    REQUIRE(made.ok());
    return made.value();
  }
  void finish() {
    const Status status = encoder->finish();
    REQUIRE_MESSAGE(status.ok(), (status.ok() ? std::string() : status.error().message));
  }

  std::unique_ptr<ops::Device> device;
  std::unique_ptr<ops::Encoder> encoder;
  std::vector<std::unique_ptr<ops::Buffer>> buffers;
};

inline std::unique_ptr<ops::Device> open_fake(const fake::Behaviour& behaviour = {}) {
  fake::install(behaviour);
  auto device = metal::open_metal();
  REQUIRE_MESSAGE(device.ok(), (device.ok() ? std::string() : device.error().message));
  return std::move(device).value();
}

/// Calls op(twin) on both and compares what it returns, value by value: equal within `relative` of the larger of 1 and
/// the largest value, for three schedules of the GPU.
template <typename Op>
void check_twins(float relative, const Op& op) {
  Twin cpu(cpu::open_cpu(1));
  const std::vector<float> want = op(cpu);
  float largest = 1;
  for (const float value : want) largest = std::isfinite(value) ? std::max(largest, std::fabs(value)) : largest;
  for (const uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    fake::Behaviour behaviour;
    behaviour.seed = seed;
    {
      Twin gpu(open_fake(behaviour));
      const std::vector<float> got = op(gpu);
      REQUIRE(got.size() == want.size());
      size_t wrong = 0, first = 0;
      for (size_t i = 0; i < got.size(); ++i) {
        const float difference = std::fabs(got[i] - want[i]);
        const bool both_nan = std::isnan(got[i]) && std::isnan(want[i]);
        if (both_nan || difference <= relative * largest) continue;
        if (wrong++ == 0) first = i;
      }
      INFO("first difference at ", first, ": ", got.empty() ? 0 : got[first], " against ",
           want.empty() ? 0 : want[first]);
      CHECK(wrong == 0);
    }
    CHECK(fake::complaints() == std::vector<std::string>{});
    CHECK(fake::live_objects() == "");
  }
}

}  // namespace hearth::test
