// native/backends/cpu/cpu_encoder.h: ops::Encoder on the CPU: each call has run when it returns.
//
// An op checks its shapes (assertions: a wrong shape is our mistake), cuts its work and hands the pieces to the pool.
// cpu_encoder.cc: ops that touch each value once. cpu_matmul.cc: matrices, embedding, experts. cpu_dots.cc: the same
// matrices in fast numerics. cpu_attend.cc: rope, cache, attention. cpu_streams.cc: what only models with streams
// beside the residual need.
#pragma once
#include <vector>

#include "backends/cpu/dots.h"
#include "backends/cpu/kernels.h"
#include "backends/cpu/packer.h"
#include "backends/cpu/thread_pool.h"
#include "ops/encoder.h"

namespace hearth::cpu {

inline float* row_of(const ops::Rows& rows, uint32_t r) {
  return reinterpret_cast<float*>(rows.buffer->host()) + rows.offset + uint64_t{r} * rows.stride;
}
/// Whether every row lies within its buffer.
bool fits(const ops::Rows& rows);

/// Bytes from one row of a weight to the next.
inline size_t row_bytes_of(const ops::Weight& w) {
  const TypeTraits* traits = traits_of(w.type);
  return size_t{w.cols} / traits->block_elements * traits->block_bytes;
}

class CpuEncoder final : public ops::Encoder {
 public:
  /// `dots` may be null: then every weight is used as it lies in the file.
  CpuEncoder(const Kernels& kernels, const DotKernels* dots, Packer& packer, ThreadPool& pool);

  void embed(ops::Out y, const ops::Weight& table, std::span<const int32_t> ids, float scale) override;
  void matmul(ops::Out y, ops::In x, const ops::Weight& w) override;
  void matmul_experts(ops::Out y, ops::In x, const ops::Weight& w, const ops::Buffer& experts, uint32_t k,
                      bool x_per_choice) override;
  void norm(ops::Out y, ops::In x, const ops::Weight& w, uint32_t group, float eps) override;
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
  Status finish() override { return Ok{}; }

 private:
  /// Calls body(row, first column, columns) over a [rows, cols] matrix in pieces worth a thread's while.
  template <typename Body>
  void for_pieces(uint32_t rows, uint32_t cols, const Body& body);
  /// A vector weight as f32, kept until the next call.
  const float* as_floats(const ops::Weight& w);

  struct MatmulRows;  // which rows of x and y belong together
  void matmul_piece(const ops::Weight& w, const std::byte* data, const MatmulRows& rows, uint32_t first,
                    uint32_t outputs) const;
  uint32_t outputs_per_piece(const ops::Weight& w, uint32_t rows) const;
  /// Choices of `experts` sorted by expert into expert_rows_; those of expert e end at expert_begins_[e].
  void sort_choices(const ops::Weight& w, const ops::Buffer& experts, uint32_t choices);

  // Packed weights (cpu_dots.cc).
  struct DotRows;  // rows of dot_x_ and dot_y_ that one matrix is multiplied with
  void round_rows(ops::In x, const PackedWeight& packed);
  uint32_t panels_per_piece(const PackedWeight& packed, uint32_t rows) const;
  void dot_rows(DotTask task) const;
  void dot_piece(const PackedWeight& packed, const std::byte* data, uint32_t matrix, uint32_t first, uint32_t panels,
                 const DotRows& rows, uint32_t worker);
  /// Once a call: where the packed matrices are, or null and room for panels that each use packs for itself.
  const std::byte* packed_data(PackedWeight& packed);
  void matmul_packed(ops::Out y, ops::In x, const ops::Weight& w);
  void matmul_experts_packed(ops::Out y, ops::In x, const ops::Weight& w, uint32_t choices_per_x);

  const Kernels& kernels_;
  const DotKernels* dots_;
  Packer& packer_;
  ThreadPool& pool_;

  // Scratch grows to the largest call and stays, so that a decode step allocates nothing.
  std::vector<float> vector_;
  std::vector<std::vector<double>> sums_;  // [threads] attention accumulators
  std::vector<uint32_t> expert_rows_, expert_begins_;
  std::vector<ActivationBlock> rounded_;  // [rows, blocks] of the matmul at hand
  std::vector<const ActivationBlock*> dot_x_;
  std::vector<float*> dot_y_;
  struct alignas(kLine) Line {
    std::byte bytes[kLine];
  };
  std::vector<std::vector<Line>> own_panels_;  // [threads] of weights that are not packed yet

  /// Cosines and sines [rows, pairs] of the last calls; layers of one kind share them. Compared by content.
  struct Angles {
    std::vector<double> frequencies;
    uint32_t first_position = 0, rows = 0;
    std::vector<float> cosines, sines;
  };
  const Angles& angles_for(const ops::RopeTable& table, uint32_t first_position, uint32_t rows);
  Angles angles_[2];
  uint32_t older_angles_ = 0;
};

}  // namespace hearth::cpu
