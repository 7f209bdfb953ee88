// native/tests/metal_on_cpu/shim/math.h: functions of numbers, in f32 as a GPU has them.
#pragma once

namespace metal {

#define HEARTH_UNARY(name, expression)         \
  template <class T>                           \
  T name(T value) {                            \
    const float x = static_cast<float>(value); \
    return static_cast<T>(expression);         \
  }
namespace precise {
HEARTH_UNARY(exp, __builtin_expf(x))
HEARTH_UNARY(log, __builtin_logf(x))
HEARTH_UNARY(sqrt, __builtin_sqrtf(x))
HEARTH_UNARY(rsqrt, 1.0f / __builtin_sqrtf(x))
HEARTH_UNARY(tanh, __builtin_tanhf(x))
HEARTH_UNARY(divide_by, x)
}  // namespace precise
namespace fast = precise;
using precise::exp;
using precise::log;
using precise::rsqrt;
using precise::sqrt;
using precise::tanh;
HEARTH_UNARY(fabs, __builtin_fabsf(x))
HEARTH_UNARY(rint, __builtin_rintf(x))
HEARTH_UNARY(floor, __builtin_floorf(x))
#undef HEARTH_UNARY

template <class T>
bool isnan(T x) {
  return __builtin_isnan(static_cast<float>(x));
}
template <class T>
bool isfinite(T x) {
  return __builtin_isfinite(static_cast<float>(x));
}
/// One rounding, always: unlike a * b + c, which a compiler may contract or not.
inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
template <class T>
T max(T a, T b) {
  return a < b ? b : a;
}
template <class T>
T min(T a, T b) {
  return b < a ? b : a;
}
template <class T>
T clamp(T x, T low, T high) {
  return min(max(x, low), high);
}
template <class T>
T select(T no, T yes, bool condition) {
  return condition ? yes : no;
}
inline uint popcount(uint x) { return static_cast<uint>(__builtin_popcount(x)); }

}  // namespace metal
#undef INFINITY
#define INFINITY (__builtin_inff())
