// native/tests/metal_on_cpu/kernels/emulator_test.cc: the emulator finds what a GPU would leave undefined, in kernels
// that have one mistake each (faulty/).
#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "metal_on_cpu/emulator/machine.h"
#include "metal_on_cpu/emulator/trace.h"

using namespace hearth;

namespace {

struct Outcome {
  std::string error;  // empty where nothing was found
  std::vector<float> y;
};

Outcome run_faulty(const char* name, uint32_t threads, size_t floats, uint64_t seed = 1) {
  emulator::Dispatch dispatch;
  dispatch.kernel = emulator::find_kernel(name);
  REQUIRE(dispatch.kernel != nullptr);
  const std::span memory(emulator::device_memory(floats * sizeof(float)), floats * sizeof(float));
  dispatch.arguments.buffers[0] = memory;
  dispatch.groups = {1, 1, 1};
  dispatch.threads = {threads, 1, 1};
  static uint32_t number = 1u << 20;
  ++number;
  emulator::trace_dispatch(number, number, dispatch.arguments.buffers);
  Outcome outcome;
  outcome.error = emulator::run(dispatch, {.seed = seed}).value_or("");
  emulator::trace_off();
  const auto* values = reinterpret_cast<const float*>(memory.data());
  outcome.y.assign(values, values + floats);
  return outcome;
}

bool says(const Outcome& outcome, const char* what) { return outcome.error.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("threads that meet at different lines are named with both lines") {
  CHECK(says(run_faulty("faulty_two_places", 64, 64), "at different places: one is at faulty.metal:"));
  CHECK(says(run_faulty("faulty_two_places", 64, 64), "thread "));
}

TEST_CASE("threads that wait for others that have left are named with their line") {
  const Outcome outcome = run_faulty("faulty_early_return", 64, 64);
  CHECK(says(outcome, "40 of 64 threads wait for ever, one at faulty.metal:"));
}

TEST_CASE("a sum that only half of the lanes reach is found") {
  CHECK(says(run_faulty("faulty_half_sum", 32, 32), "16 of 32 threads wait for ever"));
}

TEST_CASE("too much threadgroup memory is refused") {
  CHECK(says(run_faulty("faulty_too_much", 32, 32), "more than 32 KiB of threadgroup memory"));
}

TEST_CASE("threadgroup memory that nobody wrote is no number") {
  const Outcome outcome = run_faulty("faulty_unwritten", 64, 64);
  CHECK(outcome.error == "");
  CHECK(outcome.y[0] == 1.0f);
  CHECK(std::isnan(outcome.y[63]));
}

#if !defined(__SANITIZE_THREAD__) && !__has_feature(thread_sanitizer)
TEST_CASE("without a barrier the result depends on the order of threads") {
  std::set<std::string> results;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const Outcome outcome = run_faulty("faulty_no_barrier", 64, 64, seed);
    results.insert(std::string(reinterpret_cast<const char*>(outcome.y.data()), outcome.y.size() * sizeof(float)));
  }
  CHECK(results.size() == 6);
}
#endif

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_CASE("an access behind the end of a buffer is named with its byte") {
  const Outcome outcome = run_faulty("faulty_outside", 32, 32);
  CHECK(says(outcome,
             "faulty_outside: writes 4 bytes of memory that is not bound; it is byte 128 of buffer(0), which has 128"));
}
#endif
