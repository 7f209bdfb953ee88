// native/backends/metal/fusing_encoder.cc: which ops belong together.
#include "backends/metal/fusing_encoder.h"

namespace hearth::metal {
namespace {

bool same(const ops::Rows& a, const ops::Rows& b) {
  return a.buffer == b.buffer && a.offset == b.offset && a.rows == b.rows && a.cols == b.cols && a.stride == b.stride;
}

/// Whether no float of one is a float of the other.
bool apart(const ops::Rows& a, const ops::Rows& b) {
  const auto end = [](const ops::Rows& r) { return r.offset + uint64_t{r.rows} * r.stride; };
  return a.buffer != b.buffer || end(a) <= b.offset || end(b) <= a.offset;
}

bool same_turns(const ops::RopeTable& a, const ops::RopeTable& b) {
  return a.head_dim == b.head_dim && a.adjacent == b.adjacent && a.frequencies.data() == b.frequencies.data() &&
         a.frequencies.size() == b.frequencies.size();
}

}  // namespace

void FusingEncoder::matmul(ops::Out y, ops::In x, const ops::Weight& w) {
  waiting_.push_back({.kind = Kind::kMatmul, .y = y, .x = x, .w = w});
}
void FusingEncoder::norm(ops::Out y, ops::In x, const ops::Weight& w, uint32_t group, float eps) {
  waiting_.push_back({.kind = Kind::kNorm, .y = y, .x = x, .w = w, .number = group, .factor = eps});
}
void FusingEncoder::add_norm(ops::InOut x, ops::InOut delta, const ops::Weight& w, float eps) {
  waiting_.push_back({.kind = Kind::kAddNorm, .y = x, .x = delta, .w = w, .factor = eps});
}
void FusingEncoder::rope(ops::InOut x, const ops::RopeTable& table, uint32_t first_position) {
  waiting_.push_back({.kind = Kind::kRope, .y = x, .x = x, .table = table, .number = first_position});
}
void FusingEncoder::store_kv(const ops::KvView& cache, ops::In k, ops::In v, uint32_t first_position) {
  waiting_.push_back({.kind = Kind::kStore, .y = k, .x = k, .other = v, .cache = cache, .number = first_position});
}
void FusingEncoder::gate(ops::Out y, ops::In gate, ops::In up, ops::Activation activation) {
  waiting_.push_back({.kind = Kind::kGate, .y = y, .x = gate, .other = up, .activation = activation});
}
void FusingEncoder::scale(ops::InOut x, float factor) {
  waiting_.push_back({.kind = Kind::kScale, .y = x, .x = x, .factor = factor});
}

size_t FusingEncoder::take_residual(Ops ops) {
  if (ops[0].kind != Kind::kAddNorm || ops.size() < 2) return 0;
  const ops::Rows& x = ops[0].y;
  const bool scaled = ops[1].kind == Kind::kScale && same(ops[1].y, x);
  const size_t at = scaled ? 2 : 1;
  const bool next = ops.size() > at && ops[at].kind == Kind::kNorm && same(ops[at].x, x) && ops[at].w &&
                    ops[at].w.cols == x.cols && ops[at].factor == ops[0].factor &&
                    (same(ops[at].y, x) || apart(ops[at].y, x)) && apart(ops[at].y, ops[0].x);
  if (!scaled && !next) return 0;
  gpu_.residual(x, ops[0].x, ops[0].w, scaled ? ops[1].factor : 1.0f, next ? &ops[at].y : nullptr,
                next ? &ops[at].w : nullptr, ops[0].factor);
  return at + (next ? 1 : 0);
}

size_t FusingEncoder::take_gated(Ops ops) {
  if (ops[0].kind != Kind::kMatmul || ops.size() < 2) return 0;
  const Op& gate = ops[0];
  const Op& second = ops[1];
  const auto gates = [&](const Op& op) { return op.kind == Kind::kGate && same(op.y, gate.y) && same(op.x, gate.y); };
  if (gates(second) && apart(second.other, gate.y)) {
    gpu_.gated_matmul(gate.y, second.other, gate.x, gate.w, nullptr, second.activation);
    return 2;
  }
  const bool two = ops.size() > 2 && second.kind == Kind::kMatmul && same(second.x, gate.x) &&
                   second.w.type == gate.w.type && second.w.rows == gate.w.rows && apart(second.y, gate.y) &&
                   gates(ops[2]) && same(ops[2].other, second.y);
  if (!two) return 0;
  gpu_.gated_matmul(gate.y, second.y, gate.x, gate.w, &second.w, ops[2].activation);
  return 3;
}

size_t FusingEncoder::take_heads(Ops ops) {
  // [norm v] norm k, rope k, store k and v, [matmul q], norm q, rope q; or the last two alone.
  const auto turned = [&](size_t at) {
    return at + 1 < ops.size() && ops[at].kind == Kind::kNorm && same(ops[at].x, ops[at].y) && ops[at].w &&
           ops[at + 1].kind == Kind::kRope && same(ops[at + 1].y, ops[at].y) &&
           ops[at + 1].table.head_dim == ops[at].w.cols && ops[at].w.cols % 2 == 0 &&
           ops[at].w.cols <= metal_kernel::kMostHeadDim && !ops[at + 1].table.frequencies.empty();
  };
  const bool v_normed = ops[0].kind == Kind::kNorm && same(ops[0].x, ops[0].y) && !ops[0].w;
  const size_t k = v_normed ? 1 : 0;
  if (!turned(k)) return 0;
  MetalEncoder::Heads heads{.table = ops[k + 1].table, .first_position = ops[k + 1].number, .eps = ops[k].factor};
  const bool stores = k + 2 < ops.size() && ops[k + 2].kind == Kind::kStore && same(ops[k + 2].y, ops[k].y) &&
                      ops[k + 2].number == ops[k + 1].number && apart(ops[k + 2].other, ops[k].y) &&
                      ops[k + 2].cache.head_dim == ops[k].w.cols;
  if (!stores) {
    if (v_normed) return 0;
    heads.q = &ops[k].y, heads.q_norm = ops[k].w;
    gpu_.heads(heads);
    return 2;
  }
  const ops::Rows& v = ops[k + 2].other;
  if (v_normed && !(same(ops[0].y, v) && ops[0].number == ops[k].w.cols && ops[0].factor == heads.eps)) return 0;
  heads.k = &ops[k].y, heads.v = &v, heads.k_norm = ops[k].w, heads.v_normed = v_normed, heads.cache = ops[k + 2].cache;
  size_t taken = k + 3;
  const bool asks = taken < ops.size() && ops[taken].kind == Kind::kMatmul;
  const size_t q = taken + 1;
  if (asks && turned(q) && same(ops[q].y, ops[taken].y) && same_turns(ops[q + 1].table, heads.table) &&
      ops[q + 1].number == heads.first_position && ops[q].factor == heads.eps && ops[q].y.rows == heads.k->rows &&
      apart(ops[q].y, *heads.k) && apart(ops[q].y, v) && apart(ops[taken].x, *heads.k) && apart(ops[taken].x, v)) {
    take_one(ops[taken]);  // before k and v are normed: beside their products, with nothing to wait for
    heads.q = &ops[q].y, heads.q_norm = ops[q].w;
    taken = q + 2;
  }
  gpu_.heads(heads);
  return taken;
}

void FusingEncoder::take_one(const Op& op) {
  switch (op.kind) {
    case Kind::kMatmul:
      return gpu_.matmul(op.y, op.x, op.w);
    case Kind::kNorm:
      return gpu_.norm(op.y, op.x, op.w, op.number, op.factor);
    case Kind::kAddNorm:
      return gpu_.add_norm(op.y, op.x, op.w, op.factor);
    case Kind::kRope:
      return gpu_.rope(op.y, op.table, op.number);
    case Kind::kStore:
      return gpu_.store_kv(op.cache, op.x, op.other, op.number);
    case Kind::kGate:
      return gpu_.gate(op.y, op.x, op.other, op.activation);
    case Kind::kScale:
      return gpu_.scale(op.y, op.factor);
  }
}

MetalEncoder& FusingEncoder::now() {
  for (Ops rest = waiting_; !rest.empty();) {
    size_t taken = take_residual(rest);
    if (taken == 0) taken = take_gated(rest);
    if (taken == 0) taken = take_heads(rest);
    if (taken == 0) {
      take_one(rest[0]);
      taken = 1;
    }
    rest = rest.subspan(taken);
  }
  waiting_.clear();
  return gpu_;
}

void FusingEncoder::embed(ops::Out y, const ops::Weight& table, std::span<const int32_t> ids, float scale) {
  now().embed(y, table, ids, scale);
}
void FusingEncoder::matmul_experts(ops::Out y, ops::In x, const ops::Weight& w, const ops::Buffer& experts, uint32_t k,
                                   bool x_per_choice) {
  now().matmul_experts(y, x, w, experts, k, x_per_choice);
}
void FusingEncoder::attend(ops::Out y, ops::In q, const ops::KvView& cache, const ops::AttendParams& params) {
  now().attend(y, q, cache, params);
}
void FusingEncoder::add(ops::InOut x, ops::In delta) { now().add(x, delta); }
void FusingEncoder::multiply(ops::InOut x, const ops::Weight& w) { now().multiply(x, w); }
void FusingEncoder::softcap(ops::InOut x, float cap) { now().softcap(x, cap); }
void FusingEncoder::copy(ops::Out y, ops::In x) { now().copy(y, x); }
void FusingEncoder::add_row(ops::InOut x, const ops::Weight& w) { now().add_row(x, w); }
void FusingEncoder::add_scaled(ops::InOut y, ops::In x, ops::In factors) { now().add_scaled(y, x, factors); }
void FusingEncoder::match_length(ops::InOut x, ops::In like) { now().match_length(x, like); }
void FusingEncoder::keep_peaks(ops::InOut x, float deviations) { now().keep_peaks(x, deviations); }
void FusingEncoder::route(ops::Buffer& experts, ops::Buffer& weights, ops::In logits, uint32_t k) {
  now().route(experts, weights, logits, k);
}
void FusingEncoder::combine_experts(ops::Out y, ops::In x, const ops::Buffer& experts, const ops::Buffer& weights,
                                    const ops::Weight& factors, uint32_t k) {
  now().combine_experts(y, x, experts, weights, factors, k);
}
Status FusingEncoder::finish() { return now().finish(); }

}  // namespace hearth::metal
