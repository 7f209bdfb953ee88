// native/binding/session_wrap.h: a session as a JavaScript object (`NativeSession` in engine/inference/addon.ts).
#pragma once
#include <napi.h>

#include <memory>

#include "binding/session_worker.h"
#include "core/model.h"

namespace hearth::binding {

class SessionWrap : public Napi::ObjectWrap<SessionWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit SessionWrap(const Napi::CallbackInfo& info);
  ~SessionWrap() override;  // a session that was forgotten closes when it is collected

 private:
  Napi::Value context(const Napi::CallbackInfo& info);
  Napi::Value memory_bytes(const Napi::CallbackInfo& info);
  Napi::Value generate(const Napi::CallbackInfo& info);
  Napi::Value logits(const Napi::CallbackInfo& info);
  Napi::Value save(const Napi::CallbackInfo& info);
  Napi::Value restore(const Napi::CallbackInfo& info);
  void cancel(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  /// A rejected promise when the session cannot take work now; otherwise empty.
  Napi::Value refusal(Napi::Env env, const char* where) const;

  /// `save(path, build)` and `restore(path, build)`: work on a file that ends with a number.
  Napi::Value with_file(const Napi::CallbackInfo& info, const char* where,
                        Result<double> (*work)(Session&, const std::string&, const std::string&));

  std::shared_ptr<const Model> model_;  // null after `close`
  std::shared_ptr<SessionWorker> worker_;
  uint32_t vocabulary_ = 0;
  bool busy_ = false;  // from the call until its promise settles
};

}  // namespace hearth::binding
