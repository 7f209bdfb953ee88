// native/backends/metal/commands.cc: see commands.h.
#include "backends/metal/commands.h"

#include <algorithm>

namespace hearth::metal {
namespace {

constexpr double kSeconds = 0.04;  // of one command buffer; a wrong guess by two is still below 80 ms
constexpr size_t kInFlight = 2;    // one runs while the next is recorded

}  // namespace

Commands::~Commands() {
  if (encoder_) message::end_encoding(encoder_.get());  // never committed: what it would have done is not asked for
  encoder_ = Owned();
  while (!submitted_.empty()) wait_for_oldest();
}

void Commands::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

bool Commands::begin() {
  if (encoder_) return true;
  if (Status status = gpu_.usable(); !status.ok()) {
    fail(status.error());
    return false;
  }
  const Pool pool;
  buffer_ = Owned::retain(message::command_buffer(gpu_.queue()));
  if (buffer_) encoder_ = Owned::retain(message::compute_encoder(buffer_.get(), kConcurrent));
  if (encoder_) {
    ++counts_.buffers;
    return true;
  }
  buffer_ = Owned();
  fail({ErrorCode::kBackend, "the GPU takes no more commands; close other programs or choose \"cpu\""});
  return false;
}

bool Commands::must_wait(std::span<const Binding> bindings) const {
  return std::ranges::any_of(bindings, [&](const Binding& binding) {
    return std::ranges::any_of(touched_, [&](const Touched& touched) {
      return touched.object == binding.object && (touched.written || binding.writes) && binding.begin < touched.end &&
             touched.begin < binding.end;
    });
  });
}

void Commands::add(const Work& work) {
  if (error_ || !begin()) return;
  const Id pipeline = gpu_.pipeline(work.kernel, work.constants);
  if (pipeline == nullptr) return fail({ErrorCode::kBackend, gpu_.pipeline_error()});
  if (must_wait(work.bindings)) {
    message::memory_barrier(encoder_.get(), kScopeBuffers);
    touched_.clear();
    ++counts_.barriers;
  }
  message::set_pipeline(encoder_.get(), pipeline);
  uint64_t index = 0;
  for (const Binding& binding : work.bindings) {
    message::set_buffer(encoder_.get(), binding.object, binding.offset, index++);
    if (binding.begin < binding.end) touched_.push_back({binding.object, binding.begin, binding.end, binding.writes});
  }
  if (work.argument_bytes > 0) message::set_bytes(encoder_.get(), work.arguments, work.argument_bytes, index);
  message::dispatch(encoder_.get(), work.groups, work.threads);
  ++counts_.dispatches;
  counts_.bytes += work.bytes;
  bytes_ += work.bytes;
  if (static_cast<double>(bytes_) > kSeconds * bytes_per_second_) submit();
}

void Commands::submit() {
  if (!encoder_) return;
  message::end_encoding(encoder_.get());
  message::commit(buffer_.get());
  encoder_ = Owned();
  submitted_.push_back({std::move(buffer_), bytes_});
  bytes_ = 0;
  touched_.clear();
  while (submitted_.size() > kInFlight) wait_for_oldest();
}

void Commands::wait_for_oldest() {
  const Submitted oldest = std::move(submitted_.front());
  submitted_.pop_front();
  const Id buffer = oldest.buffer.get();
  message::wait_until_completed(buffer);
  if (message::status(buffer) != kCompleted) {
    const Pool pool;
    const std::string why = description_of(message::error(buffer), "no reason given");
    // Nothing the GPU holds can be believed after a fault, so nobody goes on with this device.
    gpu_.lose("The GPU stopped working: " + why + ". Load the model again, or choose \"cpu\".");
    return fail(gpu_.usable().error());
  }
  const double seconds = message::gpu_end(buffer) - message::gpu_start(buffer);
  constexpr uint64_t kWorthMeasuring = 1000000;
  if (seconds > 0 && oldest.bytes > kWorthMeasuring)
    bytes_per_second_ = 0.5 * bytes_per_second_ + 0.5 * static_cast<double>(oldest.bytes) / seconds;
}

Status Commands::finish() {
  submit();
  while (!submitted_.empty()) wait_for_oldest();
  if (!error_) return Ok{};
  Error error = std::move(*error_);
  error_.reset();
  return error;
}

}  // namespace hearth::metal
