// native/backends/cpu/kernels/math.h: exp and tanh in f32, to about two units in the last place.
//
// Source: Cephes (Moshier), expf and tanhf: the split of ln 2 and the polynomials.
#pragma once
// A vec_*.h comes first.

namespace hearth::cpu {
namespace {

/// Arguments beyond [-87.3, 88.3] are taken as that bound, so the result is always a normal float. NaN stays NaN.
inline Vec exponential(Vec x) {
  x = Vec::at_most(Vec::at_least(x, Vec::set(-87.3f)), Vec::set(88.3f));
  const Vec magic = Vec::set(12582912.0f);  // 1.5 * 2^23: the sum's last bit is worth 1
  const Vec shifted = Vec::fma(x, Vec::set(1.44269504f), magic);
  const Vec n = shifted - magic;
  Vec r = Vec::fma(n, Vec::set(-0.693359375f), x);
  r = Vec::fma(n, Vec::set(2.12194440e-4f), r);
  Vec p = Vec::set(1.9875691500e-4f);
  p = Vec::fma(p, r, Vec::set(1.3981999507e-3f));
  p = Vec::fma(p, r, Vec::set(8.3334519073e-3f));
  p = Vec::fma(p, r, Vec::set(4.1665795894e-2f));
  p = Vec::fma(p, r, Vec::set(1.6666665459e-1f));
  p = Vec::fma(p, r, Vec::set(5.0000001201e-1f));
  const Vec e = Vec::fma(p, r * r, r) + Vec::set(1);
  // NaN must not meet power_of_two, which would make a number of its bits: e is NaN already and stays it in a product.
  return e * Vec::power_of_two(shifted);
}

inline Vec hyperbolic_tangent(Vec x) {
  const Vec magnitude = Vec::abs(x), one = Vec::set(1), two = Vec::set(2);
  const Vec large = one - two / (exponential(magnitude * two) + one);
  const Vec square = x * x;
  Vec p = Vec::set(-5.70498872745e-3f);
  p = Vec::fma(p, square, Vec::set(2.06390887954e-2f));
  p = Vec::fma(p, square, Vec::set(-5.37397155531e-2f));
  p = Vec::fma(p, square, Vec::set(1.33314422036e-1f));
  p = Vec::fma(p, square, Vec::set(-3.33332819422e-1f));
  const Vec small = Vec::fma(p * square, x, x);
  return Vec::select_less(magnitude, Vec::set(0.625f), small, Vec::with_sign_of(large, x));
}

/// 1 / (1 + e^-x)
inline Vec sigmoid(Vec x) {
  const Vec one = Vec::set(1);
  return one / (one + exponential(Vec::zero() - x));
}

/// x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), which is x sigmoid(2 sqrt(2/pi) (...)).
inline Vec gelu(Vec x) {
  const Vec inner = Vec::fma(x * x, Vec::set(0.0713548162726f), Vec::set(1.59576912161f));  // both times 2 sqrt(2/pi)
  return x * sigmoid(x * inner);
}

inline Vec silu(Vec x) { return x * sigmoid(x); }

}  // namespace
}  // namespace hearth::cpu
