// native/backends/cpu/kernels/lanes_scalar.h: sixteen outputs one after the other; says what every lanes_*.h must do.
//
//   Codes   a line (or the part of it that kCount outputs need) of unsigned bytes, four a lane
//   Four    four activations, the same for every lane
//   Sums    an integer a lane; add<step> with rising steps from 0 adds the four products. No code is above `most`.
//   Floats  a float a lane
//   kSignedCodes   codes of eight bits are taken as signed, so that no zero has to be subtracted
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "backends/cpu/half.h"

namespace hearth::cpu {
namespace {

struct Lanes {
  static constexpr int kCount = 16;
  static constexpr int kFewRows = 4;
  static constexpr int few_vectors(int) { return 1; }
  static constexpr int kManyRows = 4, kManyVectors = 1;
  static constexpr bool kSignedCodes = false;

  struct Codes {
    uint8_t v[64];
    static Codes load(const std::byte* p) {
      Codes codes;
      std::memcpy(codes.v, p, sizeof codes.v);
      return codes;
    }
    template <typename Of>
    Codes map(const Of& of) const {
      Codes codes;
      for (int i = 0; i < 64; ++i) codes.v[i] = static_cast<uint8_t>(of(v[i]));
      return codes;
    }
    Codes low() const {
      return map([](int code) { return code & 15; });
    }
    Codes high() const {
      return map([](int code) { return code >> 4; });
    }
    Codes flipped() const {
      return map([](int code) { return code ^ 128; });
    }
    /// Or'ed with the bits `mask` of `upper`, moved left by `shift`.
    template <int shift, int mask>
    Codes with_upper(Codes upper) const {
      Codes codes;
      for (int i = 0; i < 64; ++i) {
        const int moved = shift >= 0 ? upper.v[i] << (shift >= 0 ? shift : 0) : upper.v[i] >> (shift < 0 ? -shift : 0);
        codes.v[i] = static_cast<uint8_t>(v[i] | (moved & mask));
      }
      return codes;
    }
  };
  struct Four {
    int8_t v[4];
    static Four load(const int8_t* p) {
      Four four;
      std::memcpy(four.v, p, 4);
      return four;
    }
  };
  struct Floats {
    float v[kCount];
    static Floats zero() { return set(0); }
    static Floats set(float value) {
      Floats floats;
      for (float& lane : floats.v) lane = value;
      return floats;
    }
    static Floats load_halves(const std::byte* p) {
      Floats floats;
      for (int i = 0; i < kCount; ++i) floats.v[i] = float_of_half(load_u16(p + 2 * i));
      return floats;
    }
    static Floats load_signed(const std::byte* p) {
      Floats floats;
      for (int i = 0; i < kCount; ++i) floats.v[i] = static_cast<float>(static_cast<int8_t>(p[i]));
      return floats;
    }
    void store(float* to) const { std::memcpy(to, v, sizeof v); }
    friend Floats operator*(Floats a, Floats b) {
      for (int i = 0; i < kCount; ++i) a.v[i] *= b.v[i];
      return a;
    }
    static Floats fma(Floats a, Floats b, Floats c) {
      for (int i = 0; i < kCount; ++i) c.v[i] = __builtin_fmaf(a.v[i], b.v[i], c.v[i]);
      return c;
    }
  };
  template <int most>
  struct Sums {
    int32_t v[kCount];
    void start(int32_t value) {
      for (int32_t& lane : v) lane = value;
    }
    template <int>
    void add(const Codes& codes, Four four) {
      for (int i = 0; i < kCount; ++i) {
        for (int j = 0; j < 4; ++j) v[i] += codes.v[4 * i + j] * four.v[j];
      }
    }
    Floats floats() const {
      Floats floats;
      for (int i = 0; i < kCount; ++i) floats.v[i] = static_cast<float>(v[i]);
      return floats;
    }
  };
};

}  // namespace
}  // namespace hearth::cpu
