// native/backends/cpu/kernels/level_avx512.cc: the kernels for AVX-512 F, BW, VL and DQ; compiled with those flags
// (CMakeLists.txt).
// clang-format off: the table is made of whichever Vec comes before it.
#include "backends/cpu/kernels/vec_avx512.h"
#include "backends/cpu/kernels/table.h"
// clang-format on

namespace hearth::cpu {

extern const Kernels kAvx512Kernels;
constinit const Kernels kAvx512Kernels = make_table("avx512");

}  // namespace hearth::cpu
