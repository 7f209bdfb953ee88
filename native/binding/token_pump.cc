// native/binding/token_pump.cc: see token_pump.h.
//
// Plain Node-API rather than the C++ wrappers: this code also runs while a worker thread is being terminated, when
// every call may fail, and a failed call must then be nothing and not an abort.
#include "binding/token_pump.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "binding/arguments.h"
#include "binding/errors.h"

namespace hearth::binding {
namespace {

constexpr auto kFrame = std::chrono::milliseconds(16);

void set_number(napi_env env, napi_value object, const char* name, double number) {
  napi_value value = nullptr;
  if (napi_create_double(env, number, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

const char* stop_name(StopReason stop) {
  switch (stop) {
    case StopReason::kEnd:
      return "end";
    case StopReason::kLength:
      return "length";
    case StopReason::kContext:
      return "context";
    case StopReason::kCancelled:
      return "cancelled";
  }
  return "end";
}

/// A typed array over a buffer that JavaScript owns. We never hand out our own memory: Electron forbids it.
template <typename T>
napi_value copied_array(napi_env env, napi_typedarray_type type, const std::vector<T>& values) {
  void* data = nullptr;
  napi_value buffer = nullptr;
  napi_value array = nullptr;
  if (napi_create_arraybuffer(env, values.size() * sizeof(T), &data, &buffer) != napi_ok) return nullptr;
  if (!values.empty()) std::memcpy(data, values.data(), values.size() * sizeof(T));
  if (napi_create_typedarray(env, type, values.size(), buffer, 0, &array) != napi_ok) return nullptr;
  return array;
}

/// { model, lookup, history, constraint }: what is plain was never guessed.
void set_by_source(napi_env env, napi_value object, const char* name,
                   const std::array<uint32_t, kTokenSources>& counts) {
  napi_value numbers = nullptr;
  if (napi_create_object(env, &numbers) != napi_ok) return;
  set_number(env, numbers, "model", counts[static_cast<size_t>(TokenSource::kModel)]);
  set_number(env, numbers, "lookup", counts[static_cast<size_t>(TokenSource::kLookup)]);
  set_number(env, numbers, "history", counts[static_cast<size_t>(TokenSource::kHistory)]);
  set_number(env, numbers, "constraint", counts[static_cast<size_t>(TokenSource::kConstraint)]);
  napi_set_named_property(env, object, name, numbers);
}

napi_value report_object(napi_env env, const GenerateReport& report) {
  napi_value object = nullptr;
  napi_value stop = nullptr;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  if (napi_create_string_utf8(env, stop_name(report.stop), NAPI_AUTO_LENGTH, &stop) != napi_ok) return nullptr;
  napi_set_named_property(env, object, "stop", stop);
  set_number(env, object, "promptTokens", double{1} * report.prompt.reused + report.prompt.computed);
  set_number(env, object, "reusedTokens", report.prompt.reused);
  set_number(env, object, "newTokens", report.new_tokens);
  set_number(env, object, "prefillMs", report.prefill_ms);
  set_number(env, object, "decodeMs", report.decode_ms);
  set_number(env, object, "firstTokenMs", report.first_token_ms);
  set_number(env, object, "passes", report.passes);
  set_by_source(env, object, "drafted", report.drafted);
  set_by_source(env, object, "accepted", report.accepted);
  set_number(env, object, "keysValuesBytes", static_cast<double>(report.keys_values_bytes));
  return object;
}

/// The pending exception, taken; null when there is none (an environment that shuts down reports failures without one).
napi_value take_exception(napi_env env) {
  bool pending = false;
  napi_value exception = nullptr;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return nullptr;
  return napi_get_and_clear_last_exception(env, &exception) == napi_ok ? exception : nullptr;
}

}  // namespace

TokenPump* TokenPump::create(Napi::Env env, Napi::Object owner, Napi::Function on_piece, Napi::Function on_progress,
                             std::shared_ptr<SessionWorker> worker, std::function<void()> on_settled,
                             napi_value& promise) {
  auto* pump = new TokenPump;
  pump->worker_ = std::move(worker);
  pump->on_settled_ = std::move(on_settled);
  napi_value name = nullptr;
  const bool made =
      napi_create_promise(env, &pump->deferred_, &promise) == napi_ok &&
      napi_create_reference(env, owner, 1, &pump->owner_) == napi_ok &&
      (on_piece.IsEmpty() || napi_create_reference(env, on_piece, 1, &pump->on_piece_) == napi_ok) &&
      (on_progress.IsEmpty() || napi_create_reference(env, on_progress, 1, &pump->on_progress_) == napi_ok) &&
      napi_create_string_utf8(env, "hearth session", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, pump, finalize, pump, call_js,
                                      &pump->function_) == napi_ok;
  if (!made) {
    finalize(env, pump, nullptr);
    return nullptr;
  }
  // Cleanup hooks run last in, first out. The threadsafe function has just added its own; ours runs before it and
  // stops the thread, so that nobody calls into a function that is going away.
  napi_add_env_cleanup_hook(env, close_at_exit, pump);
  return pump;
}

void TokenPump::close_at_exit(void* data) { static_cast<TokenPump*>(data)->worker_->close(); }

void TokenPump::finalize(napi_env env, void* data, void*) {
  auto* pump = static_cast<TokenPump*>(data);
  if (env != nullptr) {
    if (pump->function_ != nullptr) napi_remove_env_cleanup_hook(env, close_at_exit, pump);
    for (napi_ref reference : {pump->owner_, pump->on_piece_, pump->on_progress_, pump->thrown_}) {
      if (reference != nullptr) napi_delete_reference(env, reference);
    }
  }
  delete pump;
}

void TokenPump::push(TokenId token, TokenSource source, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  tokens_.push_back(token);
  sources_.push_back(static_cast<uint8_t>(source));
  text_ += utf8_.push(bytes);
  schedule_once_a_frame();
}

void TokenPump::progress(uint32_t done, uint32_t total) {
  if (on_progress_ == nullptr) return;
  const std::lock_guard lock(mutex_);
  progress_ = {done, total};
  if (done < total) schedule_once_a_frame();  // the first token follows and has a frame of its own
}

void TokenPump::schedule_once_a_frame() {
  // What is held back here waits for the next token or the end: never longer than a frame or one decode step.
  const auto now = std::chrono::steady_clock::now();
  if (last_scheduled_ && now - *last_scheduled_ < kFrame) return;
  last_scheduled_ = now;
  schedule();
}

void TokenPump::finish(Outcome outcome) {
  napi_threadsafe_function function = function_;
  {
    const std::lock_guard lock(mutex_);
    text_ += utf8_.finish();
    outcome_ = std::move(outcome);
    schedule();
  }
  napi_release_threadsafe_function(function, napi_tsfn_release);  // from here on `this` may be gone
}

void TokenPump::schedule() {
  if (scheduled_) return;
  scheduled_ = napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking) == napi_ok;
}

void TokenPump::call_js(napi_env env, napi_value, void* context, void*) {
  if (env != nullptr) static_cast<TokenPump*>(context)->deliver(env);  // null: the environment is going away
}

void TokenPump::deliver(Napi::Env env) {
  std::vector<TokenId> tokens;
  std::vector<uint8_t> sources;
  std::string text;
  std::optional<std::pair<uint32_t, uint32_t>> progress;
  std::optional<Outcome> outcome;
  {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    tokens = std::exchange(tokens_, {});
    sources = std::exchange(sources_, {});
    text = std::exchange(text_, {});
    progress = std::exchange(progress_, std::nullopt);
    outcome = std::exchange(outcome_, std::nullopt);
  }
  if (progress) call_on_progress(env, progress->first, progress->second);
  if (!tokens.empty() || !text.empty()) call_on_piece(env, tokens, text, sources);
  if (outcome) settle(env, *outcome);
}

void TokenPump::call_on_piece(Napi::Env env, const std::vector<TokenId>& tokens, const std::string& text,
                              const std::vector<uint8_t>& sources) {
  napi_value arguments[3] = {copied_array(env, napi_int32_array, tokens), nullptr,
                             copied_array(env, napi_uint8_array, sources)};
  napi_create_string_utf8(env, text.data(), text.size(), &arguments[1]);
  call(env, on_piece_, "onPiece", arguments);
}

void TokenPump::call_on_progress(Napi::Env env, uint32_t done, uint32_t total) {
  napi_value arguments[2] = {nullptr, nullptr};
  napi_create_uint32(env, done, &arguments[0]);
  napi_create_uint32(env, total, &arguments[1]);
  call(env, on_progress_, "onProgress", arguments);
}

void TokenPump::call(Napi::Env env, napi_ref function, const char* name, std::span<const napi_value> arguments) {
  if (function == nullptr || thrown_ != nullptr) return;
  napi_value callback = nullptr;
  napi_value receiver = nullptr;
  napi_get_undefined(env, &receiver);
  napi_get_reference_value(env, function, &callback);
  const bool complete = std::find(arguments.begin(), arguments.end(), nullptr) == arguments.end();
  if (complete && callback != nullptr &&
      napi_call_function(env, receiver, callback, arguments.size(), arguments.data(), nullptr) == napi_ok) {
    return;
  }
  worker_->cancel();  // nobody listens any more
  if (napi_value exception = take_exception(env); exception != nullptr) {
    // A thrown value that is no object cannot be referenced under Node-API 9; it becomes an error that names it.
    napi_valuetype type = napi_undefined;
    napi_typeof(env, exception, &type);
    if (type != napi_object && type != napi_function) {
      exception =
          make_error(env, code_name(ErrorCode::kInvalidArgument),
                     std::string(name) + " threw " + describe(Napi::Value(env, exception)) + " instead of an Error.");
    }
    if (exception != nullptr) napi_create_reference(env, exception, 1, &thrown_);
  }
}

void TokenPump::settle(Napi::Env env, const Outcome& outcome) {
  on_settled_();
  napi_value value = nullptr;
  bool rejects = true;
  if (thrown_ != nullptr) {
    napi_get_reference_value(env, thrown_, &value);
  } else if (const auto* error = std::get_if<Error>(&outcome)) {
    value = make_error(env, *error);
  } else if (const auto* report = std::get_if<GenerateReport>(&outcome)) {
    value = report_object(env, *report);
    rejects = false;
  } else if (const auto* number = std::get_if<double>(&outcome)) {
    rejects = napi_create_double(env, *number, &value) != napi_ok;
  } else {
    value = copied_array(env, napi_float32_array, std::get<std::vector<float>>(outcome));
    rejects = value == nullptr;
    if (rejects) value = take_exception(env);  // too large for one array
  }
  if (value == nullptr) return;  // only while the environment shuts down
  if (rejects) {
    napi_reject_deferred(env, deferred_, value);
  } else {
    napi_resolve_deferred(env, deferred_, value);
  }
}

}  // namespace hearth::binding
