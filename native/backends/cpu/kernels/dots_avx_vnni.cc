// native/backends/cpu/kernels/dots_avx_vnni.cc: integer dot products for AVX-VNNI, beside AVX2, FMA and F16C; compiled
// with its flags (CMakeLists.txt).
// clang-format off: the table is made of whichever Lanes come before it.
#define HEARTH_AVX_VNNI
#include "backends/cpu/kernels/lanes_avx2.h"
#include "backends/cpu/kernels/dot_table.h"
// clang-format on

namespace hearth::cpu {

extern const DotKernels kAvxVnniDots;
constinit const DotKernels kAvxVnniDots = make_dots("avx-vnni");

}  // namespace hearth::cpu
