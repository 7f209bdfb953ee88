// native/backends/cpu/kernels/dot_formats.h: one struct per packed format: how a line becomes codes and a header
// scales. The layouts are those of packing.h.
//
//   kMost          the largest code
//   codes<g>(p)    group g (four columns) of the block whose lines begin at p
//   Scales         of one block: `read` walks the headers, `add` does the block's part of the float sum:
//                    plain     sum += ints * (scale * x.scale)
//                    minimum   and then += minimum * x.sum
//                    halves    sum += (ints_0 * scale_0 + ints_1 * scale_1) * x.scale
#pragma once
#include "backends/cpu/dots.h"
// A lanes_*.h comes first.

namespace hearth::cpu {
namespace {

/// Four lines of nibbles and `upper` lines of the bits above them.
template <int upper>
struct Nibbles {
  static constexpr size_t kBytes = (4 + upper) * kLine;
  static constexpr int kMost = upper == 0 ? 15 : upper == 1 ? 31 : 63;
  template <int g>
  static Lanes::Codes codes(const std::byte* p) {
    const Lanes::Codes line = Lanes::Codes::load(p + g % 4 * kLine);
    const Lanes::Codes low = g < 4 ? line.low() : line.high();
    if constexpr (upper == 0) return low;
    if constexpr (upper == 1) return low.template with_upper<4 - g, 16>(Lanes::Codes::load(p + 4 * kLine));
    if constexpr (upper == 2)
      return low.template with_upper<4 - 2 * (g % 4), 48>(Lanes::Codes::load(p + (4 + g / 4) * kLine));
  }
};
struct WholeBytes {
  static constexpr size_t kBytes = 8 * kLine;
  static constexpr int kMost = 255;
  template <int g>
  static Lanes::Codes codes(const std::byte* p) {
    return Lanes::Codes::load(p + g * kLine).flipped();
  }
};

/// A scale a block.
struct PlainScales {
  static constexpr int kGroup = 1, kSums = 1;
  static constexpr size_t kGroupBytes = 32;
  Lanes::Floats scale;
  void read_group(const std::byte* group, int lane) { scale = Lanes::Floats::load_halves(group + 2 * lane); }
  void read_block(const std::byte*, int, int) {}
  template <typename Sums>
  Lanes::Floats add(const Sums* sums, const ActivationBlock& x, Lanes::Floats to) const {
    return Lanes::Floats::fma(sums[0].floats(), scale * Lanes::Floats::set(x.scale), to);
  }
};
/// A scale and a minimum a block.
struct MinimumScales {
  static constexpr int kGroup = 1, kSums = 1;
  static constexpr size_t kGroupBytes = 64;
  Lanes::Floats scale, minimum;
  void read_group(const std::byte* group, int lane) {
    scale = Lanes::Floats::load_halves(group + 2 * lane);
    minimum = Lanes::Floats::load_halves(group + 32 + 2 * lane);
  }
  void read_block(const std::byte*, int, int) {}
  template <typename Sums>
  Lanes::Floats add(const Sums* sums, const ActivationBlock& x, Lanes::Floats to) const {
    to = Lanes::Floats::fma(sums[0].floats(), scale * Lanes::Floats::set(x.scale), to);
    return Lanes::Floats::fma(minimum, Lanes::Floats::set(x.sum), to);
  }
};
/// Q4_K, Q5_K: weight = d * scale * code - dmin * minimum.
struct SubMinimumScales {
  static constexpr int kGroup = 8, kSums = 1;
  static constexpr size_t kGroupBytes = 64 + 8 * 32;
  Lanes::Floats d, minus_dmin, scale, minimum;
  void read_group(const std::byte* group, int lane) {
    d = Lanes::Floats::load_halves(group + 2 * lane);
    minus_dmin = Lanes::Floats::load_halves(group + 32 + 2 * lane) * Lanes::Floats::set(-1.0f);
  }
  void read_block(const std::byte* group, int block, int lane) {
    const std::byte* p = group + 64 + 32 * block + lane;
    scale = d * Lanes::Floats::load_signed(p);  // six bits: never negative
    minimum = minus_dmin * Lanes::Floats::load_signed(p + kPanelRows);
  }
  template <typename Sums>
  Lanes::Floats add(const Sums* sums, const ActivationBlock& x, Lanes::Floats to) const {
    to = Lanes::Floats::fma(sums[0].floats(), scale * Lanes::Floats::set(x.scale), to);
    return Lanes::Floats::fma(minimum, Lanes::Floats::set(x.sum), to);
  }
};
/// Q6_K: weight = d * scale * (code - 32), a scale for each half of a block.
struct HalfScales {
  static constexpr int kGroup = 8, kSums = 2;
  static constexpr size_t kGroupBytes = 32 + 8 * 32;
  Lanes::Floats d, scales[2];
  void read_group(const std::byte* group, int lane) { d = Lanes::Floats::load_halves(group + 2 * lane); }
  void read_block(const std::byte* group, int block, int lane) {
    const std::byte* p = group + 32 + 32 * block + lane;
    scales[0] = d * Lanes::Floats::load_signed(p);
    scales[1] = d * Lanes::Floats::load_signed(p + kPanelRows);
  }
  template <typename Sums>
  Lanes::Floats add(const Sums* sums, const ActivationBlock& x, Lanes::Floats to) const {
    const Lanes::Floats first = sums[0].floats() * scales[0];
    return Lanes::Floats::fma(Lanes::Floats::fma(sums[1].floats(), scales[1], first), Lanes::Floats::set(x.scale), to);
  }
};

template <typename CodesOf, typename ScalesOf>
struct Packed {
  using Codes = CodesOf;
  using Scales = ScalesOf;
};
using PackedQ4_0 = Packed<Nibbles<0>, PlainScales>;
using PackedQ4_1 = Packed<Nibbles<0>, MinimumScales>;
using PackedQ5_0 = Packed<Nibbles<1>, PlainScales>;
using PackedQ5_1 = Packed<Nibbles<1>, MinimumScales>;
using PackedQ8_0 = Packed<WholeBytes, PlainScales>;
using PackedQ4_K = Packed<Nibbles<0>, SubMinimumScales>;
using PackedQ5_K = Packed<Nibbles<1>, SubMinimumScales>;
using PackedQ6_K = Packed<Nibbles<2>, HalfScales>;

}  // namespace
}  // namespace hearth::cpu
