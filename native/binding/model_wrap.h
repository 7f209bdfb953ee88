// native/binding/model_wrap.h: a loaded model as a JavaScript object (`NativeModel` in engine/inference/addon.ts).
#pragma once
#include <napi.h>

#include <memory>

#include "core/model.h"

namespace hearth::binding {

class ModelWrap : public Napi::ObjectWrap<ModelWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit ModelWrap(const Napi::CallbackInfo& info);

  /// `loadModel(path, options?)`: reads the file on a worker thread of Node's pool.
  static Napi::Value load(const Napi::CallbackInfo& info);

 private:
  Napi::Value memory_bytes(const Napi::CallbackInfo& info);
  Napi::Value encode(const Napi::CallbackInfo& info);
  Napi::Value decode(const Napi::CallbackInfo& info);
  Napi::Value create_session(const Napi::CallbackInfo& info);
  Napi::Value history(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  /// False, with an exception pending, after `close`.
  bool is_open(Napi::Env env, const char* where) const;

  std::shared_ptr<const Model> model_;  // null after `close`; sessions hold their own
};

}  // namespace hearth::binding
