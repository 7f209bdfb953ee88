// native/tests/metal_on_cpu/fake/fake_metal.cc: the classes of Metal that the host uses.
#include "metal_on_cpu/fake/fake_metal.h"

#include <unistd.h>

#include <cstring>
#include <map>
#include <mutex>
#include <optional>

#include "metal_on_cpu/emulator/trace.h"
#include "metal_on_cpu/fake/object.h"

namespace hearth::fake {

void forget_complaints();

namespace {

constexpr uint64_t kMostArgumentBytes = 4096;  // of setBytes
constexpr uint64_t kErrorStatus = 5;           // MTLCommandBufferStatusError

struct State {
  Behaviour behaviour;
  Counts counts;
  std::mutex gpu;  // one dispatch at a time
  uint32_t next_dispatch = 1;
  uint64_t random = 1;
  uint64_t next_random() {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    return random;
  }
};
State& state() {
  static auto* the_state = new State;
  return *the_state;
}

struct Device final : FakeObject {
  Device() : FakeObject("MTLDevice") {}
};
struct Plain final : FakeObject {
  using FakeObject::FakeObject;
};
struct Constants final : FakeObject {
  Constants() : FakeObject("MTLFunctionConstantValues") {}
  emulator::Constants values{};
};
struct Library final : FakeObject {
  explicit Library(std::string t) : FakeObject("MTLLibrary"), text(std::move(t)) {}
  std::string text;
};
/// A function or a pipeline: a kernel with its constants.
struct Callable final : FakeObject {
  Callable(const char* name, const emulator::Kernel* k, emulator::Constants c)
      : FakeObject(name), kernel(k), constants(c) {}
  const emulator::Kernel* kernel;
  emulator::Constants constants;
};
struct Memory final : FakeObject {
  Memory(std::byte* at, size_t length) : FakeObject("MTLBuffer"), bytes(at, length) {}
  std::span<std::byte> bytes;
};

struct Bound {
  std::span<std::byte> memory;
  std::vector<std::byte> copy;  // of setBytes
};
struct Step {
  bool is_barrier = false;
  const Callable* pipeline = nullptr;
  std::map<uint64_t, Bound> bound;
  GridSize groups{}, threads{};
};
struct CommandBuffer final : FakeObject {
  CommandBuffer() : FakeObject("MTLCommandBuffer") {}
  ~CommandBuffer() override {
    if (error != nullptr) release(id_of(error));
  }
  std::vector<Step> steps;
  bool is_open = false, is_committed = false;
  uint64_t status = 0;
  FakeError* error = nullptr;
};
struct ComputeEncoder final : FakeObject {
  explicit ComputeEncoder(CommandBuffer* b) : FakeObject("MTLComputeCommandEncoder"), buffer(b) {}
  CommandBuffer* buffer;
  Step current;  // what the next dispatch will use
};

emulator::Size size_of(GridSize size) {
  return {static_cast<uint32_t>(size.width), static_cast<uint32_t>(size.height), static_cast<uint32_t>(size.depth)};
}

/// Changes what the kernel made, as a wrong kernel would: the last float of each buffer that it may write.
void corrupt(const emulator::Dispatch& dispatch) {
  for (const auto& parameter : dispatch.kernel->buffers) {
    const auto& memory = dispatch.arguments.buffers[parameter.index];
    if (!parameter.writes || memory.size() < sizeof(float)) continue;
    float value;
    std::memcpy(&value, memory.data(), sizeof value);
    value = value * 1.5f + 1.0f;
    std::memcpy(memory.data(), &value, sizeof value);
  }
}

/// Runs one dispatch; what went wrong, or nothing.
std::optional<std::string> run_step(Step& step, uint32_t interval) {
  State& all = state();
  emulator::Dispatch dispatch{.kernel = step.pipeline->kernel,
                              .arguments = {},
                              .constants = step.pipeline->constants,
                              .groups = size_of(step.groups),
                              .threads = size_of(step.threads)};
  for (const auto& parameter : dispatch.kernel->buffers) {
    const auto found = step.bound.find(parameter.index);
    if (found == step.bound.end()) {
      return std::string(dispatch.kernel->name) + ": nothing is bound to buffer(" + std::to_string(parameter.index) +
             "), " + parameter.name;
    }
    auto& bound = found->second;
    dispatch.arguments.buffers[parameter.index] = bound.copy.empty() ? bound.memory : std::span(bound.copy);
  }
  if (all.behaviour.on_dispatch) all.behaviour.on_dispatch(dispatch);
  if (!all.behaviour.executes) {
    ++all.counts.dispatches;
    return {};
  }
  const emulator::Schedule schedule{.seed = all.next_random() | 1, .shuffle = true, .layout = all.behaviour.layout};
  const uint32_t number = all.next_dispatch++;
  if (all.counts.dispatches < all.behaviour.traced_dispatches)
    emulator::trace_dispatch(number, interval, dispatch.arguments.buffers);
  auto error = emulator::run(dispatch, schedule);
  emulator::trace_off();
  ++all.counts.dispatches;
  if (dispatch.kernel->name == all.behaviour.broken_kernel) corrupt(dispatch);
  return error;
}

void execute(CommandBuffer& buffer) {
  State& all = state();
  const std::lock_guard lock(all.gpu);
  ++all.counts.command_buffers;
  std::optional<std::string> error;
  if (all.behaviour.buffers_until_failure > 0 && --all.behaviour.buffers_until_failure == 0)
    error = "the command buffer was chosen to fail";
  for (size_t begin = 0; begin < buffer.steps.size() && !error;) {
    size_t end = begin;
    while (end < buffer.steps.size() && !buffer.steps[end].is_barrier) ++end;
    std::vector<Step*> together;
    for (size_t i = begin; i < end; ++i) together.push_back(&buffer.steps[i]);
    for (size_t i = together.size(); i > 1; --i) std::swap(together[i - 1], together[all.next_random() % i]);
    const uint32_t interval = all.next_dispatch;
    for (Step* step : together) {
      if (!error) error = run_step(*step, interval);
    }
    begin = end;
    while (begin < buffer.steps.size() && buffer.steps[begin].is_barrier) ++begin, ++all.counts.barriers;
  }
  buffer.status = error ? kErrorStatus : metal::kCompleted;
  if (!error) return;
  if (*error != "the command buffer was chosen to fail") complain(*error);
  buffer.error = new FakeError(*error);
}

Id default_device() { return state().behaviour.has_device ? id_of(new Device) : nullptr; }

Id new_library(Id, Selector, Id source, Id, Id* error) {
  const std::string& text = as<FakeString>(source)->text;
  const std::string& broken = state().behaviour.broken_source;
  if (!broken.empty() && text.find(broken) != std::string::npos) {
    *error = autorelease(new FakeError("program_source:1: error: chosen to fail"));
    return nullptr;
  }
  return id_of(new Library(text));
}

Id new_function(Id self, Selector, Id name, Id constants, Id* error) {
  const std::string& wanted = as<FakeString>(name)->text;
  const std::string& text = as<Library>(self)->text;
  const bool in_source = text.find("\"" + wanted + "\"") != std::string::npos ||
                         text.find("kernel void " + wanted + "(") != std::string::npos;
  const emulator::Kernel* kernel = in_source ? emulator::find_kernel(wanted) : nullptr;
  if (kernel == nullptr) {
    *error = autorelease(new FakeError("Function " + wanted + " was not found in the library"));
    return nullptr;
  }
  return id_of(new Callable("MTLFunction", kernel,
                            constants != nullptr ? as<Constants>(constants)->values : emulator::Constants{}));
}

Id new_buffer(Id, Selector, uint64_t length, uint64_t) {
  if (length == 0 || length > state().behaviour.largest_buffer) {
    complain("a buffer of " + std::to_string(length) + " bytes is asked for");
    return nullptr;
  }
  std::byte* memory = emulator::device_memory(length);
  return memory != nullptr ? id_of(new Memory(memory, length)) : nullptr;
}
Id wrap_memory(Id, Selector, void* at, uint64_t length, uint64_t, void*) {
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  if (reinterpret_cast<uintptr_t>(at) % page != 0 || length % page != 0 || length == 0) {
    complain("memory of ours is wrapped that is not whole pages");
    return nullptr;
  }
  return id_of(new Memory(static_cast<std::byte*>(at), length));
}

void set_constant(Id self, Selector, const void* value, uint64_t type, uint64_t index) {
  auto& values = as<Constants>(self)->values;
  if (index >= values.size()) return complain("a function constant has index " + std::to_string(index));
  if (type == metal::kTypeBool) {
    values[index] = *static_cast<const bool*>(value) ? 1 : 0;
  } else {
    std::memcpy(&values[index], value, sizeof(int32_t));
  }
}

void set_buffer(Id self, Selector, Id buffer, uint64_t offset, uint64_t index) {
  auto* memory = as<Memory>(buffer);
  if (memory == nullptr) return complain("nil is bound to buffer(" + std::to_string(index) + ")");
  if (offset >= memory->bytes.size()) return complain("a buffer is bound beyond its end");
  if (offset % 2 != 0) complain("a buffer is bound at an odd offset");
  as<ComputeEncoder>(self)->current.bound[index] = {memory->bytes.subspan(offset), {}};
}
void set_bytes(Id self, Selector, const void* bytes, uint64_t length, uint64_t index) {
  if (length == 0 || length > kMostArgumentBytes) complain(std::to_string(length) + " bytes are given to setBytes");
  const auto* from = static_cast<const std::byte*>(bytes);
  as<ComputeEncoder>(self)->current.bound[index] = {{}, std::vector<std::byte>(from, from + length)};
}
void dispatch(Id self, Selector, GridSize groups, GridSize threads) {
  auto* encoder = as<ComputeEncoder>(self);
  if (encoder->current.pipeline == nullptr) return complain("a dispatch without a pipeline");
  if (groups.width * groups.height * groups.depth == 0) complain("a dispatch of no threadgroups");
  encoder->current.groups = groups;
  encoder->current.threads = threads;
  encoder->buffer->steps.push_back(encoder->current);
}

Id compute_encoder(Id self, Selector, uint64_t type) {
  auto* buffer = as<CommandBuffer>(self);
  if (buffer->is_open) complain("a second encoder is opened while one is open");
  if (type != metal::kConcurrent) complain("a serial encoder is asked for; the host orders its dispatches itself");
  buffer->is_open = true;
  return autorelease(new ComputeEncoder(buffer));
}
void commit(Id self, Selector) {
  auto* buffer = as<CommandBuffer>(self);
  if (buffer->is_open) complain("a command buffer is committed with an open encoder");
  if (buffer->is_committed) return complain("a command buffer is committed twice");
  buffer->is_committed = true;
  execute(*buffer);
}

void define_foundation() {
  define("NSObject", "retain", +[](Id self, Selector) { return retain(self); });
  define("NSObject", "release", +[](Id self, Selector) { release(self); });
  define("NSObject", "init", +[](Id self, Selector) { return self; });
  define(
      "NSObject", "respondsToSelector:", +[](Id self, Selector, Selector asked) {
        const bool is_residency =
            std::string_view(reinterpret_cast<const char*>(asked)).find("Residency") != std::string_view::npos;
        return has_method(self, asked) && (!is_residency || state().behaviour.has_residency_sets);
      });
  define(
      "class NSString",
      "stringWithUTF8String:", +[](Id, Selector, const char* text) { return autorelease(new FakeString(text)); });
  define("NSString", "UTF8String", +[](Id self, Selector) { return as<FakeString>(self)->text.c_str(); });
  define(
      "NSError", "localizedDescription",
      +[](Id self, Selector) { return autorelease(new FakeString(as<FakeError>(self)->text)); });
  define("class MTLFunctionConstantValues", "alloc", +[](Id, Selector) { return id_of(new Constants); });
  define("MTLFunctionConstantValues", "setConstantValue:type:atIndex:", set_constant);
  define("class MTLCompileOptions", "alloc", +[](Id, Selector) { return id_of(new Plain("MTLCompileOptions")); });
  define(
      "MTLCompileOptions", "setFastMathEnabled:", +[](Id, Selector, bool fast) {
        if (fast) complain("kernels are compiled with fast math");
      });
  define("MTLCompileOptions", "setLanguageVersion:", +[](Id, Selector, uint64_t) {});
  define(
      "class MTLResidencySetDescriptor", "alloc",
      +[](Id, Selector) { return id_of(new Plain("MTLResidencySetDescriptor")); });
  define("MTLResidencySet", "addAllocation:", +[](Id, Selector, Id) {});
  define("MTLResidencySet", "commit", +[](Id, Selector) {});
  define("MTLResidencySet", "requestResidency", +[](Id, Selector) {});
}

void define_device() {
  define("MTLDevice", "name", +[](Id, Selector) { return autorelease(new FakeString(state().behaviour.name)); });
  define("MTLDevice", "maxBufferLength", +[](Id, Selector) { return state().behaviour.largest_buffer; });
  define("MTLDevice", "recommendedMaxWorkingSetSize", +[](Id, Selector) { return state().behaviour.working_set; });
  define(
      "MTLDevice", "supportsFamily:", +[](Id, Selector, int64_t family) {
        return family > 1000 && family <= 1000 + int64_t{state().behaviour.family};
      });
  define("MTLDevice", "newCommandQueue", +[](Id, Selector) { return id_of(new Plain("MTLCommandQueue")); });
  define("MTLDevice", "newLibraryWithSource:options:error:", new_library);
  define(
      "MTLDevice", "newComputePipelineStateWithFunction:error:", +[](Id, Selector, Id function, Id*) {
        const auto* callable = as<Callable>(function);
        return id_of(new Callable("MTLComputePipelineState", callable->kernel, callable->constants));
      });
  define("MTLDevice", "newBufferWithLength:options:", new_buffer);
  define("MTLDevice", "newBufferWithBytesNoCopy:length:options:deallocator:", wrap_memory);
  define(
      "MTLDevice", "newResidencySetWithDescriptor:error:", +[](Id, Selector, Id, Id*) {
        return id_of(new Plain("MTLResidencySet"));
      });
  define("MTLLibrary", "newFunctionWithName:constantValues:error:", new_function);
  define("MTLComputePipelineState", "maxTotalThreadsPerThreadgroup", +[](Id, Selector) { return uint64_t{1024}; });
  define(
      "MTLBuffer", "contents", +[](Id self, Selector) { return static_cast<void*>(as<Memory>(self)->bytes.data()); });
}

void define_commands() {
  define(
      "MTLCommandQueue", "commandBufferWithUnretainedReferences",
      +[](Id, Selector) { return autorelease(new CommandBuffer); });
  define("MTLCommandQueue", "addResidencySet:", +[](Id, Selector, Id) {});
  define("MTLCommandBuffer", "computeCommandEncoderWithDispatchType:", compute_encoder);
  define("MTLCommandBuffer", "commit", commit);
  define(
      "MTLCommandBuffer", "waitUntilCompleted", +[](Id self, Selector) {
        if (!as<CommandBuffer>(self)->is_committed) complain("waits for a command buffer that was never committed");
      });
  define("MTLCommandBuffer", "status", +[](Id self, Selector) { return as<CommandBuffer>(self)->status; });
  define("MTLCommandBuffer", "error", +[](Id self, Selector) { return id_of(as<CommandBuffer>(self)->error); });
  define("MTLCommandBuffer", "GPUStartTime", +[](Id, Selector) { return 1.0; });
  define("MTLCommandBuffer", "GPUEndTime", +[](Id, Selector) { return 1.001; });
  const char* encoder = "MTLComputeCommandEncoder";
  define(
      encoder, "setComputePipelineState:", +[](Id self, Selector, Id pipeline) {
        as<ComputeEncoder>(self)->current.pipeline = as<Callable>(pipeline);
      });
  define(encoder, "setBuffer:offset:atIndex:", set_buffer);
  define(encoder, "setBytes:length:atIndex:", set_bytes);
  define(encoder, "dispatchThreadgroups:threadsPerThreadgroup:", dispatch);
  define(
      encoder, "memoryBarrierWithScope:", +[](Id self, Selector, uint64_t scope) {
        if (scope != metal::kScopeBuffers) complain("a barrier is of another scope than buffers");
        Step barrier;
        barrier.is_barrier = true;
        as<ComputeEncoder>(self)->buffer->steps.push_back(std::move(barrier));
      });
  define(
      encoder, "endEncoding", +[](Id self, Selector) {
        auto* buffer = as<ComputeEncoder>(self)->buffer;
        if (!buffer->is_open) complain("an encoder is ended twice");
        buffer->is_open = false;
      });
}

}  // namespace

void install(const Behaviour& behaviour) {
  State& all = state();
  all.behaviour = behaviour;
  all.counts = {};
  all.random = behaviour.seed * 0x9e3779b97f4a7c15u | 1;
  forget_complaints();
  static const bool defined = [] {
    define_foundation();
    define_device();
    define_commands();
    return true;
  }();
  (void)defined;
  metal::use_runtime(entry_points(default_device));
}
Behaviour& behaviour() { return state().behaviour; }
const Counts& counts() { return state().counts; }

}  // namespace hearth::fake
