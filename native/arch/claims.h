// native/arch/claims.h: every tensor of a file is claimed with an expected shape, or the load ends with the full list.
#pragma once
#include <string>
#include <unordered_set>
#include <vector>

#include "gguf/gguf.h"
#include "ops/device.h"

namespace hearth::arch {

struct Shape {
  uint32_t cols;
  uint32_t rows = 1;
  uint32_t count = 1;
};

/// One number of a claimed vector. The file promises no alignment, so it is copied out.
float read_float(const ops::Weight& vector, uint32_t index);

class Claims {
 public:
  explicit Claims(const gguf::File& file) : file_(file) {}

  /// A matrix in any format this engine can size. A missing or misshapen one is noted and comes back empty.
  ops::Weight matrix(const std::string& name, Shape shape);
  /// A vector of F32: norms, scales, divisors.
  ops::Weight vector(const std::string& name, uint32_t length);
  /// A list of I32.
  std::vector<int32_t> integers(const std::string& name, uint32_t length);
  bool has(const std::string& name) const { return file_.find_tensor(name) != nullptr; }
  /// Rows of a tensor that may be absent (0).
  uint64_t rows(const std::string& name) const {
    const gguf::Tensor* tensor = file_.find_tensor(name);
    return tensor != nullptr ? tensor->rows() : 0;
  }
  /// Claims a tensor that is known to be in some files and never read, if it is there.
  void dead(const std::string& name);
  void misfit(std::string text) { misfits_.push_back(std::move(text)); }

  uint64_t parameters() const { return parameters_; }
  /// After all claims. Errors: kModelInvalid with every misfit and every tensor that nobody asked for.
  Status settle() const;

 private:
  const gguf::Tensor* take(const std::string& name, Shape shape);

  const gguf::File& file_;
  std::unordered_set<std::string_view> claimed_;
  std::vector<std::string> misfits_;
  uint64_t parameters_ = 0;
};

}  // namespace hearth::arch
