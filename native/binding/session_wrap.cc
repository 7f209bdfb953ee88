// native/binding/session_wrap.cc: see session_wrap.h. Copies arguments into plain values and wakes the session's
// thread.
#include "binding/session_wrap.h"

#include <cstring>
#include <new>
#include <utility>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/errors.h"
#include "binding/snapshot_file.h"
#include "binding/token_pump.h"

namespace hearth::binding {
namespace {

/// Runs `work` and turns what it throws into an error value: nothing may leave the session's thread as an exception.
template <typename Function>
Outcome guarded(Function work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kOutOfMemory, "The computer ran out of memory during the computation."};
  } catch (const std::exception& problem) {
    return Error{ErrorCode::kBackend, std::string("The computation failed: ") + problem.what() + "."};
  }
}

Outcome run_generate(Session& session, const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                     const GenerateOptions& options, TokenPump& pump) {
  session.set_progress([&](uint32_t done, uint32_t total) { pump.progress(done, total); });
  auto report = session.generate(prompt, options, [&](TokenId token, TokenSource source) {
    pump.push(token, source, tokenizer.piece(token, /*show_special=*/false));
  });
  session.set_progress(nullptr);
  if (report.ok()) return std::move(report).value();
  return report.error();
}

Outcome run_logits(Session& session, const std::vector<TokenId>& tokens, uint32_t vocabulary) {
  std::vector<float> rows(size_t{vocabulary} * tokens.size());
  const Status status = session.logits_of(tokens, [&](uint32_t position, std::span<const float> row) {
    std::memcpy(rows.data() + size_t{position} * vocabulary, row.data(), row.size_bytes());
  });
  if (!status.ok()) return status.error();
  return rows;
}

}  // namespace

Napi::Function SessionWrap::define(Napi::Env env) {
  return DefineClass(env, "NativeSession",
                     {
                         InstanceAccessor<&SessionWrap::context>("context", napi_enumerable),
                         InstanceMethod<&SessionWrap::memory_bytes>("memoryBytes"),
                         InstanceMethod<&SessionWrap::generate>("generate"),
                         InstanceMethod<&SessionWrap::logits>("logits"),
                         InstanceMethod<&SessionWrap::save>("save"),
                         InstanceMethod<&SessionWrap::restore>("restore"),
                         InstanceMethod<&SessionWrap::cancel>("cancel"),
                         InstanceMethod<&SessionWrap::close>("close"),
                     });
}

SessionWrap::SessionWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SessionWrap>(info) {
  Environment& environment = Environment::of(info.Env());
  model_ = std::exchange(environment.next_model, nullptr);
  worker_ = std::exchange(environment.next_worker, nullptr);
  if (!worker_) {
    throw_type_error(info.Env(), "A session cannot be made with `new`; call model.createSession().");
    return;
  }
  vocabulary_ = model_->tokenizer().size();
}

SessionWrap::~SessionWrap() {
  if (worker_) worker_->close();
}

Napi::Value SessionWrap::context(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), worker_->context());
}

Napi::Value SessionWrap::memory_bytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(worker_->memory_bytes()));
}

Napi::Value SessionWrap::refusal(Napi::Env env, const char* where) const {
  if (worker_->closed()) {
    return rejected(env, kClosedCode, std::string(where) + " was called on a closed session; create another one.");
  }
  if (busy_) {
    return rejected(env, code_name(ErrorCode::kInvalidArgument),
                    std::string(where) +
                        " was called while this session still works; await its promise or create a second session.");
  }
  return Napi::Value();
}

Napi::Value SessionWrap::generate(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto prompt = tokens_argument(info, 0, "generate()", vocabulary_);
  if (!prompt) return Napi::Value();
  const auto options = generate_options(info, 1);
  if (!options) return Napi::Value();
  if (!info[2].IsFunction()) {
    throw_type_error(env, "generate() expected onPiece as a function (tokens, text), found " + describe(info[2]) + ".");
    return Napi::Value();
  }
  if (!info[3].IsFunction() && !info[3].IsUndefined()) {
    throw_type_error(env, "generate() expected onProgress as a function (done, total) or undefined, found " +
                              describe(info[3]) + ".");
    return Napi::Value();
  }
  if (const Napi::Value refused = refusal(env, "generate()"); !refused.IsEmpty()) return refused;

  napi_value promise = nullptr;
  TokenPump* pump = TokenPump::create(
      env, info.This().As<Napi::Object>(), info[2].As<Napi::Function>(),
      info[3].IsFunction() ? info[3].As<Napi::Function>() : Napi::Function(), worker_, [this] { busy_ = false; },
      promise);
  if (pump == nullptr) return Napi::Value();
  busy_ = true;
  worker_->start([pump, model = model_, prompt = std::move(*prompt), options = *options](Session& session) {
    pump->finish(guarded([&] { return run_generate(session, model->tokenizer(), prompt, options, *pump); }));
  });
  return Napi::Value(env, promise);
}

Napi::Value SessionWrap::logits(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto tokens = tokens_argument(info, 0, "logits()", vocabulary_);
  if (!tokens) return Napi::Value();
  if (const Napi::Value refused = refusal(env, "logits()"); !refused.IsEmpty()) return refused;

  napi_value promise = nullptr;
  TokenPump* pump = TokenPump::create(
      env, info.This().As<Napi::Object>(), Napi::Function(), Napi::Function(), worker_, [this] { busy_ = false; },
      promise);
  if (pump == nullptr) return Napi::Value();
  busy_ = true;
  worker_->start([pump, tokens = std::move(*tokens), vocabulary = vocabulary_](Session& session) {
    pump->finish(guarded([&] { return run_logits(session, tokens, vocabulary); }));
  });
  return Napi::Value(env, promise);
}

Napi::Value SessionWrap::with_file(const Napi::CallbackInfo& info, const char* where,
                                   Result<double> (*work)(Session&, const std::string&, const std::string&)) {
  const Napi::Env env = info.Env();
  for (size_t i = 0; i < 2; ++i) {
    if (info[i].IsString() && info[i].As<Napi::String>().Utf8Value().find('\0') == std::string::npos) continue;
    throw_type_error(env, std::string(where) + " expected " +
                              (i == 0 ? "the path of a file" : "the name of this build") + " as a string, found " +
                              describe(info[i]) + ".");
    return Napi::Value();
  }
  if (const Napi::Value refused = refusal(env, where); !refused.IsEmpty()) return refused;
  napi_value promise = nullptr;
  TokenPump* pump = TokenPump::create(
      env, info.This().As<Napi::Object>(), Napi::Function(), Napi::Function(), worker_, [this] { busy_ = false; },
      promise);
  if (pump == nullptr) return Napi::Value();
  busy_ = true;
  worker_->start([pump, work, path = info[0].As<Napi::String>().Utf8Value(),
                  build = info[1].As<Napi::String>().Utf8Value()](Session& session) {
    pump->finish(guarded([&]() -> Outcome {
      const auto number = work(session, path, build);
      if (!number.ok()) return number.error();
      return number.value();
    }));
  });
  return Napi::Value(env, promise);
}

Napi::Value SessionWrap::save(const Napi::CallbackInfo& info) { return with_file(info, "save()", save_snapshot); }

Napi::Value SessionWrap::restore(const Napi::CallbackInfo& info) {
  return with_file(info, "restore()", restore_snapshot);
}

void SessionWrap::cancel(const Napi::CallbackInfo&) { worker_->cancel(); }

void SessionWrap::close(const Napi::CallbackInfo&) {
  worker_->close();
  model_.reset();
}

}  // namespace hearth::binding
