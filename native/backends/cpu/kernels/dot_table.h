// native/backends/cpu/kernels/dot_table.h: y = W x over packed W and rounded x. Included after a lanes_*.h, once per
// level.
//
//   Cost: a block of 32 columns and sixteen rows is 8 dot instructions of 512 bits a row of x; up to about six rows of
//   x memory is slower than that.
#pragma once
#include "backends/cpu/dots.h"
#include "backends/cpu/half.h"
#include "backends/cpu/kernels/dot_formats.h"

namespace hearth::cpu {
namespace {

constexpr size_t kCodesAhead = 2304;  // bytes: about nine blocks; less comes too late, more is forgotten again

/// Kept in registers: `vectors` x Lanes::kCount outputs, for `rows` rows of x. Vector v lies in the panel at panel[v],
/// from lane[v] on.
template <typename Format, int rows, int vectors>
inline __attribute__((always_inline)) void dot_tile(const std::byte* const* panel, const int* lane, size_t header_bytes,
                                                    uint32_t blocks, const ActivationBlock* const* x, float* const* y,
                                                    const uint32_t* at, uint32_t wanted) {
  using Codes = typename Format::Codes;
  using Scales = typename Format::Scales;
  using Sums = Lanes::Sums<Codes::kMost>;
  Lanes::Floats totals[vectors][rows];
  const std::byte* headers[vectors];
  const std::byte* lines[vectors];
  Scales scales[vectors];
  for (int v = 0; v < vectors; ++v) {
    headers[v] = panel[v];
    lines[v] = panel[v] + header_bytes + 4 * lane[v];
    for (int r = 0; r < rows; ++r) totals[v][r] = Lanes::Floats::zero();
  }
  for (uint32_t b = 0; b < blocks;) {
    for (int v = 0; v < vectors; ++v) scales[v].read_group(headers[v], lane[v]);
    for (int in_group = 0; in_group < Scales::kGroup; ++in_group, ++b) {
      Sums sums[vectors][rows][Scales::kSums];
      for (int v = 0; v < vectors; ++v) {
        for (size_t line = 0; line < Codes::kBytes; line += kLine) __builtin_prefetch(lines[v] + kCodesAhead + line);
        for (int r = 0; r < rows; ++r) {
          for (int s = 0; s < Scales::kSums; ++s)
            sums[v][r][s].start(Lanes::kSignedCodes && Codes::kMost == 255 ? 0 : x[r][b].starts[s]);
        }
      }
      const auto add_group = [&]<int g>() {
        typename Lanes::Codes low[vectors], high[vectors];
        for (int v = 0; v < vectors; ++v) {
          low[v] = Codes::template codes<g>(lines[v]);
          high[v] = Codes::template codes<g + 4>(lines[v]);
        }
        for (int r = 0; r < rows; ++r) {
          const auto first = Lanes::Four::load(x[r][b].codes + 4 * g),
                     second = Lanes::Four::load(x[r][b].codes + 4 * g + 16);
          for (int v = 0; v < vectors; ++v) {
            if constexpr (Scales::kSums == 2) {
              sums[v][r][0].template add<g>(low[v], first);
              sums[v][r][1].template add<g>(high[v], second);
            } else {
              sums[v][r][0].template add<2 * g>(low[v], first);
              sums[v][r][0].template add<2 * g + 1>(high[v], second);
            }
          }
        }
      };
      add_group.template operator()<0>();
      add_group.template operator()<1>();
      add_group.template operator()<2>();
      add_group.template operator()<3>();
      for (int v = 0; v < vectors; ++v) {
        scales[v].read_block(headers[v], in_group, lane[v]);
        for (int r = 0; r < rows; ++r) totals[v][r] = scales[v].add(sums[v][r], x[r][b], totals[v][r]);
        lines[v] += Codes::kBytes;
      }
    }
    for (int v = 0; v < vectors; ++v) headers[v] += Scales::kGroupBytes;
  }
  for (int v = 0; v < vectors; ++v) {
    const uint32_t left = at[v] < wanted ? wanted - at[v] : 0;
    for (int r = 0; r < rows; ++r) {
      if (left >= Lanes::kCount) {
        totals[v][r].store(y[r] + at[v]);
      } else {
        alignas(64) float some[Lanes::kCount];
        totals[v][r].store(some);
        std::memcpy(y[r] + at[v], some, left * sizeof(float));
      }
    }
  }
}

/// The vectors of all panels, `vectors` at a time, against up to `rows` rows; between two sizes of tile the last row
/// is computed twice, to the same bits.
template <typename Format, int rows, int vectors>
void dot_rows(const DotTask& task, uint32_t first_vector, uint32_t end_vector, const ActivationBlock* const* x,
              float* const* y, uint32_t count) {
  constexpr uint32_t kPerPanel = kPanelRows / Lanes::kCount;
  const ActivationBlock* from[rows];
  float* to[rows];
  for (uint32_t r = 0; r < rows; ++r) {
    from[r] = x[r < count ? r : count - 1];
    to[r] = y[r < count ? r : count - 1];
  }
  const size_t header_bytes = task.weight->layout.header_bytes(task.weight->blocks);
  for (uint32_t vector = first_vector; vector < end_vector; vector += vectors) {
    const std::byte* panel[vectors];
    int lane[vectors];
    uint32_t at[vectors];
    for (uint32_t v = 0; v < vectors; ++v) {
      const uint32_t index =
          vector + v < end_vector ? vector + v : end_vector - 1;  // beyond the end the last one again
      panel[v] = task.panel + index / kPerPanel * task.weight->panel_bytes;
      lane[v] = static_cast<int>(index % kPerPanel) * Lanes::kCount;
      at[v] = task.first_output + index * Lanes::kCount;
    }
    dot_tile<Format, rows, vectors>(panel, lane, header_bytes, task.weight->blocks, from, to, at, task.outputs);
  }
}

template <typename Format>
void dot_few(const DotTask& task, const ActivationBlock* const* x, float* const* y, uint32_t count) {
  const uint32_t vectors = task.panels * (kPanelRows / Lanes::kCount);
  const auto run = [&]<int rows>() { dot_rows<Format, rows, Lanes::few_vectors(rows)>(task, 0, vectors, x, y, count); };
  if (count <= 1) return run.template operator()<1>();
  if (count <= 2) return run.template operator()<2>();
  if constexpr (Lanes::kFewRows > 2) {
    if (count <= 3) return run.template operator()<3>();
    if (count <= 4) return run.template operator()<4>();
  }
  if constexpr (Lanes::kFewRows > 4) {
    if (count <= 5) return run.template operator()<5>();
    if (count <= 6) return run.template operator()<6>();
    return run.template operator()<8>();
  }
}

/// More rows than fit: a few vectors stay in the first cache while tiles of rows pass over them.
template <typename Format>
void dot_many(const DotTask& task) {
  constexpr uint32_t kStep = Lanes::kManyVectors;
  const uint32_t vectors = task.panels * (kPanelRows / Lanes::kCount);
  for (uint32_t vector = 0; vector < vectors; vector += kStep) {
    const uint32_t end = vector + kStep < vectors ? vector + kStep : vectors;
    uint32_t r = 0;
    for (; r + Lanes::kManyRows / 2 < task.count; r += Lanes::kManyRows) {
      const uint32_t count = task.count - r < Lanes::kManyRows ? task.count - r : Lanes::kManyRows;
      dot_rows<Format, Lanes::kManyRows, Lanes::kManyVectors>(task, vector, end, task.x + r, task.y + r, count);
    }
    if (r < task.count) {
      dot_rows<Format, Lanes::kManyRows / 2, Lanes::kManyVectors>(task, vector, end, task.x + r, task.y + r,
                                                                  task.count - r);
    }
  }
}

template <typename Format>
void dot_format(const DotTask& task) {
  if (task.count <= Lanes::kFewRows) return dot_few<Format>(task, task.x, task.y, task.count);
  dot_many<Format>(task);
}

inline void dot(const DotTask& task) {
  switch (task.weight->type) {
    case TensorType::kQ4_0:
      return dot_format<PackedQ4_0>(task);
    case TensorType::kQ4_1:
      return dot_format<PackedQ4_1>(task);
    case TensorType::kQ5_0:
      return dot_format<PackedQ5_0>(task);
    case TensorType::kQ5_1:
      return dot_format<PackedQ5_1>(task);
    case TensorType::kQ8_0:
      return dot_format<PackedQ8_0>(task);
    case TensorType::kQ4_K:
      return dot_format<PackedQ4_K>(task);
    case TensorType::kQ5_K:
      return dot_format<PackedQ5_K>(task);
    case TensorType::kQ6_K:
      return dot_format<PackedQ6_K>(task);
    default:
      return;  // packed_layout knows no other
  }
}

/// Loops over 32 values that compilers turn into registers of any width. Rounding to the nearest, ties to even, by
/// adding a number whose last bit counts ones: the same on every machine.
inline void round_block(const PackedLayout& layout, const float* x, ActivationBlock& to) {
  constexpr float kOnes = 12582912.0f;  // 1.5 * 2^23
  uint32_t bits[32];
  std::memcpy(bits, x, sizeof bits);
  uint32_t largest = 0;  // magnitudes order as their bits do; NaN is above all and makes the scale one
  for (const uint32_t word : bits) largest = largest > (word & 0x7fffffffu) ? largest : word & 0x7fffffffu;
  const float peak = float_of_bits(largest);
  const bool tiny = peak < 0x1p-100f;  // 127 / peak might be too large for a float
  const float scale = tiny ? 0.0f : peak / 127.0f, inverse = tiny ? 0.0f : 127.0f / peak;
  int32_t codes[32], first = 0, second = 0;
  for (int i = 0; i < 32; ++i) {
    const float shifted = x[i] * inverse + kOnes;
    int32_t word;
    std::memcpy(&word, &shifted, 4);
    codes[i] = static_cast<int8_t>(static_cast<uint32_t>(word) - 0x4b400000u);
  }
  for (int i = 0; i < 16; ++i) first += codes[i];
  for (int i = 16; i < 32; ++i) second += codes[i];
  for (int i = 0; i < 32; ++i) to.codes[i] = static_cast<int8_t>(codes[i]);
  to.scale = scale;
  to.sum = scale * static_cast<float>(first + second);
  to.starts[0] = -layout.zero * (layout.halves ? first : first + second);
  to.starts[1] = -layout.zero * second;
}

inline void round_row(const PackedLayout& layout, const float* x, uint32_t blocks, ActivationBlock* to) {
  for (uint32_t b = 0; b < blocks; ++b) round_block(layout, x + size_t{b} * kBlockCols, to[b]);
}

constexpr DotKernels make_dots(const char* name) { return {.name = name, .dot = dot, .round = round_row}; }

}  // namespace
}  // namespace hearth::cpu
