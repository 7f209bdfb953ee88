// native/backends/metal/fusing_encoder.h: ops::Encoder that lets small ops wait for those after them, and hands several
// to the GPU as one where they belong together.
//
// A GPU drains between dispatches that depend on each other. A layer of 20 to 24 ops becomes ten dispatches in eight
// steps: q, k and v at once; heads; attention; output; residual; gate and up; down; residual. What a fused dispatch
// leaves in memory is bit for bit what its ops would have left, in every buffer, so nobody needs to know.
#pragma once
#include <span>
#include <vector>

#include "backends/metal/metal_encoder.h"

namespace hearth::metal {

class FusingEncoder final : public ops::Encoder {
 public:
  explicit FusingEncoder(Gpu& gpu) : gpu_(gpu) {}

  // These wait.
  void matmul(ops::Out y, ops::In x, const ops::Weight& w) override;
  void norm(ops::Out y, ops::In x, const ops::Weight& w, uint32_t group, float eps) override;
  void add_norm(ops::InOut x, ops::InOut delta, const ops::Weight& w, float eps) override;
  void rope(ops::InOut x, const ops::RopeTable& table, uint32_t first_position) override;
  void store_kv(const ops::KvView& cache, ops::In k, ops::In v, uint32_t first_position) override;
  void gate(ops::Out y, ops::In gate, ops::In up, ops::Activation activation) override;
  void scale(ops::InOut x, float factor) override;

  // These let go what waits, and follow it.
  void embed(ops::Out y, const ops::Weight& table, std::span<const int32_t> ids, float scale) override;
  void matmul_experts(ops::Out y, ops::In x, const ops::Weight& w, const ops::Buffer& experts, uint32_t k,
                      bool x_per_choice) override;
  void attend(ops::Out y, ops::In q, const ops::KvView& cache, const ops::AttendParams& params) override;
  void add(ops::InOut x, ops::In delta) override;
  void multiply(ops::InOut x, const ops::Weight& w) override;
  void softcap(ops::InOut x, float cap) override;
  void copy(ops::Out y, ops::In x) override;
  void add_row(ops::InOut x, const ops::Weight& w) override;
  void add_scaled(ops::InOut y, ops::In x, ops::In factors) override;
  void match_length(ops::InOut x, ops::In like) override;
  void keep_peaks(ops::InOut x, float deviations) override;
  void route(ops::Buffer& experts, ops::Buffer& weights, ops::In logits, uint32_t k) override;
  void combine_experts(ops::Out y, ops::In x, const ops::Buffer& experts, const ops::Buffer& weights,
                       const ops::Weight& factors, uint32_t k) override;
  Status finish() override;

  const CommandCounts& counts() const { return gpu_.counts(); }

 private:
  enum class Kind { kMatmul, kNorm, kAddNorm, kRope, kStore, kGate, kScale };
  struct Op {
    Kind kind;
    ops::Rows y, x, other = {};  // written, read, and the third: up of a gate, v of a store
    ops::Weight w = {};
    ops::KvView cache = {};
    ops::RopeTable table = {};
    uint32_t number = 0;  // the first position, or the width of a norm's group
    float factor = 0;     // or eps
    ops::Activation activation = ops::Activation::kGeluTanh;
  };
  using Ops = std::span<const Op>;

  MetalEncoder& now();
  // Each hands over the first ops as one dispatch and says how many; 0: they are no such thing.
  size_t take_residual(Ops ops);
  size_t take_gated(Ops ops);
  size_t take_heads(Ops ops);
  void take_one(const Op& op);

  MetalEncoder gpu_;
  std::vector<Op> waiting_;
};

}  // namespace hearth::metal
