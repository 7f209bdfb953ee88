// native/tests/metal_on_cpu/host/self_check_test.cc: the self-check that a Mac runs, on the emulated GPU: green as it
// is, and red or amber with one thing wrong.
#include "core/self_check.h"

#include <filesystem>
#include <fstream>

#include "metal_on_cpu/kernels/twins.h"

using namespace hearth;
using namespace hearth::test;

namespace {

CheckReport check(const fake::Behaviour& behaviour, const std::string& folder = {}) {
  fake::install(behaviour);
  const auto cpu = cpu::open_cpu(1);
  return check_device(metal::open_metal, *cpu, {.key = "this build", .folder = folder, .speed_bytes = 20'000});
}

fake::Behaviour quick() {
  fake::Behaviour behaviour;
  behaviour.traced_dispatches = 0;
  return behaviour;
}

const CheckStep& step_of(const CheckReport& report, const std::string& name) {
  for (const CheckStep& step : report.steps) {
    if (step.name == name) return step;
  }
  FAIL("the report has no step ", name);
  return report.steps.front();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a GPU that is right passes every step, and nothing is left behind") {
  const auto folder = std::filesystem::temp_directory_path() / "hearth-self-check-green";
  std::filesystem::remove_all(folder);
  const CheckReport report = check(quick(), folder.string());
  CHECK(report.steps.size() == 9);
  for (const CheckStep& step : report.steps) {
    CAPTURE(step.name);
    CAPTURE(step.detail);
    CHECK(step.verdict == CheckVerdict::kPassed);
  }
  CHECK(contains(report.json(), "\"verdict\":\"green\""));
  CHECK(contains(report.json(), "\"device\":\"metal (Emulated GPU)\""));
  CHECK(std::filesystem::is_empty(folder));
  CHECK(fake::complaints() == std::vector<std::string>{});
  CHECK(fake::live_objects() == "");
  std::filesystem::remove_all(folder);
}

TEST_CASE("a kernel that gives wrong numbers turns its family red and is named by its case") {
  const std::pair<const char*, const char*> faults[] = {
      {"norm", "rows"},    {"matvec_8", "products"},     {"store_kv", "attention"}, {"residual", "layers"},
      {"heads", "layers"}, {"matvec_gated_8", "layers"}, {"combine", "experts"}};
  for (const auto& [kernel, family] : faults) {
    CAPTURE(kernel);
    fake::Behaviour behaviour = quick();
    behaviour.broken_kernel = kernel;
    const CheckReport report = check(behaviour);
    CHECK(report.verdict() == CheckVerdict::kFailed);
    CHECK(step_of(report, family).verdict == CheckVerdict::kFailed);
    CHECK(contains(step_of(report, family).detail, "expected the CPU's numbers to"));
    CHECK(contains(report.json(), "\"verdict\":\"red\""));
  }
}

TEST_CASE("kernels that do not compile end the check with the compiler's words") {
  fake::Behaviour behaviour = quick();
  behaviour.broken_source = "kernel void route";
  const CheckReport report = check(behaviour);
  CHECK(report.steps.size() == 1);
  CHECK(report.verdict() == CheckVerdict::kFailed);
  CHECK(contains(report.steps[0].detail, "chosen to fail"));
}

TEST_CASE("a slow chip is amber: right, but not as fast as its memory") {
  fake::Behaviour behaviour = quick();
  behaviour.name = "Apple M2 Pro";
  const CheckReport report = check(behaviour);
  CHECK(report.verdict() == CheckVerdict::kSlow);
  CHECK(contains(step_of(report, "speed").detail, "% of the memory of an M2 Pro"));
  CHECK(contains(report.json(), "\"verdict\":\"amber\""));
}

TEST_CASE("a step that never came back is not tried again under the same key, and is under another") {
  const auto folder = std::filesystem::temp_directory_path() / "hearth-self-check-hang";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto leave = [&](const char* key) { std::ofstream(folder / "gpu-check-attention.running") << key; };
  leave("this build");
  const CheckReport same = check(quick(), folder.string());
  CHECK(step_of(same, "attention").verdict == CheckVerdict::kFailed);
  CHECK(contains(step_of(same, "attention").detail, "never came back"));
  CHECK(std::filesystem::exists(folder / "gpu-check-attention.running"));  // and stays so at the next start
  leave("an older build");
  CHECK(step_of(check(quick(), folder.string()), "attention").verdict == CheckVerdict::kPassed);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a GPU that fails in the middle of a step turns it red and ends nothing") {
  fake::Behaviour behaviour = quick();
  behaviour.buffers_until_failure = 30;
  const CheckReport report = check(behaviour);
  CHECK(report.verdict() == CheckVerdict::kFailed);
  CHECK(contains(report.json(), "The GPU stopped working"));
}
