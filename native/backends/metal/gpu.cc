// native/backends/metal/gpu.cc: see gpu.h.
#include "backends/metal/gpu.h"

#include <cstring>

#include "backends/metal/messages.h"

namespace hearth::metal {
namespace {

constexpr double kUsableShare = 0.85;                     // of the recommended working set; the rest is for the screen
constexpr uint64_t kLanguageVersion = uint64_t{3} << 16;  // Metal 3.0, macOS 13

GpuFacts facts_of(Id device) {
  GpuFacts facts;
  facts.name = from_string(message::name(device));
  constexpr int64_t kApple1 = 1001;
  for (uint32_t family = 7; family <= 10; ++family) {
    if (message::supports_family(device, kApple1 + family - 1)) facts.family = family;
  }
  facts.working_set = message::recommended_working_set(device);
  facts.largest_buffer = message::max_buffer_length(device);
  return facts;
}

std::string megabytes(uint64_t bytes) { return std::to_string(bytes / 1000000) + " MB"; }

}  // namespace

MetalBuffer::MetalBuffer(Gpu& gpu, Owned object, size_t bytes)
    : gpu_(gpu),
      object_(std::move(object)),
      host_(static_cast<std::byte*>(message::contents(object_.get()))),
      bytes_(bytes) {}
MetalBuffer::~MetalBuffer() { gpu_.give_back(bytes_); }

Result<std::unique_ptr<Gpu>> Gpu::open() {
  if (Status status = load_runtime(); !status.ok()) return status.error();
  const Pool pool;
  std::unique_ptr<Gpu> gpu(new Gpu);
  gpu->device_ = Owned(runtime().default_device());
  if (!gpu->device_) return Error{ErrorCode::kBackend, "Metal finds no GPU here; choose \"cpu\" or \"auto\"."};
  gpu->facts_ = facts_of(gpu->device_.get());
  if (gpu->facts_.family == 0) {
    return Error{ErrorCode::kBackend, "The GPU \"" + gpu->facts_.name +
                                          "\" is not one of Apple silicon (M1 or later); choose \"cpu\" or \"auto\"."};
  }
  gpu->queue_ = Owned(message::new_queue(gpu->device_.get()));
  if (!gpu->queue_)
    return Error{ErrorCode::kBackend, "The GPU gives no command queue; restart the machine or choose \"cpu\"."};
  if (Status status = gpu->compile(); !status.ok()) return status.error();
  return gpu;
}

Gpu::~Gpu() = default;

Status Gpu::compile() {
  Owned options(message::init(message::alloc(runtime().get_class("MTLCompileOptions"))));
  // Fast math may reorder sums and forgets NaN and infinity; kernels say where they want a fused step.
  message::set_fast_math(options.get(), false);
  message::set_language_version(options.get(), kLanguageVersion);
  for (const KernelSource& source : kernel_sources()) {
    Id error = nullptr;
    Owned library(message::new_library(device_.get(), to_string(source.text), options.get(), &error));
    if (!library) {
      return Error{ErrorCode::kBackend, "The GPU kernels \"" + std::string(source.family) +
                                            "\" were expected to compile on this system, but did not: " +
                                            description_of(error, "no reason given")};
    }
    libraries_.emplace(source.family, std::move(library));
  }
  return Ok{};
}

Status Gpu::reserve(size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto most = static_cast<uint64_t>(static_cast<double>(facts_.working_set) * kUsableShare);
  if (bytes > facts_.largest_buffer) {
    return Error{ErrorCode::kOutOfMemory, megabytes(bytes) + " were asked for in one piece; this GPU gives at most " +
                                              megabytes(facts_.largest_buffer) +
                                              "; choose a smaller context or a smaller model"};
  }
  if (bytes_in_use_ + bytes > most) {
    return Error{ErrorCode::kOutOfMemory,
                 megabytes(bytes) + " more were asked for beside " + megabytes(bytes_in_use_) +
                     " in use; this GPU can take " + megabytes(most) +
                     " without making the machine slow; choose a smaller model, a smaller context, or \"cpu\""};
  }
  bytes_in_use_ += bytes;
  return Ok{};
}

void Gpu::give_back(size_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_in_use_ -= bytes;
}

uint64_t Gpu::bytes_in_use() const {
  const std::lock_guard lock(mutex_);
  return bytes_in_use_;
}

Result<std::unique_ptr<MetalBuffer>> Gpu::allocate(size_t bytes) {
  const size_t length = bytes > 0 ? bytes : 4;  // Metal has no empty buffer
  if (Status status = reserve(length); !status.ok()) return status.error();
  Owned object(message::new_buffer(device_.get(), length, kTracked));
  if (!object) {
    give_back(length);
    return Error{ErrorCode::kOutOfMemory, megabytes(length) +
                                              " of GPU memory were asked for and the system has not that much free; "
                                              "close other programs or choose a smaller context"};
  }
  return std::make_unique<MetalBuffer>(*this, std::move(object), length);  // Metal gives zeroed pages
}

Result<Owned> Gpu::wrap(void* pages, size_t bytes) {
  if (Status status = reserve(bytes); !status.ok()) return status.error();
  Owned object(message::new_buffer_no_copy(device_.get(), pages, bytes, kUntracked, nullptr));
  if (!object) {
    give_back(bytes);
    return Error{ErrorCode::kBackend,
                 "the GPU cannot see " + megabytes(bytes) + " of the model file where they lie; choose \"cpu\""};
  }
  return object;
}

void Gpu::make_resident(std::span<const Owned> buffers) {
  if (!message::responds(device_.get(), message::new_residency_set.selector())) return;  // before macOS 15
  const Pool pool;
  if (!residency_) {
    Owned descriptor(message::init(message::alloc(runtime().get_class("MTLResidencySetDescriptor"))));
    Id error = nullptr;
    residency_ = Owned(message::new_residency_set(device_.get(), descriptor.get(), &error));
    if (!residency_) return;  // only speed is lost
    message::add_residency_set(queue_.get(), residency_.get());
  }
  for (const Owned& buffer : buffers) message::add_allocation(residency_.get(), buffer.get());
  message::commit(residency_.get());
  message::request_residency(residency_.get());
}

Id Gpu::pipeline(std::string_view kernel, std::span<const Constant> constants) {
  const std::lock_guard lock(mutex_);
  auto key = std::pair(std::string(kernel), std::vector<Constant>(constants.begin(), constants.end()));
  if (const auto found = pipelines_.find(key); found != pipelines_.end()) return found->second.get();
  const Pool pool;
  Owned values(message::init(message::alloc(runtime().get_class("MTLFunctionConstantValues"))));
  for (const Constant& constant : constants) {
    const bool truth = constant.value != 0;
    const void* value = constant.is_bool ? static_cast<const void*>(&truth) : &constant.value;
    message::set_constant(values.get(), value, constant.is_bool ? kTypeBool : kTypeUint, constant.index);
  }
  Id error = nullptr;
  Owned function;
  for (const auto& [family, library] : libraries_) {
    function = Owned(message::new_function(library.get(), to_string(key.first), values.get(), &error));
    if (function) break;
  }
  Owned made;
  if (function) made = Owned(message::new_pipeline(device_.get(), function.get(), &error));
  if (!made) {
    pipeline_error_ =
        "the GPU kernel \"" + key.first + "\" cannot be made: " + description_of(error, "no reason given");
    return nullptr;
  }
  return pipelines_.emplace(std::move(key), std::move(made)).first->second.get();
}

std::string Gpu::pipeline_error() const {
  const std::lock_guard lock(mutex_);
  return pipeline_error_;
}

void Gpu::lose(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (lost_.empty()) lost_ = why;
}

Status Gpu::usable() const {
  const std::lock_guard lock(mutex_);
  if (lost_.empty()) return Ok{};
  return Error{ErrorCode::kBackend, lost_};
}

}  // namespace hearth::metal
