// native/backends/cpu/cpu_device.h: the CPU as a device. Right first, then as fast as memory allows.
#pragma once
#include <memory>

#include "ops/device.h"

namespace hearth::cpu {

struct Kernels;

/// A device with its own thread pool. `threads` counts all that work, the caller included; 0: one a physical core.
std::unique_ptr<ops::Device> open_cpu(int threads);
/// The same with kernels of one instruction set, for tests and benchmarks.
std::unique_ptr<ops::Device> open_cpu(int threads, const Kernels& kernels);

}  // namespace hearth::cpu
