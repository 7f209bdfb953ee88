// native/tests/metal_on_cpu/paper/metal_on_paper.cc: what a token costs on Apple's chips, on paper: the host code
// records its commands for models of full size, nothing is executed, and bytes and dispatches are counted from what it
// recorded.
//
//   make-shaped-model e2b q4_0 VOCABULARY.gguf e2b.gguf sparse      (and so on)
//   metal-on-paper e2b.gguf ... > native/bench/metal-on-paper.md
//
// A prediction, not a measurement. It rests on two numbers that no Linux machine can tell: the share of a chip's memory
// speed that kernels reach, and what a wait between dispatches costs.
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "backends/metal/kernels/arguments.h"
#include "core/apple_chips.h"
#include "core/session.h"
#include "metal_on_cpu/fake/fake_metal.h"

using namespace hearth;
using namespace hearth::metal_kernel;

namespace {

constexpr double kShare = 0.75;          // of the memory's speed; public logs of decoding show 0.70 to 0.85
constexpr double kSecondsOfWait = 3e-6;  // between dispatches that depend on each other
constexpr uint32_t kTokens = 4, kContext = 1024;

struct Stream {
  double weights = 0, keys_values = 0;  // bytes a token
  double dispatches = 0, barriers = 0, buffers = 0;
};

template <typename Arguments>
Arguments arguments_at(const emulator::Dispatch& dispatch, size_t index) {
  Arguments arguments;
  std::memcpy(&arguments, dispatch.arguments.buffers[index].data(), sizeof arguments);
  return arguments;
}

/// Adds what one dispatch reads of weights, keys and values.
void count(Stream& stream, const emulator::Dispatch& dispatch) {
  const std::string name = dispatch.kernel->name;
  const auto product = [&](const MatvecArguments& a, double matrices) {
    stream.weights += matrices * static_cast<double>(a.row_bytes) * a.outputs;
  };
  if (name == "matvec_experts") {
    const auto a = arguments_at<MatvecArguments>(dispatch, 4);
    product(a, a.rows);
  } else if (name.starts_with("matvec_gated")) {
    const auto a = arguments_at<GatedArguments>(dispatch, 5);
    product(a.product, dispatch.groups.y * (dispatch.constants[kConstantTwoMatrices] != 0 ? 2.0 : 1.0));
  } else if (name.starts_with("matvec_")) {
    product(arguments_at<MatvecArguments>(dispatch, 3), dispatch.groups.y);
  } else if (name == "embed") {
    stream.weights += static_cast<double>(arguments_at<EmbedArguments>(dispatch, 3).row_bytes) * dispatch.groups.y;
  } else if (name.starts_with("attend_") && name != "attend_merge") {
    const auto a = arguments_at<AttendArguments>(dispatch, 4);
    const uint32_t seen = a.window == 0 ? a.first_position + 1 : std::min(a.first_position + 1, a.window);
    stream.keys_values += 4.0 * a.kv_width * seen;  // two of f16
  }
}

/// One token's commands behind `kContext` others; says why not and ends where the model cannot be loaded.
Stream record(const char* path) {
  Stream stream;
  bool counting = false;
  fake::Behaviour behaviour;
  behaviour.executes = false;
  behaviour.working_set = uint64_t{1} << 40;
  behaviour.largest_buffer = uint64_t{1} << 40;
  behaviour.on_dispatch = [&](const emulator::Dispatch& dispatch) {
    if (counting) count(stream, dispatch);
  };
  fake::install(behaviour);
  const auto fail = [&](const Error& error) {
    std::fprintf(stderr, "%s: %s\n", path, error.message.c_str());
    std::exit(1);
  };
  auto model = Model::load(path, {.backend = "metal", .threads = 1});
  if (!model.ok()) fail(model.error());
  auto session = Session::create(model.value(), {.context = 2 * kContext, .kv = KvType::kF16});
  if (!session.ok()) fail(session.error());
  std::vector<TokenId> tokens(kContext, 5);
  if (auto held = session.value()->sync(tokens); !held.ok()) fail(held.error());
  const fake::Counts before = fake::counts();
  counting = true;
  for (uint32_t i = 0; i < kTokens; ++i) {
    tokens.push_back(6);
    if (auto held = session.value()->sync(tokens); !held.ok()) fail(held.error());
  }
  const fake::Counts after = fake::counts();
  for (double* part : {&stream.weights, &stream.keys_values}) *part /= kTokens;
  stream.dispatches = static_cast<double>(after.dispatches - before.dispatches) / kTokens;
  stream.barriers = static_cast<double>(after.barriers - before.barriers) / kTokens;
  stream.buffers = static_cast<double>(after.command_buffers - before.command_buffers) / kTokens;
  return stream;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::pair<std::string, Stream>> models;
  for (int i = 1; i < argc; ++i) models.emplace_back(std::filesystem::path(argv[i]).stem().string(), record(argv[i]));
  std::printf("# Metal on paper\n\n");
  std::printf(
      "**A prediction, never run on a Mac.** `metal-on-paper` (native/tests/metal_on_cpu/paper) lets the host code ");
  std::printf("record a token behind %u others for models of full size and counts. Per token:\n\n", kContext);
  std::printf(
      "| model | MB of weights | MB of keys and values | dispatches | waits between them | command buffers |\n");
  std::printf("|---|--:|--:|--:|--:|--:|\n");
  for (const auto& [name, s] : models)
    std::printf("| %s | %.0f | %.1f | %.0f | %.0f | %.0f |\n", name.c_str(), s.weights / 1e6, s.keys_values / 1e6,
                s.dispatches, s.barriers, s.buffers);
  std::printf("\nTokens a second: bytes at %.0f %% of the memory's speed, and %.0f us a wait; both are assumptions. ",
              kShare * 100, kSecondsOfWait * 1e6);
  std::printf(
      "In brackets the share of the limit, which is all bytes at full speed. Whether a model fits is not said.\n\n");
  std::printf("| chip | GB/s |");
  for (const auto& [name, s] : models) std::printf(" %s |", name.c_str());
  std::printf("\n|---|--:|");
  for (size_t i = 0; i < models.size(); ++i) std::printf("--:|");
  std::printf("\n");
  for (const AppleChip& chip : kAppleChips) {
    std::printf("| %s | %.0f |", chip.name, chip.gigabytes_per_second);
    for (const auto& [name, s] : models) {
      const double least = (s.weights + s.keys_values) / (chip.gigabytes_per_second * 1e9);
      const double seconds = least / kShare + s.barriers * kSecondsOfWait;
      std::printf(" %.0f (%.0f %%) |", 1 / seconds, 100 * least / seconds);
    }
    std::printf("\n");
  }
  return 0;
}
