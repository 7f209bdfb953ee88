// native/core/self_check.cc: the steps, their notes, and the report.
#include "core/self_check.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#if defined(__APPLE__)
#include <sys/sysctl.h>
#else
#include <sys/utsname.h>
#endif

#include "constraint/json.h"
#include "core/apple_chips.h"
#include "core/check_cases.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr double kSlowShare = 0.3;  // of a chip's memory speed: below it something is wrong with the machine or with us

const char* colour_of(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kPassed:
      return "green";
    case CheckVerdict::kSlow:
      return "amber";
    default:
      return "red";
  }
}

/// A note that a step has begun, on disk: what is still there at the next start ended the program or never came back.
class Note {
 public:
  Note(const CheckOptions& options, const std::string& step) : key_(options.key) {
    if (options.folder.empty()) return;
    std::error_code ignored;
    fs::create_directories(options.folder, ignored);
    path_ = fs::path(options.folder) / ("gpu-check-" + step + ".running");
  }
  /// Whether this step did not come back under the same key.
  bool left_behind() const {
    std::ifstream file(path_);
    std::string key((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    return file.is_open() && key == key_;
  }
  void begin() const {
    if (path_.empty()) return;
    std::ofstream(path_, std::ios::trunc) << key_ << std::flush;
  }
  void end() const {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
  }

 private:
  fs::path path_;
  std::string key_;
};

CheckStep failed(const std::string& name, const std::string& detail) { return {name, detail, CheckVerdict::kFailed}; }

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

/// How far apart they are, in parts of the largest number that was expected. NaN where there was a number is infinite.
double distance(const std::vector<float>& got, const std::vector<float>& want) {
  if (got.size() != want.size()) return INFINITY;
  double worst = 0, largest = 1e-6;
  for (size_t i = 0; i < want.size(); ++i) {
    const double difference = std::fabs(double{got[i]} - double{want[i]});
    worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
    largest = std::max(largest, std::fabs(double{want[i]}));
  }
  return worst / largest;
}

CheckStep compare(const std::string& family, ops::Device& device, ops::Device& reference) {
  double worst = 0;
  size_t count = 0;
  for (const CheckCase& one : check_cases(family)) {
    CheckBench got(device), want(reference);
    one.run(got);
    one.run(want);
    if (!got.problem().empty()) return failed(family, one.what + ": " + got.problem());
    const double apart = distance(got.numbers(), want.numbers());
    if (!(apart <= one.tolerance)) {
      return failed(family, one.what + ": expected the CPU's numbers to " + rounded(one.tolerance) +
                                ", found a difference of " + rounded(apart));
    }
    worst = std::max(worst, apart);
    ++count;
  }
  return {family, std::to_string(count) + " cases, at most " + rounded(worst) + " from the CPU", CheckVerdict::kPassed};
}

/// Three times the same work must be the same bits, or a barrier is missing.
CheckStep repeats(ops::Device& device) {
  for (const char* family : {"rows", "attention", "layers", "experts"}) {
    for (const CheckCase& one : check_cases(family)) {
      std::vector<float> first;
      for (int run = 0; run < 3; ++run) {
        CheckBench bench(device);
        one.run(bench);
        if (!bench.problem().empty()) return failed("repeats", one.what + ": " + bench.problem());
        if (run == 0) first = bench.numbers();
        if (first.size() != bench.numbers().size() ||
            std::memcmp(first.data(), bench.numbers().data(), first.size() * sizeof(float)) != 0)
          return failed("repeats", one.what + ": expected the same bits three times, found others");
      }
    }
  }
  return {"repeats", "the same bits three times", CheckVerdict::kPassed};
}

/// A row's bits alone and beside others: what guessing ahead and reusing a prompt rest on.
CheckStep independent_rows(ops::Device& device) {
  constexpr uint32_t kRows = 33, kCols = 512, kOutputs = 40;
  for (const TensorType type :
       {TensorType::kF16, TensorType::kQ4_0, TensorType::kQ8_0, TensorType::kQ4_K, TensorType::kQ6_K}) {
    CheckBench bench(device);
    const ops::Weight w = bench.weight(type, kOutputs, kCols, 3);
    const auto x = bench.matrix(kRows, kCols, 4), all = bench.matrix(kRows, kOutputs),
               some = bench.matrix(kRows, kOutputs);
    bench.encoder().matmul(all, x, w);
    for (uint32_t r = 0; r < kRows; ++r) bench.encoder().matmul(some.row(r), x.row(r), w);
    bench.read(all);
    bench.read(some);
    if (!bench.problem().empty()) return failed("independent rows", bench.problem());
    const auto& numbers = bench.numbers();
    if (std::memcmp(numbers.data(), numbers.data() + size_t{kRows} * kOutputs, size_t{kRows} * kOutputs * 4) != 0) {
      return failed("independent rows", "a product in " + std::string(traits_of(type)->name) +
                                            ": expected a row to be the same bits alone and beside others");
    }
  }
  return {"independent rows", "a row is the same bits alone and beside others", CheckVerdict::kPassed};
}

CheckStep speed(ops::Device& device, const CheckOptions& options) {
  constexpr uint32_t kCols = 4096;
  CheckBench bench(device);
  const TypeTraits& traits = *traits_of(TensorType::kQ8_0);
  const uint64_t row_bytes = uint64_t{kCols} / traits.block_elements * traits.block_bytes;
  const auto outputs = static_cast<uint32_t>(std::max<uint64_t>(1, options.speed_bytes / row_bytes));
  const ops::Weight w = bench.weight(TensorType::kQ8_0, outputs, kCols, 1);
  const auto x = bench.matrix(1, kCols, 2), y = bench.matrix(1, outputs);
  double best = INFINITY;
  for (int run = 0; run < 4; ++run) {  // the first compiles and wakes
    const auto start = std::chrono::steady_clock::now();
    bench.encoder().matmul(y, x, w);
    if (const Status status = bench.encoder().finish(); !status.ok()) return failed("speed", status.error().message);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (run > 0) best = std::min(best, took.count());
  }
  if (!bench.problem().empty()) return failed("speed", bench.problem());
  const double reached = static_cast<double>(row_bytes * outputs) / best / 1e9;
  const AppleChip* chip = chip_of(device.name());
  if (chip == nullptr) return {"speed", "reads weights at " + rounded(reached) + " GB/s", CheckVerdict::kPassed};
  const double share = reached / chip->gigabytes_per_second;
  return {"speed",
          "reads weights at " + rounded(reached) + " GB/s, " + rounded(100 * share) + " % of the memory of an " +
              chip->name,
          share < kSlowShare ? CheckVerdict::kSlow : CheckVerdict::kPassed};
}

std::string system_build() {
#if defined(__APPLE__)
  char text[64] = "";
  size_t bytes = sizeof text;
  sysctlbyname("kern.osversion", text, &bytes, nullptr, 0);
  return text;
#else
  utsname name{};
  uname(&name);
  return std::string(name.sysname) + " " + name.release;
#endif
}

}  // namespace

std::string check_key(const std::string& device_name) { return device_name + "; " + system_build(); }

CheckVerdict CheckReport::verdict() const {
  CheckVerdict worst = CheckVerdict::kPassed;
  for (const CheckStep& step : steps) worst = std::max(worst, step.verdict);
  return worst;
}

std::string CheckReport::json() const {
  using constraint::quote_json;
  std::string text = "{\"key\":" + quote_json(key) + ",\"device\":" + quote_json(device) + ",\"verdict\":\"" +
                     colour_of(verdict()) + "\",\"steps\":[";
  for (const CheckStep& step : steps) {
    if (&step != &steps.front()) text += ",";
    text += "{\"name\":" + quote_json(step.name) + ",\"verdict\":\"" + colour_of(step.verdict) +
            "\",\"detail\":" + quote_json(step.detail) + "}";
  }
  return text + "]}";
}

CheckReport check_device(const OpenDevice& open, ops::Device& reference, const CheckOptions& options) {
  CheckReport report{.device = {}, .key = options.key, .steps = {}};
  std::unique_ptr<ops::Device> device;
  const auto step = [&](const std::string& name, const std::function<CheckStep()>& run) {
    const Note note(options, name);
    if (note.left_behind()) {
      report.steps.push_back(failed(name,
                                    "this step ended the program or never came back the last time; it is not "
                                    "tried again on this system"));
      return;
    }
    note.begin();
    report.steps.push_back(run());
    note.end();
  };
  step("open", [&]() -> CheckStep {
    auto opened = open();
    if (!opened.ok()) return failed("open", opened.error().message);
    device = std::move(opened).value();
    report.device = device->name();
    return {"open", "kernels compiled on " + device->name(), CheckVerdict::kPassed};
  });
  if (device == nullptr) return report;
  for (const char* family : {"rows", "products", "attention", "layers", "experts"})
    step(family, [&] { return compare(family, *device, reference); });
  step("repeats", [&] { return repeats(*device); });
  step("independent rows", [&] { return independent_rows(*device); });
  step("speed", [&] { return speed(*device, options); });
  return report;
}

}  // namespace hearth
