// native/backends/cpu/kernels/dots_avx2.cc: integer dot products for AVX2, FMA and F16C; compiled with its flags
// (CMakeLists.txt).
// clang-format off: the table is made of whichever Lanes come before it.
#include "backends/cpu/kernels/lanes_avx2.h"
#include "backends/cpu/kernels/dot_table.h"
// clang-format on

namespace hearth::cpu {

extern const DotKernels kAvx2Dots;
constinit const DotKernels kAvx2Dots = make_dots("avx2");

}  // namespace hearth::cpu
