// native/backends/cpu/dots.cc: which integer dot products this machine can run.
#include "backends/cpu/dots.h"

#include <cstdlib>

#if defined(HEARTH_X86_KERNELS)
#include <cpuid.h>
#elif defined(HEARTH_NEON_KERNELS) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace hearth::cpu {

extern const DotKernels kScalarDots;
#if defined(HEARTH_X86_KERNELS)
extern const DotKernels kAvx2Dots, kAvxVnniDots, kAvx512VnniDots;
#endif
#if defined(HEARTH_NEON_KERNELS)
extern const DotKernels kNeonDots;
#endif

namespace {

#if defined(HEARTH_X86_KERNELS)
// __builtin_cpu_supports also asks whether the system saves the wide registers.
bool has_avx2() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool half_floats = __get_cpuid(1, &a, &b, &c, &d) && (c & (1u << 29)) != 0;
  return half_floats && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
bool has_avx_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 4)) != 0;
}
bool has_avx512_vnni() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}
#endif

#if defined(HEARTH_NEON_KERNELS)
bool has_dot_products() {
#if defined(__linux__)
  constexpr unsigned long kDotProducts = 1ul << 20;  // HWCAP_ASIMDDP
  return (getauxval(AT_HWCAP) & kDotProducts) != 0;
#else
  return true;  // every Apple chip that runs this
#endif
}
#endif

}  // namespace

std::vector<const DotKernels*> all_dots() {
  std::vector<const DotKernels*> levels = {&kScalarDots};
#if defined(HEARTH_X86_KERNELS)
  if (has_avx2()) levels.push_back(&kAvx2Dots);
  if (has_avx_vnni()) levels.push_back(&kAvxVnniDots);
  if (has_avx512_vnni()) levels.push_back(&kAvx512VnniDots);
#endif
#if defined(HEARTH_NEON_KERNELS)
  if (has_dot_products()) levels.push_back(&kNeonDots);
#endif
  return levels;
}

const DotKernels* dots_named(std::string_view name) {
  for (const DotKernels* dots : all_dots()) {
    if (name == dots->name) return dots;
  }
  return nullptr;
}

const DotKernels* best_dots() {
  if (const char* wanted = std::getenv("HEARTH_DOTS")) {
    if (const DotKernels* dots = dots_named(wanted)) return dots;
  }
  const DotKernels* best = all_dots().back();
  return best == &kScalarDots ? nullptr : best;
}

}  // namespace hearth::cpu
