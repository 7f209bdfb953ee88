// native/backends/metal/metal_encoder.h: ops::Encoder on the GPU: each call records, `finish` waits.
//
// An op checks its shapes (assertions: a wrong shape is our mistake), says what its kernel reads and writes, and hands
// it to Commands. metal_encoder.cc: ops that touch each value once, norms, experts. metal_matmul.cc: matrices and the
// embedding. metal_attend.cc: rotation, cache, attention.
#pragma once
#include "backends/metal/commands.h"
#include "backends/metal/kernels/arguments.h"
#include "ops/encoder.h"

namespace hearth::metal {

/// What Weight::prepared points at.
struct PlacedWeight {
  Id object;
  uint64_t offset;
};

/// Small values that go with a call: token ids, angles. Room is reused when everything recorded has run.
class Uploads {
 public:
  explicit Uploads(Gpu& gpu) : gpu_(gpu) {}
  struct Room {
    MetalBuffer* buffer = nullptr;
    uint64_t offset = 0;
    std::byte* host() const { return buffer->host() + offset; }
  };
  /// Errors: kOutOfMemory.
  Result<Room> take(size_t bytes);
  void reuse() { used_ = 0, current_ = 0; }

 private:
  Gpu& gpu_;
  std::vector<std::unique_ptr<MetalBuffer>> buffers_;
  size_t current_ = 0;  // the buffer at hand
  uint64_t used_ = 0;   // of it
};

class MetalEncoder final : public ops::Encoder {
 public:
  explicit MetalEncoder(Gpu& gpu) : gpu_(gpu), commands_(gpu), uploads_(gpu) {}

  void embed(ops::Out y, const ops::Weight& table, std::span<const int32_t> ids, float scale) override;
  void matmul(ops::Out y, ops::In x, const ops::Weight& w) override;
  void matmul_experts(ops::Out y, ops::In x, const ops::Weight& w, const ops::Buffer& experts, uint32_t k,
                      bool x_per_choice) override;
  void norm(ops::Out y, ops::In x, const ops::Weight& w, uint32_t group, float eps) override;
  void add_norm(ops::InOut x, ops::InOut delta, const ops::Weight& w, float eps) override;
  void rope(ops::InOut x, const ops::RopeTable& table, uint32_t first_position) override;
  void store_kv(const ops::KvView& cache, ops::In k, ops::In v, uint32_t first_position) override;
  void attend(ops::Out y, ops::In q, const ops::KvView& cache, const ops::AttendParams& params) override;
  void gate(ops::Out y, ops::In gate, ops::In up, ops::Activation activation) override;
  void add(ops::InOut x, ops::In delta) override;
  void scale(ops::InOut x, float factor) override;
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

  // Several ops in one dispatch, bit for bit what they give one after the other. Callers see to their shapes.
  /// add_norm(x, delta, w); scale(x, factor); and, where `next` is there, norm(y, x, next).
  void residual(ops::InOut x, ops::InOut delta, const ops::Weight& w, float factor, const ops::Rows* y,
                const ops::Weight* next, float eps);
  /// matmul(y, x, gate_w); where `up_w` is there, matmul(up, x, up_w); gate(y, y, up, activation).
  void gated_matmul(ops::Out y, const ops::Rows& up, ops::In x, const ops::Weight& gate_w, const ops::Weight* up_w,
                    ops::Activation activation);
  /// norm and rope of q, of k, norm of v where `v_normed`, store_kv(k, v): q, or k and v, or all three.
  struct Heads {
    const ops::Rows* q = nullptr;
    const ops::Rows* k = nullptr;
    const ops::Rows* v = nullptr;  // with k
    ops::Weight q_norm = {}, k_norm = {};
    bool v_normed = false;
    ops::KvView cache = {};
    ops::RopeTable table = {};
    uint32_t first_position = 0;
    float eps = 0;
  };
  void heads(const Heads& heads);

  const CommandCounts& counts() const { return commands_.counts(); }

