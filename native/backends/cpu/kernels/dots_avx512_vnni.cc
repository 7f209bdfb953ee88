// native/backends/cpu/kernels/dots_avx512_vnni.cc: integer dot products for AVX-512 F, BW, VL and VNNI; compiled with
// its flags (CMakeLists.txt).
// clang-format off: the table is made of whichever Lanes come before it.
#include "backends/cpu/kernels/lanes_avx512.h"
#include "backends/cpu/kernels/dot_table.h"
// clang-format on

namespace hearth::cpu {

extern const DotKernels kAvx512VnniDots;
constinit const DotKernels kAvx512VnniDots = make_dots("avx512-vnni");

}  // namespace hearth::cpu
