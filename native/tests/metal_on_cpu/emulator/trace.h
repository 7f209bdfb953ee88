// native/tests/metal_on_cpu/emulator/trace.h: who read and wrote which word of device memory.
//
// Kernels are compiled with clang's -fsanitize-coverage=trace-loads,trace-stores, so every access calls in here. Two
// faults are found at the very access: memory outside the buffers that are bound, and memory that another dispatch of
// the same interval touched, where no barrier stands between the two and one of them writes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace hearth::emulator {

/// Device memory lies in one reserved range, so that one comparison tells it from stacks. Zeroed; never used twice.
/// Its end is the end of its last page but for alignment to 64, so that going beyond it is seen.
std::byte* device_memory(size_t bytes);

/// A dispatch begins: accesses to device memory must lie in `bound`. Numbers grow; all from `interval` on run at once.
void trace_dispatch(uint32_t number, uint32_t interval, std::span<const std::span<std::byte>> bound);
/// Accesses are not looked at until the next `trace_dispatch`.
void trace_off();

}  // namespace hearth::emulator
