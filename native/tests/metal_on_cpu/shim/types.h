// native/tests/metal_on_cpu/shim/types.h: scalars and vectors of the Metal language. Vectors are clang's, so that
// indexing, swizzles and arithmetic are the compiler's; constructors are macros, because `float4(x)` with clang's
// vectors is a cast that reinterprets bits.
#pragma once

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
typedef _Float16 half;
typedef __bf16 bfloat;

namespace metal {

template <class T, int N>
using vec = T __attribute__((ext_vector_type(N)));
template <class T, size_t N>
using array = std::array<T, N>;

#define HEARTH_VECTORS(T) \
  typedef vec<T, 2> T##2; \
  typedef vec<T, 3> T##3; \
  typedef vec<T, 4> T##4;
HEARTH_VECTORS(float)
HEARTH_VECTORS(half)
HEARTH_VECTORS(int)
HEARTH_VECTORS(uint)
HEARTH_VECTORS(ushort)
HEARTH_VECTORS(uchar)
#undef HEARTH_VECTORS
typedef vec<signed char, 4> char4;

template <class V>
struct vector_traits {
  static constexpr int size = 0;
  using element = V;
};
template <class T, int N>
struct vector_traits<T __attribute__((ext_vector_type(N)))> {
  static constexpr int size = N;
  using element = T;
};
template <class V>
constexpr int size_of = vector_traits<std::remove_cvref_t<V>>::size;

template <class T, class From>
int put(T* to, int at, const From& from) {
  if constexpr (size_of<From> == 0) {
    to[at] = static_cast<T>(from);
    return at + 1;
  } else {
    for (int i = 0; i < size_of<From>; ++i) to[at + i] = static_cast<T>(from[i]);
    return at + size_of<From>;
  }
}

/// One scalar for all components, or vectors and scalars one after the other, each converted.
template <class T, int N, class... From>
vec<T, N> make_vector(const From&... from) {
  T values[N];
  int at = 0;
  if constexpr (sizeof...(From) == 1 && ((size_of<From> == 0) && ...)) {
    for (int i = 0; i < N; ++i) values[i] = static_cast<T>((from, ...));
  } else {
    static_assert(((size_of<From> ? size_of<From> : 1) + ...) == N, "wrong number of components");
    ((at = put(values, at, from)), ...);
  }
  vec<T, N> result;
  for (int i = 0; i < N; ++i) result[i] = values[i];
  return result;
}

template <class To, class From>
To as_type(const From& from) {
  static_assert(sizeof(To) == sizeof(From), "as_type needs types of one size");
  return __builtin_bit_cast(To, from);
}

/// A function constant: `if` and `switch` read it, array sizes cannot, as in Metal.
template <class T, uint32_t index>
struct function_constant_value {
  operator T() const { return static_cast<T>(hearth::emulator::function_constant(index)); }
};

}  // namespace metal

#define float2(...) metal::make_vector<float, 2>(__VA_ARGS__)
#define float4(...) metal::make_vector<float, 4>(__VA_ARGS__)
#define half4(...) metal::make_vector<half, 4>(__VA_ARGS__)
#define uint2(...) metal::make_vector<uint, 2>(__VA_ARGS__)
#define uint4(...) metal::make_vector<uint, 4>(__VA_ARGS__)
