// native/core/session_generate.cc: a reply, token by token, over the virtual face of a session.
#include <algorithm>
#include <chrono>

#include "core/session.h"

namespace hearth {
namespace {

class Stopwatch {
 public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<GenerateReport> Session::generate(std::span<const TokenId> prompt, const GenerateOptions& options,
                                         const std::function<void(TokenId)>& on_token) {
  GenerateReport report{};
  Sampler sampler(options.sampling, model().facts().vocabulary);
  const auto common = std::ranges::mismatch(timeline(), prompt).in1 - timeline().begin();
  const Stopwatch prefill;
  const auto synced = sync(prompt);
  report.prefill_ms = prefill.milliseconds();
  if (!synced.ok()) {
    if (synced.error().code != ErrorCode::kCancelled) return synced.error();
    report.stop = StopReason::kCancelled;
    const auto held = static_cast<uint32_t>(timeline().size());
    report.prompt.reused = std::min(static_cast<uint32_t>(common), held);
    report.prompt.computed = held - report.prompt.reused;
    return report;
  }
  report.prompt = synced.value();

  const Stopwatch decode;
  const auto finished = [&](StopReason stop) {
    report.stop = stop;
    report.decode_ms = decode.milliseconds();
    return report;
  };
  while (true) {
    if (report.new_tokens == options.max_tokens) return finished(StopReason::kLength);
    if (cancelled()) return finished(StopReason::kCancelled);
    const TokenId id = sampler.sample(logits(), timeline());
    if (!options.ignore_end && model().tokenizer().ends_generation(id)) return finished(StopReason::kEnd);
    on_token(id);
    ++report.new_tokens;
    if (report.new_tokens == options.max_tokens) return finished(StopReason::kLength);
    if (timeline().size() == context()) return finished(StopReason::kContext);
    if (Status status = step(id); !status.ok()) return status.error();
  }
}

}  // namespace hearth
