// native/tests/metal_on_cpu/emulator/fibre.cc: see fibre.h. Compiled without ThreadSanitizer's own instrumentation.
#include "metal_on_cpu/emulator/fibre.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#if defined(HEARTH_TSAN)
extern "C" {
void* __tsan_get_current_fiber(void);
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* at);
void __tsan_release(void* at);
}
#endif
#if defined(HEARTH_ASAN)
extern "C" {
void __sanitizer_start_switch_fiber(void** fake, const void* bottom, size_t bytes);
void __sanitizer_finish_switch_fiber(void* fake, const void** bottom, size_t* bytes);
}
#endif

extern "C" void hearth_switch_stack(void** save, void* load);
#if defined(__x86_64__)
asm(R"(
.text
.globl hearth_switch_stack
.type hearth_switch_stack,@function
hearth_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");
constexpr int kReturnWord = 6;
constexpr int kFrameWords = 8;
#elif defined(__aarch64__)
asm(R"(
.text
.globl hearth_switch_stack
.type hearth_switch_stack,%function
hearth_switch_stack:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
)");
constexpr int kReturnWord = 11;  // x30
constexpr int kFrameWords = 20;
#else
#error "The emulator knows how to switch stacks on x86-64 and aarch64 only; add this machine's to fibre.cc."
#endif

namespace hearth::emulator {

#if defined(HEARTH_ASAN)
namespace {
const void* thread_stack = nullptr;
size_t thread_stack_bytes = 0;
}  // namespace
#endif

void give_stack(Fibre& fibre) {
  if (fibre.stack != nullptr) return;
  void* memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    std::fputs("emulator: no memory for a stack\n", stderr);
    std::abort();
  }
  fibre.stack = static_cast<std::byte*>(memory);
}

void start_at(Fibre& fibre, void (*entry)()) {
  auto top = reinterpret_cast<uintptr_t>(fibre.stack + kStackBytes - 64) & ~uintptr_t{15};
  auto* frame = reinterpret_cast<uintptr_t*>(top) - kFrameWords;
  for (int i = 0; i < kFrameWords; ++i) frame[i] = 0;
  frame[kReturnWord] = reinterpret_cast<uintptr_t>(entry);
  fibre.stack_pointer = frame;
}

void switch_fibre(Fibre& from, Fibre& to, [[maybe_unused]] bool last) {
#if defined(HEARTH_TSAN)
  constexpr unsigned kNoOrder = 1;
  __tsan_switch_to_fiber(to.tsan, kNoOrder);
#endif
#if defined(HEARTH_ASAN)
  const void* bottom = to.stack != nullptr ? to.stack : thread_stack;
  __sanitizer_start_switch_fiber(last ? nullptr : &from.asan_fake, bottom,
                                 to.stack != nullptr ? kStackBytes : thread_stack_bytes);
#endif
  hearth_switch_stack(&from.stack_pointer, to.stack_pointer);
#if defined(HEARTH_ASAN)
  __sanitizer_finish_switch_fiber(from.asan_fake, nullptr, nullptr);
#endif
}

void arrived_on([[maybe_unused]] Fibre& fibre) {
#if defined(HEARTH_ASAN)
  __sanitizer_finish_switch_fiber(nullptr, &thread_stack, &thread_stack_bytes);
#endif
}

void adopt_thread([[maybe_unused]] Fibre& fibre) {
#if defined(HEARTH_TSAN)
  fibre.tsan = __tsan_get_current_fiber();
#endif
}

void order_release([[maybe_unused]] void* at) {
#if defined(HEARTH_TSAN)
  __tsan_release(at);
#endif
}
void order_acquire([[maybe_unused]] void* at) {
#if defined(HEARTH_TSAN)
  __tsan_acquire(at);
#endif
}
void order_fresh([[maybe_unused]] Fibre& fibre) {
#if defined(HEARTH_TSAN)
  if (fibre.tsan != nullptr) __tsan_destroy_fiber(fibre.tsan);
  fibre.tsan = __tsan_create_fiber(0);
#endif
}

}  // namespace hearth::emulator