 private:
  struct Map {  // an operation of map.metal: y, and what it reads beside it
    uint32_t operation = 0;
    const ops::Rows* a = nullptr;
    const ops::Rows* b = nullptr;
    const ops::Weight* vector = nullptr;
    float factor = 0;
  };
  void map(ops::InOut y, const Map& map);
  template <typename Arguments>
  void add_work(std::string_view kernel, std::initializer_list<Constant> constants,
                std::initializer_list<Binding> bindings, const Arguments& arguments, GridSize groups, GridSize threads,
                uint64_t bytes) {
    commands_.add({.kernel = kernel,
                   .constants = {constants.begin(), constants.size()},
                   .bindings = {bindings.begin(), bindings.size()},
                   .arguments = &arguments,
                   .argument_bytes = sizeof arguments,
                   .groups = groups,
                   .threads = threads,
                   .bytes = bytes});
  }
  /// Cosines and sines of every row's angles, where the last calls with the same ones put them.
  Result<Uploads::Room> turns_of(const ops::RopeTable& table, uint32_t first_position, uint32_t rows);
  /// Scratch for the blocks of attention. Errors: kOutOfMemory.
  Result<MetalBuffer*> partial_room(size_t bytes);

  Gpu& gpu_;
  Commands commands_;
  Uploads uploads_;
  std::unique_ptr<MetalBuffer> partial_;
  std::vector<std::unique_ptr<MetalBuffer>> outgrown_;  // still read by what was recorded

  struct Turns {
    std::vector<double> frequencies;
    uint32_t first_position = 0, rows = 0;
    Uploads::Room room;
  };
  std::vector<Turns> turns_;  // of this submission
};

// What the parts share.

inline Id object_of(const ops::Buffer& buffer) { return static_cast<const MetalBuffer&>(buffer).object(); }
inline Binding reads(const ops::Rows& rows) {
  const uint64_t begin = rows.offset * sizeof(float);
  const uint64_t floats = rows.rows > 0 ? uint64_t{rows.rows - 1} * rows.stride + rows.cols : 0;
  return {object_of(*rows.buffer), begin, begin, begin + floats * sizeof(float), false};
}
inline Binding writes(const ops::Rows& rows) {
  Binding binding = reads(rows);
  binding.writes = true;
  return binding;
}
/// Bound because the kernel has the parameter; not touched.
inline Binding untouched(const ops::Rows& rows) { return {object_of(*rows.buffer), 0, 0, 0, false}; }
inline Binding reads(const ops::Buffer& buffer) { return {object_of(buffer), 0, 0, buffer.bytes(), false}; }
inline Binding writes(const ops::Buffer& buffer) { return {object_of(buffer), 0, 0, buffer.bytes(), true}; }
inline Binding weight(const ops::Weight& w) {
  const auto* placed = static_cast<const PlacedWeight*>(w.prepared);
  return {placed->object, placed->offset, 0, 0, false};
}
inline uint64_t row_bytes_of(const ops::Weight& w) {
  const TypeTraits* traits = traits_of(w.type);
  return uint64_t{w.cols} / traits->block_elements * traits->block_bytes;
}
/// Sixteen weights each; the last may reach beyond the row in an unblocked format.
inline uint32_t units_of(const ops::Weight& w) { return (w.cols + 15) / 16; }
inline uint64_t groups_for(uint64_t work, uint64_t each) { return (work + each - 1) / each; }
/// Whether every row lies within its buffer and a kernel can count its floats in 32 bits.
bool fits(const ops::Rows& rows);
/// A threadgroup's threads for a row of `width`: four values each, whole simdgroups. Of the width alone, so that the
/// order of a sum does not depend on anything else.
uint64_t threads_for(uint32_t width);
inline constexpr Constant format_of(const ops::Weight& w) {
  return {metal_kernel::kConstantFormat, static_cast<uint32_t>(w.type), false};
}

}  // namespace hearth::metal
