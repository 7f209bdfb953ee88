// native/backends/cpu/kernels/level_neon.cc: the kernels for NEON, which every arm64 has.
// clang-format off: the table is made of whichever Vec comes before it.
#include "backends/cpu/kernels/vec_neon.h"
#include "backends/cpu/kernels/table.h"
// clang-format on

namespace hearth::cpu {

extern const Kernels kNeonKernels;
constinit const Kernels kNeonKernels = make_table("neon");

}  // namespace hearth::cpu
