// native/backends/cpu/cpu_encoder.cc: the ops that touch each value once, and the router.
#include "backends/cpu/cpu_encoder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace hearth::cpu {
namespace {

constexpr uint32_t kPieceValues = 8192;  // below this a second thread costs more than it gives

}  // namespace

CpuEncoder::CpuEncoder(const Kernels& kernels, const DotKernels* dots, Packer& packer, ThreadPool& pool)
    : kernels_(kernels),
      dots_(dots),
      packer_(packer),
      pool_(pool),
      sums_(pool.threads()),
      own_panels_(pool.threads()) {}

bool fits(const ops::Rows& rows) {
  if (rows.rows == 0 || rows.cols == 0) return true;
  if (rows.buffer == nullptr || (rows.rows > 1 && rows.stride < rows.cols)) return false;
  const uint64_t end = rows.offset + uint64_t{rows.rows - 1} * rows.stride + rows.cols;
  return end <= rows.buffer->bytes() / sizeof(float);
}

template <typename Body>
void CpuEncoder::for_pieces(uint32_t rows, uint32_t cols, const Body& body) {
  if (rows == 0 || cols == 0) return;
  if (cols >= 2 * kPieceValues) {  // long rows: cut each
    const uint32_t pieces = (cols + kPieceValues - 1) / kPieceValues;
    pool_.run(rows * pieces, [&](uint32_t index, uint32_t) {
      const uint32_t first = index % pieces * kPieceValues;
      body(index / pieces, first, std::min(kPieceValues, cols - first));
    });
    return;
  }
  const uint32_t rows_each = std::max(1u, kPieceValues / cols);
  pool_.run((rows + rows_each - 1) / rows_each, [&](uint32_t index, uint32_t) {
    const uint32_t end = std::min(rows, (index + 1) * rows_each);
    for (uint32_t r = index * rows_each; r < end; ++r) body(r, 0u, cols);
  });
}

const float* CpuEncoder::as_floats(const ops::Weight& w) {
  assert(w.rows == 1 && w.count == 1);
  if (vector_.size() < w.cols) vector_.resize(w.cols);
  kernels_.decode(w.type, w.data, vector_.data(), w.cols);
  return vector_.data();
}

void CpuEncoder::norm(ops::Out y, ops::In x, const ops::Weight& w, uint32_t group, float eps) {
  const uint32_t width = w ? w.cols : group;
  assert(fits(y) && fits(x) && y.rows == x.rows && y.cols == x.cols);
  assert(width > 0 && x.cols % width == 0);
  const float* factors = w ? as_floats(w) : nullptr;
  const uint32_t groups = x.cols / width;
  const uint32_t each = std::max(1u, kPieceValues / width);
  const uint32_t total = x.rows * groups;
  pool_.run((total + each - 1) / each, [&](uint32_t index, uint32_t) {
    const uint32_t end = std::min(total, (index + 1) * each);
    for (uint32_t i = index * each; i < end; ++i) {
      const uint32_t first = i % groups * width;
      kernels_.norm(row_of(y, i / groups) + first, row_of(x, i / groups) + first, factors, width, eps);
    }
  });
}

void CpuEncoder::gate(ops::Out y, ops::In gate, ops::In up, ops::Activation activation) {
  assert(fits(y) && fits(gate) && fits(up));
  assert(y.rows == gate.rows && y.cols == gate.cols && up.rows == gate.rows && up.cols == gate.cols);
  const auto kernel = activation == ops::Activation::kGeluTanh ? kernels_.gelu_gate : kernels_.silu_gate;
  for_pieces(y.rows, y.cols, [&](uint32_t r, uint32_t first, uint32_t count) {
    kernel(row_of(y, r) + first, row_of(gate, r) + first, row_of(up, r) + first, count);
  });
}

void CpuEncoder::add(ops::InOut x, ops::In delta) {
  assert(fits(x) && fits(delta) && x.rows == delta.rows && x.cols == delta.cols);
  for_pieces(x.rows, x.cols, [&](uint32_t r, uint32_t first, uint32_t count) {
    kernels_.add(row_of(x, r) + first, row_of(delta, r) + first, count);
  });
}

void CpuEncoder::scale(ops::InOut x, float factor) {
  assert(fits(x));
  for_pieces(x.rows, x.cols,
             [&](uint32_t r, uint32_t first, uint32_t count) { kernels_.scale(row_of(x, r) + first, factor, count); });
}

