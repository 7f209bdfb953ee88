// native/core/check_cases.h: what the self-check computes: an op on a device, and its numbers back.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ops/encoder.h"

namespace hearth {

/// A device with an encoder, matrices on it, and weights that stay alive. The first thing that goes wrong is kept.
class CheckBench {
 public:
  explicit CheckBench(ops::Device& device) : device_(device), encoder_(device.encoder()) {}

  ops::Encoder& encoder() { return *encoder_; }
  ops::Device& device() { return device_; }
  /// Seeded numbers between -1 and 1, or zeros.
  ops::Rows matrix(uint32_t rows, uint32_t cols, uint64_t seed = 0);
  ops::Buffer& buffer(size_t bytes);
  /// Seeded blocks of any format, with scales of ordinary size.
  ops::Weight weight(TensorType type, uint32_t rows, uint32_t cols, uint64_t seed, uint32_t count = 1);
  /// Waits, and appends the numbers of `rows`.
  void read(const ops::Rows& rows);
  void read(ops::Buffer& buffer, size_t count);

  const std::vector<float>& numbers() const { return numbers_; }
  const std::string& problem() const { return problem_; }

 private:
  void note(const Error& error) {
    if (problem_.empty()) problem_ = error.message;
  }
  ops::Device& device_;
  std::unique_ptr<ops::Encoder> encoder_;
  std::vector<std::unique_ptr<ops::Buffer>> buffers_;
  std::vector<std::unique_ptr<std::vector<uint64_t>>> blocks_;
  std::vector<float> numbers_;
  std::string problem_;
};

struct CheckCase {
  std::string what;  // "product in Q4_0 of 9 rows"
  std::function<void(CheckBench&)> run;
  double tolerance = 3e-5;  // of the largest number
};

/// The cases of a family: "rows", "products", "attention", "layers", "experts".
std::vector<CheckCase> check_cases(const std::string& family);

}  // namespace hearth
