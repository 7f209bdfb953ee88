// native/tests/metal_on_cpu/emulator/fibre.h: a switch of stacks: fifteen instructions, where the system's own takes a
// call into the kernel. Sanitizers are told of every switch, else they would take it for a fault.
#pragma once
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define HEARTH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEARTH_ASAN 1
#endif
#endif

namespace hearth::emulator {

inline constexpr size_t kStackBytes = size_t{256} * 1024;

/// A stack, and where on it to go on. The scheduler's own fibre has no stack of ours.
struct Fibre {
  void* stack_pointer = nullptr;
  std::byte* stack = nullptr;
  void* tsan = nullptr;       // ThreadSanitizer's name for it
  void* asan_fake = nullptr;  // AddressSanitizer's shadow stack
};

/// Memory for its stack, once.
void give_stack(Fibre& fibre);
/// The next switch to it calls `entry`, which must not return.
void start_at(Fibre& fibre, void (*entry)());
/// Leaves `from`, which is the one running, and goes on in `to`. `last`: `from` will not go on.
void switch_fibre(Fibre& from, Fibre& to, bool last);
/// First thing on a fibre that `start_at` made.
void arrived_on(Fibre& fibre);
/// The calling thread as a fibre, to come back to.
void adopt_thread(Fibre& fibre);

/// Tell ThreadSanitizer: what happened before `release(at)` is seen after `acquire(at)`. Nothing without it.
void order_release(void* at);
void order_acquire(void* at);
/// A new GPU thread begins on this fibre, unordered with everything but `acquire`s to come.
void order_fresh(Fibre& fibre);

}  // namespace hearth::emulator