void CpuEncoder::multiply(ops::InOut x, const ops::Weight& w) {
  assert(fits(x) && w && w.cols == x.cols);
  const float* factors = as_floats(w);
  for_pieces(x.rows, x.cols, [&](uint32_t r, uint32_t first, uint32_t count) {
    kernels_.multiply(row_of(x, r) + first, factors + first, count);
  });
}

void CpuEncoder::add_row(ops::InOut x, const ops::Weight& w) {
  assert(fits(x) && w && w.cols == x.cols);
  const float* values = as_floats(w);
  for_pieces(x.rows, x.cols, [&](uint32_t r, uint32_t first, uint32_t count) {
    kernels_.add(row_of(x, r) + first, values + first, count);
  });
}

void CpuEncoder::softcap(ops::InOut x, float cap) {
  assert(fits(x) && cap > 0);
  for_pieces(x.rows, x.cols,
             [&](uint32_t r, uint32_t first, uint32_t count) { kernels_.softcap(row_of(x, r) + first, cap, count); });
}

void CpuEncoder::copy(ops::Out y, ops::In x) {
  assert(fits(y) && fits(x) && y.rows == x.rows && y.cols == x.cols);
  for_pieces(x.rows, x.cols, [&](uint32_t r, uint32_t first, uint32_t count) {
    std::memcpy(row_of(y, r) + first, row_of(x, r) + first, count * sizeof(float));
  });
}

void CpuEncoder::route(ops::Buffer& experts, ops::Buffer& weights, ops::In logits, uint32_t k) {
  assert(fits(logits) && k > 0 && k <= logits.cols);
  assert(experts.bytes() >= size_t{logits.rows} * k * sizeof(int32_t));
  assert(weights.bytes() >= size_t{logits.rows} * k * sizeof(float));
  auto* chosen = reinterpret_cast<int32_t*>(experts.host());
  auto* shares = reinterpret_cast<float*>(weights.host());
  for (uint32_t r = 0; r < logits.rows; ++r) {
    const float* logit = row_of(logits, r);
    int32_t* picks = chosen + size_t{r} * k;
    double total = 0;
    for (uint32_t j = 0; j < k; ++j) {
      int32_t best = -1;  // also among NaNs some expert is taken, so that an index is always one
      for (uint32_t e = 0; e < logits.cols; ++e) {
        if (std::find(picks, picks + j, static_cast<int32_t>(e)) != picks + j) continue;
        if (best < 0 || logit[e] > logit[best]) best = static_cast<int32_t>(e);
      }
      picks[j] = best;
      // Renormalising over the chosen cancels the sum over all: only differences to the largest logit remain.
      total += std::exp(static_cast<double>(logit[best]) - static_cast<double>(logit[picks[0]]));
    }
    for (uint32_t j = 0; j < k; ++j) {
      const double share =
          std::exp(static_cast<double>(logit[picks[j]]) - static_cast<double>(logit[picks[0]])) / total;
      shares[size_t{r} * k + j] = static_cast<float>(share);
    }
  }
}

void CpuEncoder::combine_experts(ops::Out y, ops::In x, const ops::Buffer& experts, const ops::Buffer& weights,
                                 const ops::Weight& factors, uint32_t k) {
  assert(fits(y) && fits(x) && y.cols == x.cols && x.rows == y.rows * k);
  // host() of a buffer that is only read: the interface has no const view.
  const auto* chosen = reinterpret_cast<const int32_t*>(const_cast<ops::Buffer&>(experts).host());
  const auto* shares = reinterpret_cast<const float*>(const_cast<ops::Buffer&>(weights).host());
  const float* scales = factors ? as_floats(factors) : nullptr;
  for_pieces(y.rows, y.cols, [&](uint32_t r, uint32_t first, uint32_t count) {
    float* to = row_of(y, r) + first;
    std::fill(to, to + count, 0.0f);
    for (uint32_t j = 0; j < k; ++j) {
      const size_t choice = size_t{r} * k + j;
      assert(!factors || static_cast<uint32_t>(chosen[choice]) < factors.cols);
      const float share = scales ? shares[choice] * scales[chosen[choice]] : shares[choice];
      const float* from = row_of(x, static_cast<uint32_t>(choice)) + first;
      for (uint32_t i = 0; i < count; ++i) to[i] += share * from[i];
    }
  });
}

}  // namespace hearth::cpu
