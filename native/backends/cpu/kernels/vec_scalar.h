// native/backends/cpu/kernels/vec_scalar.h: eight floats as an array. Compiles anywhere; the spelling the others are
// held to.
//
// Every vec_*.h defines `Vec` and `Bytes` with the same members, in an unnamed namespace: kernels are templates over
// them, so each instruction set gets instances of its own that no other file can be linked to. `Bytes` is the quants of
// 32 weights: unpacked as bytes, many at a time, and widened to floats at the end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "backends/cpu/half.h"

namespace hearth::cpu {
namespace {

struct Bytes {
  int8_t v[32];

  template <typename Make>
  static Bytes make(Make byte) {
    Bytes out;
    for (int i = 0; i < 32; ++i) out.v[i] = static_cast<int8_t>(byte(i));
    return out;
  }
  static Bytes load(const void* from) {
    Bytes out;
    std::memcpy(out.v, from, 32);
    return out;
  }
  /// 16 bytes as 32 elements: the low nibbles, then the high ones.
  static Bytes load_nibbles(const void* from) {
    const auto* packed = static_cast<const uint8_t*>(from);
    Bytes out;
    for (int i = 0; i < 16; ++i) {
      out.v[i] = static_cast<int8_t>(packed[i] & 15);
      out.v[16 + i] = static_cast<int8_t>(packed[i] >> 4);
    }
    return out;
  }
  /// Element l is bit l of a little-endian word of 32 bits.
  static Bytes spread_bits(const void* from) {
    const auto* word = static_cast<const uint8_t*>(from);
    return make([=](int i) { return word[i / 8] >> (i % 8) & 1; });
  }
  template <int shift, int mask>
  Bytes bits() const {
    return make([this](int i) { return static_cast<uint8_t>(v[i]) >> shift & mask; });
  }
  /// Nothing may be shifted out of a byte.
  template <int shift>
  Bytes left() const {
    return make([this](int i) { return static_cast<uint8_t>(v[i]) << shift; });
  }
  friend Bytes operator|(const Bytes& a, const Bytes& b) {
    return make([&](int i) { return a.v[i] | b.v[i]; });
  }
  Bytes minus(int value) const {
    return make([this, value](int i) { return v[i] - value; });
  }
};

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
  static float half_at(const void* from) { return float_of_half(load_u16(from)); }
  static Vec load_f16(const void* from) {
    return make([=](int i) { return float_of_half(load_u16(static_cast<const char*>(from) + 2 * i)); });
  }
  static Vec load_bf16(const void* from) {
    return make([=](int i) { return float_of_bfloat(load_u16(static_cast<const char*>(from) + 2 * i)); });
  }
  void store_f16(uint16_t* to) const {
    for (int i = 0; i < kLanes; ++i) to[i] = half_of_float(v[i]);
  }
  /// Signed bytes as floats: 32 / kLanes registers.
  static void widen(const Bytes& bytes, Vec* w) {
    for (int j = 0; j < 32 / kLanes; ++j)
      w[j] = make([&](int i) { return static_cast<float>(bytes.v[j * kLanes + i]); });
  }
  /// 32 weights from 16 bytes, low nibbles first: table[nibble] * d.
  static void nibble_values(const void* from, const int8_t* table, float d, Vec* w) {
    const Bytes nibbles = Bytes::load_nibbles(from);
    for (int j = 0; j < 32 / kLanes; ++j) {
      w[j] = make([&](int i) { return static_cast<float>(table[nibbles.v[j * kLanes + i]]) * d; });
    }
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
