// native/binding/history_wrap.h: earlier answers as a JavaScript object (`NativeHistory` in engine/inference/addon.ts).
#pragma once
#include <napi.h>

#include <memory>

#include "core/speculation/history_index.h"

namespace hearth::binding {

class HistoryWrap : public Napi::ObjectWrap<HistoryWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit HistoryWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value key(const Napi::CallbackInfo& info);
  Napi::Value tokens(const Napi::CallbackInfo& info);
  Napi::Value messages(const Napi::CallbackInfo& info);
  Napi::Value has(const Napi::CallbackInfo& info);
  void add(const Napi::CallbackInfo& info);
  Napi::Value forget(const Napi::CallbackInfo& info);
  Napi::Value retain(const Napi::CallbackInfo& info);
  void clear(const Napi::CallbackInfo& info);
  Napi::Value save(const Napi::CallbackInfo& info);
  void restore(const Napi::CallbackInfo& info);

  std::shared_ptr<HistoryIndex> index_;
  uint32_t vocabulary_ = 0;
};

}  // namespace hearth::binding
