// native/tools/kernel_bench.cc: what a matrix product costs, per instruction set and format, as CSV on standard output.
//
//   kernel-bench [--threads N] [--mib M] [--cols C] [--level NAME] [--dots NAME|none] [--format NAME]
//
// --dots: fast numerics with integer products of one instruction set; without it exact ones and the best fast ones.
//
// One line a number of rows: the fastest of several passes, how fast the weights went by, and c(M) = time(M) / time(1),
// which says what verifying M drafted tokens costs. `--mib` decides where the weights live: 1 stays in the second-level
// cache of most machines, 16 in the third, 512 in memory.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "backends/cpu/cpu_device.h"
#include "backends/cpu/dots.h"
#include "backends/cpu/kernels.h"
#include "ops/encoder.h"

namespace hearth {
namespace {

struct Options {
  int threads = 0;
  double mib = 16;
  uint32_t cols = 2048;
  std::string level, dots, format;
};

double seconds_of(ops::Encoder& encoder, const ops::Rows& y, const ops::Rows& x, const ops::Weight& w) {
  using Clock = std::chrono::steady_clock;
  double fastest = 1e9, total = 0;
  for (int pass = 0; pass < 200 && (pass < 3 || total < 0.15); ++pass) {
    const auto begin = Clock::now();
    encoder.matmul(y, x, w);
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    fastest = std::min(fastest, took);
    total += took;
  }
  return fastest;
}

void measure(const cpu::Kernels& kernels, const cpu::DotKernels* dots, const Options& options, TensorType type) {
  constexpr uint32_t kMost = 128;
  const TypeTraits& traits = *traits_of(type);
  const auto device = cpu::open_cpu(options.threads, kernels, dots);
  const auto encoder = device->encoder();
  const size_t row_bytes = size_t{options.cols} / traits.block_elements * traits.block_bytes;
  const auto rows = static_cast<uint32_t>(std::max(1.0, options.mib * 1048576 / static_cast<double>(row_bytes)));
  std::vector<std::byte> weights(rows * row_bytes, std::byte{0x11});  // small finite scales in every format
  const auto prepared = device->prepare({.type = type, .cols = options.cols, .rows = rows, .data = weights.data()});
  if (!prepared.ok() || (dots != nullptr && prepared.value().prepared == nullptr)) return;
  const ops::Weight w = prepared.value();
  auto x = device->allocate(size_t{kMost} * options.cols * sizeof(float));
  auto y = device->allocate(size_t{kMost} * rows * sizeof(float));
  if (!x.ok() || !y.ok()) return;
  std::fill_n(reinterpret_cast<float*>(x.value()->host()), size_t{kMost} * options.cols, 0.5f);

  double one = 0;
  for (uint32_t count : {1u, 2u, 3u, 4u, 5u, 6u, 8u, 16u, 64u, 128u}) {
    const ops::Rows in{x.value().get(), 0, count, options.cols, options.cols},
        out{y.value().get(), 0, count, rows, rows};
    const double seconds = seconds_of(*encoder, out, in, w);
    if (count == 1) one = seconds;
    std::printf("\"%s\",%s,%s,%u,%u,%u,%.1f,%.2f,%.1f,%.2f\n", device->name().c_str(),
                dots != nullptr ? dots->name : kernels.name, traits.name, rows, options.cols, count, seconds * 1e6,
                static_cast<double>(weights.size()) / seconds * 1e-9,
                2.0 * rows * options.cols * count / seconds * 1e-9, seconds / one);
    std::fflush(stdout);
  }
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return false;
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--threads")
      options.threads = std::atoi(value.c_str());
    else if (name == "--mib")
      options.mib = std::atof(value.c_str());
    else if (name == "--cols")
      options.cols = static_cast<uint32_t>(std::atoi(value.c_str()));
    else if (name == "--level")
      options.level = value;
    else if (name == "--dots")
      options.dots = value;
    else if (name == "--format")
      options.format = value;
    else
      return false;
  }
  return options.mib > 0 && options.cols > 0 && options.cols % 256 == 0;
}

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  hearth::Options options;
  if (!hearth::parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: kernel-bench [--threads N] [--mib M] [--cols C, a multiple of 256] [--level NAME] [--dots "
                 "NAME|none] [--format NAME]\n");
    return 2;
  }
  std::printf("device,level,format,outputs,cols,rows,microseconds,weights_gb_per_s,gflop_per_s,cost\n");
  for (const auto* kernels : hearth::cpu::all_kernels()) {
    if (!options.level.empty() && options.level != kernels->name) continue;
    for (uint32_t id = 0; id < 64; ++id) {
      const auto type = static_cast<hearth::TensorType>(id);
      const hearth::TypeTraits* traits = hearth::traits_of(type);
      if (traits == nullptr || (!options.format.empty() && options.format != traits->name)) continue;
      if (options.dots.empty() || options.dots == "none") hearth::measure(*kernels, nullptr, options, type);
    }
  }
  if (options.dots == "none") return 0;
  for (const auto* dots : hearth::cpu::all_dots()) {
    if (options.dots.empty() ? dots != hearth::cpu::best_dots() : options.dots != dots->name) continue;
    for (uint32_t id = 0; id < 64; ++id) {
      const auto type = static_cast<hearth::TensorType>(id);
      const hearth::TypeTraits* traits = hearth::traits_of(type);
      if (traits == nullptr || (!options.format.empty() && options.format != traits->name)) continue;
      hearth::measure(hearth::cpu::best_kernels(), dots, options, type);
    }
  }
  return 0;
}
