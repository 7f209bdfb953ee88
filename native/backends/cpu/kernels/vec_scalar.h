// native/backends/cpu/kernels/vec_scalar.h: eight floats as an array. Compiles anywhere; the spelling the others are
// held to.
//
// Every vec_*.h defines `Vec` with the same members, in an unnamed namespace: kernels are templates over it, so each
// instruction set gets instances of its own that no other file can be linked to. `bits<shift, mask>(p)` makes floats
// of (byte >> shift) & mask, which is all that unpacking a quantised block needs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "backends/cpu/half.h"

namespace hearth::cpu {
namespace {

struct Vec {
  static constexpr int kLanes = 8;
  static constexpr int kAccumulators = 4;  // how many sums a tile keeps in registers
  float v[kLanes];

  template <typename Make>
  static Vec make(Make lane) {
    Vec out;
    for (int i = 0; i < kLanes; ++i) out.v[i] = lane(i);
    return out;
  }
  static Vec zero() {
    return make([](int) { return 0.0f; });
  }
  static Vec set(float value) {
    return make([=](int) { return value; });
  }
  static Vec load(const void* from) {
    Vec out;
    std::memcpy(out.v, from, sizeof(out.v));
    return out;
  }
  void store(float* to) const { std::memcpy(to, v, sizeof(v)); }
  static Vec load_f16(const void* from) {
    return make([=](int i) { return float_of_half(load_u16(static_cast<const char*>(from) + 2 * i)); });
  }
  static Vec load_bf16(const void* from) {
    return make([=](int i) { return float_of_bfloat(load_u16(static_cast<const char*>(from) + 2 * i)); });
  }
  void store_f16(uint16_t* to) const {
    for (int i = 0; i < kLanes; ++i) to[i] = half_of_float(v[i]);
  }
  static Vec load_i8(const void* from) {
    return make([=](int i) { return static_cast<float>(static_cast<const int8_t*>(from)[i]); });
  }
  template <int shift, int mask>
  static Vec bits(const void* from) {
    return make([=](int i) { return static_cast<float>((static_cast<const uint8_t*>(from)[i] >> shift) & mask); });
  }
  /// table[(byte >> shift) & 15]
  template <int shift>
  static Vec lookup(const void* from, const int8_t* table) {
    return make([=](int i) { return static_cast<float>(table[(static_cast<const uint8_t*>(from)[i] >> shift) & 15]); });
  }
  friend Vec operator+(Vec a, Vec b) {
    return make([&](int i) { return a.v[i] + b.v[i]; });
  }
  friend Vec operator-(Vec a, Vec b) {
    return make([&](int i) { return a.v[i] - b.v[i]; });
  }
  friend Vec operator*(Vec a, Vec b) {
    return make([&](int i) { return a.v[i] * b.v[i]; });
  }
  friend Vec operator/(Vec a, Vec b) {
    return make([&](int i) { return a.v[i] / b.v[i]; });
  }
  /// a * b + c, in one rounding where the machine can.
  static Vec fma(Vec a, Vec b, Vec c) {
    return make([&](int i) { return a.v[i] * b.v[i] + c.v[i]; });
  }
  /// NaN in `value` stays NaN.
  static Vec at_least(Vec value, Vec low) {
    return make([&](int i) { return value.v[i] < low.v[i] ? low.v[i] : value.v[i]; });
  }
  static Vec at_most(Vec value, Vec high) {
    return make([&](int i) { return value.v[i] > high.v[i] ? high.v[i] : value.v[i]; });
  }
  static Vec abs(Vec a) {
    return make([&](int i) { return float_of_bits(bits_of_float(a.v[i]) & 0x7fffffffu); });
  }
  static Vec with_sign_of(Vec magnitude, Vec sign) {
    return make([&](int i) {
      return float_of_bits((bits_of_float(magnitude.v[i]) & 0x7fffffffu) | (bits_of_float(sign.v[i]) & 0x80000000u));
    });
  }
  /// a < b ? yes : no
  static Vec select_less(Vec a, Vec b, Vec yes, Vec no) {
    return make([&](int i) { return a.v[i] < b.v[i] ? yes.v[i] : no.v[i]; });
  }
  /// 2^n, where t = n + 1.5 * 2^23 holds n in its low bits.
  static Vec power_of_two(Vec t) {
    return make([&](int i) { return float_of_bits((bits_of_float(t.v[i]) + 127u) << 23); });
  }
  float sum() const { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }
};

}  // namespace
}  // namespace hearth::cpu
