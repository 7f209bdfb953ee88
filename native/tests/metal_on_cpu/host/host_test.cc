// native/tests/metal_on_cpu/host/host_test.cc: the host code when something is wrong: a machine without Metal, kernels
// that do not compile, too little memory, a GPU that fails; and the fake runtime's own eyes.
#include "backends/metal/commands.h"
#include "core/device.h"
#include "metal_on_cpu/kernels/twins.h"

using namespace hearth;
using namespace hearth::test;
using namespace hearth::metal;

namespace {

std::string refusal(const fake::Behaviour& behaviour) {
  fake::install(behaviour);
  const auto device = open_metal();
  REQUIRE(!device.ok());
  CHECK(device.error().code == ErrorCode::kBackend);
  return device.error().message;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// Encodes two dispatches of y = x + 1, the second from what the first wrote, and runs them.
std::vector<std::string> chain(bool barrier, bool bind_second) {
  fake::install();
  {
    auto gpu = Gpu::open();
    REQUIRE(gpu.ok());
    auto buffer = gpu.value()->allocate(3 * 32 * sizeof(float));
    const Pool pool;
    const Id commands = message::command_buffer(gpu.value()->queue());
    const Id encoder = message::compute_encoder(commands, kConcurrent);
    Id error = nullptr;
    Owned device(runtime().default_device());
    Owned library(message::new_library(device.get(), to_string("\"faulty_adds_one\""), nullptr, &error));
    Owned function(message::new_function(library.get(), to_string("faulty_adds_one"), nullptr, &error));
    Owned pipeline(message::new_pipeline(device.get(), function.get(), &error));
    message::set_pipeline(encoder, pipeline.get());
    for (uint64_t step = 0; step < 2; ++step) {
      message::set_buffer(encoder, buffer.value()->object(), (step + 1) * 128, 0);
      if (step == 0 && bind_second) message::set_buffer(encoder, buffer.value()->object(), 0, 1);
      if (step == 1 && bind_second) message::set_buffer(encoder, buffer.value()->object(), 128, 1);
      if (step == 1 && barrier) message::memory_barrier(encoder, kScopeBuffers);
      message::dispatch(encoder, {1, 1, 1}, {32, 1, 1});
    }
    message::end_encoding(encoder);
    message::commit(commands);
    message::wait_until_completed(commands);
  }
  return fake::complaints();
}

}  // namespace

TEST_CASE("a machine without Metal, or with another maker's GPU, is told what to choose") {
  fake::Behaviour behaviour;
  behaviour.has_device = false;
  CHECK(contains(refusal(behaviour), "choose \"cpu\" or \"auto\""));
  behaviour.has_device = true;
  behaviour.family = 0;
  CHECK(contains(refusal(behaviour), "is not one of Apple silicon"));
}

TEST_CASE("a kernel that this system cannot compile is named with the compiler's words") {
  fake::Behaviour behaviour;
  behaviour.broken_source = "kernel void rope";
  const std::string message = refusal(behaviour);
  CHECK(contains(message, "\"attend\""));
  CHECK(contains(message, "chosen to fail"));
  CHECK(fake::live_objects() == "");
}

TEST_CASE("memory is refused before the machine would swap, and given back") {
  fake::Behaviour behaviour;
  behaviour.working_set = 100'000'000;
  behaviour.largest_buffer = 60'000'000;
  const auto device = open_fake(behaviour);
  const auto whole = device->allocate(70'000'000);
  REQUIRE(!whole.ok());
  CHECK(whole.error().code == ErrorCode::kOutOfMemory);
  CHECK(contains(whole.error().message, "in one piece"));
  auto first = device->allocate(50'000'000);
  REQUIRE(first.ok());
  const auto second = device->allocate(50'000'000);
  REQUIRE(!second.ok());
  CHECK(contains(second.error().message, "50 MB more were asked for beside 50 MB in use; this GPU can take 85 MB"));
  first = std::unique_ptr<ops::Buffer>();
  CHECK(device->allocate(50'000'000).ok());
  CHECK(fake::complaints() == std::vector<std::string>{});
}

TEST_CASE("after a failed command buffer the step ends with an error and everything later is refused") {
  Twin gpu(open_fake());
  const auto x = gpu.matrix(1, 8, std::vector<float>(8, 1.0f));
  gpu.encoder->scale(x, 2.0f);
  fake::behaviour().buffers_until_failure = 1;
  const Status failed = gpu.encoder->finish();
  REQUIRE(!failed.ok());
  CHECK(failed.error().code == ErrorCode::kBackend);
  CHECK(contains(failed.error().message, "The GPU stopped working: the command buffer was chosen to fail"));
  gpu.encoder->scale(x, 2.0f);
  const Status later = gpu.encoder->finish();
  REQUIRE(!later.ok());
  CHECK(contains(later.error().message, "Load the model again"));
  CHECK(fake::complaints() == std::vector<std::string>{});
}

TEST_CASE("systems before residency sets run the same") {
  fake::Behaviour behaviour;
  behaviour.has_residency_sets = false;
  const std::vector<float> factors(8, 3.0f);
  {
    Twin gpu(open_fake(behaviour));
    const auto x = gpu.matrix(1, 8, std::vector<float>(8, 1.0f));
    gpu.encoder->multiply(x, gpu.vector(factors));
    gpu.finish();
    CHECK(Bench::read(x) == factors);
  }
  CHECK(fake::live_objects() == "");
}

TEST_CASE("work beyond a command buffer's share goes on in another while the first runs") {
  fake::install();
  auto engine = Gpu::open();
  REQUIRE(engine.ok());
  auto memory = engine.value()->allocate(64);
  {
    Commands commands(*engine.value());
    const std::vector<Constant> constants = {{3, 1, false}};  // y *= factor
    struct {
      uint32_t cols = 8, y_stride = 8, a_stride = 8, b_stride = 0;
      float factor = 2;
    } arguments;
    const Binding y{memory.value()->object(), 0, 0, 32, true};
    const Binding bindings[] = {y, y, y};
    for (int i = 0; i < 5; ++i) {
      reinterpret_cast<float*>(memory.value()->host())[0] += i == 0 ? 1.0f : 0.0f;
      commands.add({.kernel = "map",
                    .constants = constants,
                    .bindings = bindings,
                    .arguments = &arguments,
                    .argument_bytes = sizeof arguments,
                    .groups = {1, 1, 1},
                    .threads = {32, 1, 1},
                    .bytes = uint64_t{4} << 30});
    }
    CHECK(commands.finish().ok());
    CHECK(commands.counts().dispatches == 5);
    CHECK(commands.counts().buffers > 1);  // the first is full at once
    CHECK(commands.counts().buffers < 5);  // once the GPU has shown how fast it is, it gets more at a time
  }
  CHECK(reinterpret_cast<float*>(memory.value()->host())[0] == 32.0f);
  CHECK(fake::complaints() == std::vector<std::string>{});
}

TEST_CASE("the fake runtime sees a missing barrier and an unbound buffer, and nothing where all is well") {
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
  const auto racing = chain(false, true);
  REQUIRE(racing.size() == 1);
  CHECK(contains(racing[0], "no barrier between this dispatch and one before it"));
#endif
  const auto unbound = chain(true, false);
  REQUIRE(unbound.size() == 1);
  CHECK(contains(unbound[0], "faulty_adds_one: nothing is bound to buffer(1), x"));
  CHECK(chain(true, true) == std::vector<std::string>{});
}

TEST_CASE("the fake runtime counts what is never released") {
  fake::install();
  auto gpu = Gpu::open();
  REQUIRE(gpu.ok());
  CHECK(contains(fake::live_objects(), "1 MTLDevice"));
  gpu = std::unique_ptr<Gpu>();
  CHECK(fake::live_objects() == "");
  const Id kept = runtime().default_device();
  CHECK(fake::live_objects() == "1 MTLDevice");
  message::release(kept);
}
