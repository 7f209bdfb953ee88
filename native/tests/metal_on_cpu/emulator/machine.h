// native/tests/metal_on_cpu/emulator/machine.h: a GPU in miniature: kernels compiled as C++ run here, every GPU thread
// a fibre on one core.
//
// Threads of a threadgroup take turns in an order drawn from a seed; simdgroup functions and barriers are meeting
// points. What a GPU would leave undefined ends the dispatch with a sentence: lanes that meet at different lines, a
// barrier that some threads never reach, too much threadgroup memory, and (trace.h) memory that is not bound or was
// written by another dispatch without a barrier between.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::emulator {

inline constexpr uint32_t kLanes = 32;
inline constexpr size_t kThreadgroupBytes = 32 * 1024;  // what every Apple GPU has
inline constexpr size_t kBufferSlots = 31;
inline constexpr size_t kSlotBytes = 128;  // most that one lane may hand to the others

struct Size {
  uint32_t x = 1, y = 1, z = 1;
  uint64_t count() const { return uint64_t{x} * y * z; }
};

/// Where in a kernel something happened.
struct Place {
  const char* file = "";
  int line = 0;
};

/// What the built-in attributes of a kernel's parameters read.
struct ThreadIds {
  Size group_at, thread_at;  // of the threadgroup in the grid, of the thread in the threadgroup
  Size groups, threads;      // threadgroups of the grid, threads of a threadgroup
  uint32_t index = 0;        // of the thread in its threadgroup
  uint32_t lane = 0, simdgroup = 0, simdgroups = 0;
};

struct Arguments {
  std::array<std::span<std::byte>, kBufferSlots> buffers;
};
using Trampoline = void (*)(const Arguments&, const ThreadIds&);

struct BufferParameter {
  uint32_t index;
  bool writes;  // neither `const` nor in the constant address space
  const char* name;
};
struct Kernel {
  const char* name;
  Trampoline run;
  std::vector<BufferParameter> buffers;
};

/// Called by the generated trampolines before main.
void register_kernel(Kernel kernel);
const Kernel* find_kernel(std::string_view name);
std::span<const Kernel> all_kernels();

/// A function constant's value by its index; kernels read them with `function_constant`.
using Constants = std::array<int32_t, 16>;

struct Dispatch {
  const Kernel* kernel = nullptr;
  Arguments arguments;
  Constants constants{};
  Size groups, threads;
};

/// How registers of matrix operands are laid out, see registers.h. `kScattered` differs with every seed.
enum class Layout : uint8_t { kWideRuns, kNarrowRuns, kSmallTiles, kCyclic, kScattered };
inline constexpr Layout kLayouts[] = {Layout::kWideRuns, Layout::kNarrowRuns, Layout::kSmallTiles, Layout::kCyclic,
                                      Layout::kScattered};

struct Schedule {
  uint64_t seed = 1;
  bool shuffle = true;  // of threads and threadgroups
  Layout layout = Layout::kWideRuns;
};

/// Runs all threadgroups. The sentence that says what went wrong, or nothing.
std::optional<std::string> run(const Dispatch& dispatch, const Schedule& schedule);

// Called by the kernels' headers (shim/), on a fibre.

const ThreadIds& self();
const Schedule& schedule();
int32_t function_constant(uint32_t index);
enum class Among : uint8_t { kSimdgroup, kThreadgroup };
uint32_t members(Among among);
uint32_t rank(Among among);
/// Every member hands in `bytes` at `value` and gets all: member i's lie at i * kSlotBytes, until the next exchange
/// but one.
const std::byte* exchange(Among among, int operation, const void* value, size_t bytes, Place place);
/// `orders`: whether memory written before it is seen after it.
void barrier(Among among, bool orders, Place place);
/// Memory of the threadgroup, one block for each place that asks; filled with NaNs at the start.
void* threadgroup_memory(size_t bytes, Place place);
/// Ends the dispatch with this sentence.
[[noreturn]] void fault(const std::string& message, Place place);

}  // namespace hearth::emulator
