// native/backends/cpu/kernels/level_avx2.cc: the kernels for AVX2, FMA and F16C; compiled with those flags
// (CMakeLists.txt).
// clang-format off: the table is made of whichever Vec comes before it.
#include "backends/cpu/kernels/vec_avx2.h"
#include "backends/cpu/kernels/table.h"
// clang-format on

namespace hearth::cpu {

extern const Kernels kAvx2Kernels;
constinit const Kernels kAvx2Kernels = make_table("avx2");

}  // namespace hearth::cpu
