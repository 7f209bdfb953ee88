// native/binding/token_pump.h: carries what one call produces from the session's thread into JavaScript.
//
// The only batching place on a token's way: the first piece crosses at once, then what gathered crosses about once a
// frame. At most one delivery waits at a time, so a busy JavaScript thread gets fewer, larger pieces and no queue
// grows. The promise settles in the last delivery, after the last piece.
//
// Lifetime: owned by its threadsafe function, and deleted by that function's finalizer on the JavaScript thread. The
// session's thread must not touch the pump after `finish`.
#pragma once
#include <napi.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "binding/session_worker.h"
#include "core/session.h"

namespace hearth::binding {

/// What a call ends with. Logits are [positions][vocabulary]; a number is whatever the call counts.
using Outcome = std::variant<GenerateReport, std::vector<float>, double, Error>;

class TokenPump {
 public:
  /// On the JavaScript thread. `owner`: the session object, kept from garbage collection until the promise settles.
  /// `on_piece` and `on_progress` may be empty. `on_settled` runs on the JavaScript thread right before the promise
  /// settles. Null when Node-API refused; an exception may then be pending.
  static TokenPump* create(Napi::Env env, Napi::Object owner, Napi::Function on_piece, Napi::Function on_progress,
                           std::shared_ptr<SessionWorker> worker, std::function<void()> on_settled,
                           napi_value& promise);

  /// On the session's thread: one new token, where it came from, and its bytes.
  void push(TokenId token, TokenSource source, std::string_view bytes);
  /// On the session's thread: how much of the prompt has been read.
  void progress(uint32_t done, uint32_t total);
  /// On the session's thread, once, as the last thing done with this pump.
  void finish(Outcome outcome);

 private:
  TokenPump() = default;
  ~TokenPump() = default;

  void schedule();               // with mutex_ held
  void schedule_once_a_frame();  // with mutex_ held
  void deliver(Napi::Env env);
  void call_on_piece(Napi::Env env, const std::vector<TokenId>& tokens, const std::string& text,
                     const std::vector<uint8_t>& sources);
  void call_on_progress(Napi::Env env, uint32_t done, uint32_t total);
  /// Calls a function of the caller's. What it throws ends the call.
  void call(Napi::Env env, napi_ref function, const char* name, std::span<const napi_value> arguments);
  void settle(Napi::Env env, const Outcome& outcome);

  static void call_js(napi_env env, napi_value function, void* context, void* data);
  static void finalize(napi_env env, void* data, void* hint);
  static void close_at_exit(void* data);

  // JavaScript thread only
  napi_deferred deferred_ = nullptr;
  napi_ref owner_ = nullptr;
  napi_ref on_piece_ = nullptr;
  napi_ref on_progress_ = nullptr;
  napi_ref thrown_ = nullptr;  // what one of them threw; the promise rejects with it
  std::shared_ptr<SessionWorker> worker_;
  std::function<void()> on_settled_;

  napi_threadsafe_function function_ = nullptr;

  std::mutex mutex_;
  std::vector<TokenId> tokens_;
  std::vector<uint8_t> sources_;  // one a token
  std::string text_;
  std::optional<std::pair<uint32_t, uint32_t>> progress_;
  std::optional<Outcome> outcome_;
  bool scheduled_ = false;

  // session's thread only
  Utf8Stream utf8_;
  std::optional<std::chrono::steady_clock::time_point> last_scheduled_;
};

}  // namespace hearth::binding
