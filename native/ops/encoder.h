// native/ops/encoder.h: the operations a model is made of. The CPU runs each at once, Metal records it.
//
// Every op is row-independent: row r of the result depends only on row r of the inputs, and is bit for bit the same
// whatever the number of rows in the call. Speculation and prefix reuse rest on that.
// Names: M = rows in the call (tokens), all floats are f32. Outputs never alias inputs unless the parameter is InOut.
#pragma once
#include <cstdint>
#include <span>

#include "base/status.h"
#include "ops/device.h"

namespace hearth::ops {

using In = const Rows&;
using Out = const Rows&;    // fully written
using InOut = const Rows&;  // read and written in place

enum class KvFormat { kF16, kF32 };

/// One layer's cache: `slots` rows of kv_heads * head_dim for K and as many for V. Position p lives in slot p % slots.
struct KvView {
  Buffer* k = nullptr;
  Buffer* v = nullptr;
  KvFormat format = KvFormat::kF16;
  uint32_t slots = 0;
  uint32_t kv_heads = 0;
  uint32_t head_dim = 0;
};

/// Rotation of pairs (i, i + head_dim / 2), or (2i, 2i + 1) where `adjacent`, by angle position * frequencies[i]; pairs
/// behind the last frequency are left alone.
/// `frequencies` [pairs] are doubles made once by the model, so that large positions keep exact angles.
struct RopeTable {
  std::span<const double> frequencies;
  uint32_t head_dim = 0;
  bool adjacent = false;
};

struct AttendParams {
  uint32_t heads = 0;
  float scale = 1;
  uint32_t first_position = 0;  // of row 0; row r is at first_position + r
  uint32_t window = 0;          // number of visible keys, self included; 0: all
};

enum class Activation { kGeluTanh, kSilu };

class Encoder {
 public:
  virtual ~Encoder() = default;

  /// y[r] = scale * row ids[r] of `table`, decoded.                                  y [M, cols of table]
  virtual void embed(Out y, const Weight& table, std::span<const int32_t> ids, float scale) = 0;

  /// y[r] = W x[r].                                                                  x [M, W.cols]  y [M, W.rows]
  virtual void matmul(Out y, In x, const Weight& w) = 0;

  /// y[r * k + j] = W[experts[r * k + j]] x[x_per_row ? r * k + j : r].  `experts`: i32 [M * k] as written by `route`.
  /// x [M or M * k, W.cols]  y [M * k, W.rows]
  virtual void matmul_experts(Out y, In x, const Weight& w, const Buffer& experts, uint32_t k, bool x_per_choice) = 0;

  /// Per group of `w.cols` (or, where w is empty, of `group`) columns: y = x / sqrt(mean(x^2) + eps) * w. `y` may be
  /// `x`. Sums of squares in double.
  virtual void norm(Out y, In x, const Weight& w, uint32_t group, float eps) = 0;

  /// Rotates each head of x [M, heads * head_dim] in place; row r is at position first_position + r.
  virtual void rope(InOut x, const RopeTable& table, uint32_t first_position) = 0;

  /// Writes K and V [M, kv_heads * head_dim] into the slots of first_position, first_position + 1, ...
  virtual void store_kv(const KvView& cache, In k, In v, uint32_t first_position) = 0;

  /// Softmax attention of q [M, heads * head_dim] over the cache, causal, within the window; y has q's shape.
  /// The keys and values of all M rows must be stored before. Head h reads kv head h / (heads / kv_heads).
  virtual void attend(Out y, In q, const KvView& cache, const AttendParams& params) = 0;

  /// y = act(gate) * up. `y` may be `gate`.
  virtual void gate(Out y, In gate, In up, Activation activation) = 0;

  /// x += delta.
  virtual void add(InOut x, In delta) = 0;
  /// x *= factor.
  virtual void scale(InOut x, float factor) = 0;
  /// x *= w, a vector of x.cols, broadcast over rows.
  virtual void multiply(InOut x, const Weight& w) = 0;
  /// x = cap * tanh(x / cap).
  virtual void softcap(InOut x, float cap) = 0;
  virtual void copy(Out y, In x) = 0;
  /// x += w, a vector of x.cols, broadcast over rows.
  virtual void add_row(InOut x, const Weight& w) = 0;

  // Streams beside the residual (Gemma 3n). Sums in double.
  /// y[r] += factors[r][0] * x[r].                                                    factors [M, 1]
  virtual void add_scaled(InOut y, In x, In factors) = 0;
  /// x[r] *= |like[r]| / |x[r]|; a row of zeros stays one.
  virtual void match_length(InOut x, In like) = 0;
  /// x[r] = max(0, x[r] - mean - deviations * standard deviation), the latter with cols - 1 below.
  virtual void keep_peaks(InOut x, float deviations) = 0;

  /// Softmax over logits [M, experts], the k largest (ties to the lowest index), renormalised to sum 1.
  /// Writes `experts` i32 [M * k] and `weights` f32 [M * k], in descending order of probability.
  virtual void route(Buffer& experts, Buffer& weights, In logits, uint32_t k) = 0;

  /// y[r] = sum over j < k, in that order, of weights[r * k + j] * factors[experts[r * k + j]] * x[r * k + j].
  /// `factors`: per-expert scale as a weight vector, or empty for 1.   x [M * k, cols]  y [M, cols]
  virtual void combine_experts(Out y, In x, const Buffer& experts, const Buffer& weights, const Weight& factors,
                               uint32_t k) = 0;

  // A fusion is a method whose default body is its definition; a backend may override it and a test holds the two
  // together.
  /// x += norm(delta; w).
  virtual void add_norm(InOut x, InOut delta, const Weight& w, float eps) {
    norm(delta, delta, w, w.cols, eps);
    add(x, delta);
  }

  /// Waits until everything encoded so far has run. Errors: kBackend.
  virtual Status finish() = 0;
};

}  // namespace hearth::ops
