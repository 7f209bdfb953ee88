// native/core/self_check.h: is this GPU right on this machine? Every family of kernels beside the CPU's, on numbers
// made here, before a person's words go through it.
//
// A GPU's driver and compiler come with the system, and no test of ours has seen this one. Each step leaves a note
// before it begins and takes it away when it is over: a step that ended the program or never came back is not tried
// again, and the GPU is not used, until the program, the system or the GPU is another.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ops/device.h"

namespace hearth {

enum class CheckVerdict {
  kPassed,  // green: as expected
  kSlow,    // amber: right, but slower than this chip should be
  kFailed,  // red: the CPU answers instead
};

struct CheckStep {
  std::string name;    // "rows", "products", ...
  std::string detail;  // a sentence for a report: what was measured, or expected and found
  CheckVerdict verdict = CheckVerdict::kPassed;
};

struct CheckReport {
  std::string device;  // "metal (Apple M2 Pro)"; empty when none could be opened
  std::string key;     // what it holds for
  std::vector<CheckStep> steps;

  /// The worst of all steps.
  CheckVerdict verdict() const;
  /// {"key":...,"device":...,"verdict":"green"|"amber"|"red","steps":[{"name":...,"verdict":...,"detail":...}]}
  std::string json() const;
};

struct CheckOptions {
  /// Build of the program, of the system, and the GPU: a report and its notes hold for one key.
  std::string key;
  /// Where notes are left; made if it is not there. Empty: none are.
  std::string folder;
  /// Of the matrix whose speed is measured; it must not fit a cache to tell anything.
  uint64_t speed_bytes = 64'000'000;
};

using OpenDevice = std::function<Result<std::unique_ptr<ops::Device>>()>;

/// Runs all steps, also after one has failed, unless the device cannot be opened. `reference` is believed.
CheckReport check_device(const OpenDevice& open, ops::Device& reference, const CheckOptions& options);

/// Program, system and GPU as one text.
std::string check_key(const std::string& device_name);

}  // namespace hearth
