// native/backends/metal/metal_device.cc: weights stay where they lie in the file's mapping; the GPU is shown the pages.
#include "backends/metal/metal_device.h"

#include <unistd.h>

#include <cstring>
#include <deque>

#include "backends/metal/fusing_encoder.h"

namespace hearth::metal {
namespace {

constexpr uintptr_t kOffsetAlignment = 4;  // of a buffer's offset where it is bound

/// Pages of the mapping that the GPU sees as one buffer.
struct Window {
  uintptr_t begin, end;
  Id object;
};

class MetalDevice final : public ops::Device {
 public:
  explicit MetalDevice(std::unique_ptr<Gpu> gpu) : gpu_(std::move(gpu)) {}

  std::string name() const override { return "metal (" + gpu_->facts().name + ")"; }

  Result<std::unique_ptr<ops::Buffer>> allocate(size_t bytes) override {
    auto buffer = gpu_->allocate(bytes);
    if (!buffer.ok()) return buffer.error();
    return std::unique_ptr<ops::Buffer>(std::move(buffer).value());
  }

  Result<ops::Weight> prepare(ops::Weight weight) override {
    const TypeTraits* traits = traits_of(weight.type);
    if (traits == nullptr) {
      return Error{ErrorCode::kModelInvalid, "a weight is stored as " + type_name(static_cast<uint32_t>(weight.type)) +
                                                 ", which the GPU cannot read; use a file with another quantisation"};
    }
    if (weight.cols % traits->block_elements != 0) {
      return Error{ErrorCode::kModelInvalid, "a weight in " + std::string(traits->name) +
                                                 " must have rows of a multiple of " +
                                                 std::to_string(traits->block_elements) + " values, but has " +
                                                 std::to_string(weight.cols) + "; the model file is damaged"};
    }
    const uint64_t bytes =
        uint64_t{weight.cols} / traits->block_elements * traits->block_bytes * weight.rows * weight.count;
    const bool aligned = reinterpret_cast<uintptr_t>(weight.data) % kOffsetAlignment == 0;
    auto placed = aligned ? place(weight.data, bytes) : copy(weight.data, bytes);
    if (!placed.ok()) return placed.error();
    weight.prepared = &weights_.emplace_back(std::move(placed).value());
    if (weight.rows == 1 && weight.count == 1 && weight.type != TensorType::kF32) return as_floats(weight);
    return weight;
  }

  uint64_t prepared_bytes() const override { return own_bytes_; }

  std::unique_ptr<ops::Encoder> encoder() override {
    gpu_->make_resident(std::span(wrapped_).subspan(resident_));
    resident_ = wrapped_.size();
    return std::make_unique<FusingEncoder>(*gpu_);
  }

 private:
  Result<PlacedWeight> place(const std::byte* data, uint64_t bytes) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto first = reinterpret_cast<uintptr_t>(data);
    const uintptr_t begin = first / page * page, end = (first + bytes + page - 1) / page * page;
    for (const Window& window : windows_) {
      if (window.begin <= begin && end <= window.end) return PlacedWeight{window.object, first - window.begin};
    }
    auto object = gpu_->wrap(reinterpret_cast<void*>(begin), end - begin);
    if (!object.ok()) return object.error();
    wrapped_.push_back(std::move(object).value());
    windows_.push_back({begin, end, wrapped_.back().get()});
    return PlacedWeight{windows_.back().object, first - begin};
  }

  /// A weight at an address that cannot be bound: files align their tensors, other sources may not.
  Result<PlacedWeight> copy(const std::byte* data, uint64_t bytes) {
    auto buffer = gpu_->allocate(bytes);
    if (!buffer.ok()) return buffer.error();
    std::memcpy(buffer.value()->host(), data, bytes);
    own_bytes_ += bytes;
    own_.push_back(std::move(buffer).value());
    return PlacedWeight{own_.back()->object(), 0};
  }

  /// A vector in another format, decoded once, so that kernels that scale by it need to know floats only.
  Result<ops::Weight> as_floats(const ops::Weight& weight) {
    auto buffer = gpu_->allocate(size_t{weight.cols} * sizeof(float));
    if (!buffer.ok()) return buffer.error();
    MetalEncoder encoder(*gpu_);
    const int32_t only = 0;
    encoder.embed({buffer.value().get(), 0, 1, weight.cols, weight.cols}, weight, std::span(&only, 1), 1.0f);
    if (Status status = encoder.finish(); !status.ok()) return status.error();
    own_bytes_ += buffer.value()->bytes();
    ops::Weight floats = weight;
    floats.type = TensorType::kF32;
    floats.prepared = &weights_.emplace_back(PlacedWeight{buffer.value()->object(), 0});
    floats.data = buffer.value()->host();
    own_.push_back(std::move(buffer).value());
    return floats;
  }

  std::unique_ptr<Gpu> gpu_;  // outlives everything below
  std::vector<Window> windows_;
  std::vector<Owned> wrapped_;
  size_t resident_ = 0;
  std::deque<PlacedWeight> weights_;               // whose addresses stay
  std::vector<std::unique_ptr<MetalBuffer>> own_;  // weights that do not lie in the mapping
  uint64_t own_bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<ops::Device>> open_metal() {
  auto gpu = Gpu::open();
  if (!gpu.ok()) return gpu.error();
  return std::unique_ptr<ops::Device>(std::make_unique<MetalDevice>(std::move(gpu).value()));
}

}  // namespace hearth::metal
