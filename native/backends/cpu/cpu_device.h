// native/backends/cpu/cpu_device.h: the CPU as a device. Right first, then as fast as memory allows.
#pragma once
#include <memory>

#include "ops/device.h"

namespace hearth::cpu {

struct Kernels;
struct DotKernels;

/// A device with its own thread pool. `threads` counts all that work, the caller included; 0: one a physical core.
/// Fast numerics where this machine has integer dot products, else exact ones; `name()` says which.
std::unique_ptr<ops::Device> open_cpu(int threads, ops::Numerics numerics = ops::Numerics::kExact);

/// When weights are packed for fast numerics: when they are prepared, on a thread of its own while the device is
/// already used, or not at all, so that every use packs what it needs. The results are the same bits.
enum class PackWhen { kAtOnce, kBehind, kNever };
/// The same with kernels of one instruction set, for tests and benchmarks; exact where `dots` is null.
std::unique_ptr<ops::Device> open_cpu(int threads, const Kernels& kernels, const DotKernels* dots = nullptr,
                                      PackWhen when = PackWhen::kAtOnce);

}  // namespace hearth::cpu
