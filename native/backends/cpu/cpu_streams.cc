// native/backends/cpu/cpu_streams.cc: ops of models with streams beside the residual. A thread does whole rows, one
// value after the other, so that every sum has one order.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "backends/cpu/cpu_encoder.h"

namespace hearth::cpu {
namespace {

double length_of(const float* x, uint32_t count) {
  double squares = 0;
  for (uint32_t i = 0; i < count; ++i) squares += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return std::sqrt(squares);
}

}  // namespace

void CpuEncoder::add_scaled(ops::InOut y, ops::In x, ops::In factors) {
  assert(fits(y) && fits(x) && fits(factors));
  assert(y.rows == x.rows && y.cols == x.cols && factors.rows == x.rows && factors.cols == 1);
  pool_.run(y.rows, [&](uint32_t r, uint32_t) {
    const float factor = *row_of(factors, r);
    float* to = row_of(y, r);
    const float* from = row_of(x, r);
    for (uint32_t i = 0; i < y.cols; ++i) to[i] += factor * from[i];
  });
}

void CpuEncoder::match_length(ops::InOut x, ops::In like) {
  assert(fits(x) && fits(like) && x.rows == like.rows && x.cols == like.cols);
  pool_.run(x.rows, [&](uint32_t r, uint32_t) {
    float* row = row_of(x, r);
    const double length = length_of(row, x.cols);
    if (length == 0) return;
    const auto factor = static_cast<float>(length_of(row_of(like, r), x.cols) / length);
    for (uint32_t i = 0; i < x.cols; ++i) row[i] *= factor;
  });
}

void CpuEncoder::keep_peaks(ops::InOut x, float deviations) {
  assert(fits(x) && x.cols > 1);
  pool_.run(x.rows, [&](uint32_t r, uint32_t) {
    float* row = row_of(x, r);
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < x.cols; ++i) sum += static_cast<double>(row[i]);
    const double mean = sum / x.cols;
    for (uint32_t i = 0; i < x.cols; ++i) {
      const double distance = static_cast<double>(row[i]) - mean;
      squares += distance * distance;
    }
    const auto cut = static_cast<float>(mean + static_cast<double>(deviations) * std::sqrt(squares / (x.cols - 1)));
    for (uint32_t i = 0; i < x.cols; ++i) row[i] = std::max(0.0f, row[i] - cut);
  });
}

}  // namespace hearth::cpu
