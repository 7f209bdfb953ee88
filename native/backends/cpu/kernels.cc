// native/backends/cpu/kernels.cc: which kernels this machine can run.
#include "backends/cpu/kernels.h"

#include <cstdlib>

#if defined(HEARTH_X86_KERNELS)
#include <cpuid.h>
#endif

namespace hearth::cpu {

extern const Kernels kScalarKernels;
#if defined(HEARTH_X86_KERNELS)
extern const Kernels kAvx2Kernels, kAvx512Kernels;
#endif
#if defined(HEARTH_NEON_KERNELS)
extern const Kernels kNeonKernels;
#endif

#if defined(HEARTH_X86_KERNELS)
namespace {

// __builtin_cpu_supports also asks whether the system saves the wide registers.
bool has_avx2() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool half_floats = __get_cpuid(1, &a, &b, &c, &d) && (c & (1u << 29)) != 0;
  return half_floats && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

}  // namespace
#endif

std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> levels = {&kScalarKernels};
#if defined(HEARTH_X86_KERNELS)
  if (has_avx2()) levels.push_back(&kAvx2Kernels);
  if (has_avx512()) levels.push_back(&kAvx512Kernels);
#endif
#if defined(HEARTH_NEON_KERNELS)
  levels.push_back(&kNeonKernels);
#endif
  return levels;
}

const Kernels* kernels_named(std::string_view name) {
  for (const Kernels* kernels : all_kernels()) {
    if (name == kernels->name) return kernels;
  }
  return nullptr;
}

const Kernels& best_kernels() {
  if (const char* wanted = std::getenv("HEARTH_SIMD")) {
    if (const Kernels* kernels = kernels_named(wanted)) return *kernels;
  }
  return *all_kernels().back();
}

}  // namespace hearth::cpu
