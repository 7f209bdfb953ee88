// native/backends/cpu/cpu_device.cc: memory, weights (used where they lie), and encoders that share one thread pool.
#include "backends/cpu/cpu_device.h"

#include <algorithm>
#include <cstdlib>

#include "backends/cpu/cpu_encoder.h"
#include "backends/cpu/kernels.h"
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
  CpuDevice(uint32_t threads, const Kernels& kernels) : kernels_(kernels), pool_(threads) {}

  std::string name() const override {
    const uint32_t threads = pool_.threads();
    return "cpu (" + std::string(kernels_.name) + ", " + std::to_string(threads) +
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
    return weight;
  }

  uint64_t prepared_bytes() const override { return 0; }
  std::unique_ptr<ops::Encoder> encoder() override { return std::make_unique<CpuEncoder>(kernels_, pool_); }

 private:
  const Kernels& kernels_;
  ThreadPool pool_;
};

}  // namespace

std::unique_ptr<ops::Device> open_cpu(int threads) { return open_cpu(threads, best_kernels()); }

std::unique_ptr<ops::Device> open_cpu(int threads, const Kernels& kernels) {
  constexpr int kMost = 256;
  const uint32_t count = threads > 0 ? static_cast<uint32_t>(std::min(threads, kMost)) : usable_cores();
  return std::make_unique<CpuDevice>(count, kernels);
}

}  // namespace hearth::cpu
