// native/backends/cpu/cpu_device.cc: memory, weights (used where they lie, or packed for fast numerics), and encoders
// that share one thread pool.
#include "backends/cpu/cpu_device.h"

#include <algorithm>
#include <cstdlib>
#include <deque>

#include "backends/cpu/cpu_encoder.h"
#include "backends/cpu/dots.h"
#include "backends/cpu/kernels.h"
#include "backends/cpu/packed_memory.h"
#include "backends/cpu/packer.h"
#include "backends/cpu/packing.h"
#include "backends/cpu/thread_pool.h"

namespace hearth::cpu {
namespace {

constexpr size_t kAlignment = 64;               // a cache line and the widest register
constexpr size_t kMostBytes = size_t{1} << 46;  // half of what a 64-bit process can address

class HostBuffer final : public ops::Buffer {
 public:
  HostBuffer(void* memory, size_t bytes) : memory_(memory), bytes_(bytes) {}
  ~HostBuffer() override { std::free(memory_); }
  HostBuffer(const HostBuffer&) = delete;
  HostBuffer& operator=(const HostBuffer&) = delete;

  std::byte* host() override {
    const auto address = reinterpret_cast<uintptr_t>(memory_);
    return static_cast<std::byte*>(memory_) + (kAlignment - address % kAlignment) % kAlignment;
  }
  size_t bytes() const override { return bytes_; }

 private:
  void* memory_;
  size_t bytes_;
};

class CpuDevice final : public ops::Device {
 public:
  CpuDevice(uint32_t threads, const Kernels& kernels, const DotKernels* dots, PackWhen when)
      : kernels_(kernels), dots_(dots), when_(when), pool_(threads) {}

  std::string name() const override {
    const uint32_t threads = pool_.threads();
    const std::string numerics = dots_ != nullptr ? "fast: " + std::string(dots_->name) + ", " : "";
    return "cpu (" + std::string(kernels_.name) + ", " + numerics + std::to_string(threads) +
           (threads == 1 ? " thread)" : " threads)");
  }

  Result<std::unique_ptr<ops::Buffer>> allocate(size_t bytes) override {
    // calloc takes large blocks as untouched zero pages, so memory that is never used is never spent.
    void* memory = bytes <= kMostBytes ? std::calloc(bytes + kAlignment, 1) : nullptr;
    if (memory == nullptr) {
      return Error{ErrorCode::kOutOfMemory,
                   std::to_string(bytes) +
                       " bytes of memory were asked for and the system has not that much free; "
                       "close other programs or choose a smaller context"};
    }
    return std::unique_ptr<ops::Buffer>(std::make_unique<HostBuffer>(memory, bytes));
  }

  Result<ops::Weight> prepare(ops::Weight weight) override {
    const TypeTraits* traits = traits_of(weight.type);
    if (traits == nullptr) {
      return Error{ErrorCode::kModelInvalid, "a weight is stored as " + type_name(static_cast<uint32_t>(weight.type)) +
                                                 ", which the CPU cannot read; use a file with another quantisation"};
    }
    if (weight.cols % traits->block_elements != 0) {
      return Error{ErrorCode::kModelInvalid, "a weight in " + std::string(traits->name) +
                                                 " must have rows of a multiple of " +
                                                 std::to_string(traits->block_elements) + " values, but has " +
                                                 std::to_string(weight.cols) + "; the model file is damaged"};
    }
    weight.prepared = pack(weight);
    return weight;
  }

  /// A copy of a mapped weight takes the place of its pages.
  uint64_t prepared_bytes() const override { return memory_.bytes() - std::min(memory_.bytes(), replaced_); }
  std::unique_ptr<ops::Encoder> encoder() override {
    return std::make_unique<CpuEncoder>(kernels_, dots_, packer_, pool_);
  }

 private:
  /// Null where there is no packed form of it, or no memory for one: it is then used as it lies, in exact numerics.
  const PackedWeight* pack(const ops::Weight& weight) {
    const auto layout = packed_layout(weight.type);
    if (dots_ == nullptr || !layout || weight.by_rows || weight.rows < 2) return nullptr;
    const bool copies = when_ != PackWhen::kNever;
    PackedWeight& packed = packed_.emplace_back(weight, *layout);
    if (copies && memory_.bytes() + packed.bytes() <= most_packed()) packed.room = memory_.take(packed.bytes());
    if (copies && packed.room == nullptr) {
      packed_.pop_back();
      return nullptr;
    }
    if (weight.mapped) replaced_ += packed.source_of(0, packed.all_panels()).size();
    if (when_ == PackWhen::kBehind) packer_.add(packed);
    if (when_ == PackWhen::kAtOnce) {
      packed.claim();
      pool_.run(packed.all_panels(),
                [&](uint32_t index, uint32_t) { packed.pack(index, packed.room + index * packed.panel_bytes); });
      packed.filled();
    }
    return &packed;
  }

  const Kernels& kernels_;
  const DotKernels* dots_;
  PackWhen when_;
  ThreadPool pool_;
  PackedMemory memory_;
  uint64_t replaced_ = 0;            // bytes of mapped weights that have copies
  std::deque<PackedWeight> packed_;  // weights point into it
  Packer packer_;                    // last: it ends before what it fills
};

}  // namespace

std::unique_ptr<ops::Device> open_cpu(int threads, ops::Numerics numerics) {
  return open_cpu(threads, best_kernels(), numerics == ops::Numerics::kFast ? best_dots() : nullptr, PackWhen::kBehind);
}

std::unique_ptr<ops::Device> open_cpu(int threads, const Kernels& kernels, const DotKernels* dots, PackWhen when) {
  constexpr int kMost = 256;
  const uint32_t count = threads > 0 ? static_cast<uint32_t>(std::min(threads, kMost)) : usable_cores();
  return std::make_unique<CpuDevice>(count, kernels, dots, when);
}

}  // namespace hearth::cpu
