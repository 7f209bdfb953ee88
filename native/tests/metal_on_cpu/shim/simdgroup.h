// native/tests/metal_on_cpu/shim/simdgroup.h: what lanes and threads do together. Every call carries its line: lanes
// that arrive at different ones are a fault.
#pragma once

namespace metal {

enum class mem_flags { mem_none = 0, mem_device = 1, mem_threadgroup = 2 };

inline void threadgroup_barrier(mem_flags flags, HEARTH_PLACE) {
  hearth::emulator::barrier(hearth::emulator::Among::kThreadgroup, flags != mem_flags::mem_none, place);
}
inline void simdgroup_barrier(mem_flags flags, HEARTH_PLACE) {
  hearth::emulator::barrier(hearth::emulator::Among::kSimdgroup, flags != mem_flags::mem_none, place);
}

namespace together {

enum Operation {
  kSum = 1,
  kMax,
  kMin,
  kShuffle,
  kShuffleXor,
  kBroadcast,
  kPrefixSum,
  kBallot,
  kLoad,
  kStore,
  kMultiply
};

template <class T>
struct Lanes {
  T values[hearth::emulator::kLanes];
  uint32_t count;
};
template <class T>
Lanes<T> all_of(T value, int operation, hearth::emulator::Place place) {
  using hearth::emulator::Among;
  const std::byte* slots = hearth::emulator::exchange(Among::kSimdgroup, operation, &value, sizeof value, place);
  Lanes<T> lanes;
  lanes.count = hearth::emulator::members(Among::kSimdgroup);
  for (uint32_t i = 0; i < lanes.count; ++i)
    __builtin_memcpy(&lanes.values[i], slots + i * hearth::emulator::kSlotBytes, sizeof value);
  return lanes;
}
/// As a tree, neighbours first.
template <class T, class Of>
T reduce(T value, int operation, hearth::emulator::Place place, Of of) {
  Lanes<T> lanes = all_of(value, operation, place);
  for (uint32_t step = 1; step < lanes.count; step *= 2) {
    for (uint32_t i = 0; i + step < lanes.count; i += 2 * step)
      lanes.values[i] = of(lanes.values[i], lanes.values[i + step]);
  }
  return lanes.values[0];
}

}  // namespace together

template <class T>
T simd_sum(T value, HEARTH_PLACE) {
  return together::reduce(value, together::kSum, place, [](T a, T b) { return static_cast<T>(a + b); });
}
template <class T>
T simd_max(T value, HEARTH_PLACE) {
  return together::reduce(value, together::kMax, place, [](T a, T b) { return a < b ? b : a; });
}
template <class T>
T simd_min(T value, HEARTH_PLACE) {
  return together::reduce(value, together::kMin, place, [](T a, T b) { return b < a ? b : a; });
}
template <class T>
T simd_shuffle_xor(T value, ushort mask, HEARTH_PLACE) {
  return together::all_of(value, together::kShuffleXor, place).values[(hearth::emulator::self().lane ^ mask) & 31];
}
template <class T>
T simd_broadcast(T value, ushort lane, HEARTH_PLACE) {
  return together::all_of(value, together::kBroadcast, place).values[lane & 31];
}
template <class T>
T simd_prefix_exclusive_sum(T value, HEARTH_PLACE) {
  const together::Lanes<T> lanes = together::all_of(value, together::kPrefixSum, place);
  T sum = 0;
  for (uint32_t i = 0; i < hearth::emulator::self().lane; ++i) sum += lanes.values[i];
  return sum;
}

}  // namespace metal
