// native/tests/metal_on_cpu/fake/fake_metal.h: an Objective-C runtime in miniature whose Metal runs on the emulator,
// for the host code as it is shipped.
//
// It executes what the host encodes and complains of what a Mac would let pass until it matters: a dispatch with an
// unbound buffer, no barrier between two that depend on each other, objects that are never released, wrong lengths and
// offsets. Dispatches between two barriers run in an order drawn from a seed.
#pragma once
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "metal_on_cpu/emulator/machine.h"

namespace hearth::fake {

/// What this GPU is, and what goes wrong with it. Changed between calls of the host.
struct Behaviour {
  uint64_t seed = 1;
  emulator::Layout layout = emulator::Layout::kWideRuns;
  std::string name = "Emulated GPU";
  uint32_t family = 9;  // 10: with matrix units
  uint64_t working_set = uint64_t{8} << 30;
  uint64_t largest_buffer = uint64_t{4} << 30;
  uint64_t traced_dispatches = UINT64_MAX;  // how many are traced, from the first; looking on costs half of the time
  bool executes = true;                     // or only counts and hands dispatches to `on_dispatch`
  bool has_residency_sets = true;           // macOS 15
  bool has_device = true;
  std::string broken_source = {};      // a library whose text contains this does not compile
  std::string broken_kernel = {};      // a kernel of this name gives wrong numbers
  uint64_t buffers_until_failure = 0;  // the n-th command buffer from now fails; 0: none
  /// Called for every dispatch, before it runs.
  std::function<void(const emulator::Dispatch&)> on_dispatch = {};
};

struct Counts {
  uint64_t dispatches = 0, barriers = 0, command_buffers = 0;
};

/// Puts this runtime in the place of the system's, with `behaviour`; counts and complaints start anew.
void install(const Behaviour& behaviour = {});
Behaviour& behaviour();
const Counts& counts();
/// Everything that was wrong so far, a sentence each.
std::vector<std::string> complaints();
/// Objects not yet released, by class: "2 MTLBuffer".
std::string live_objects();

}  // namespace hearth::fake
