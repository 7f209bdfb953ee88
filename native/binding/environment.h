// native/binding/environment.h: what belongs to one JavaScript environment (the main thread or a worker thread).
// Nothing in the addon is global, so that it can be loaded in several threads at once.
#pragma once
#include <napi.h>

#include <memory>

#include "binding/session_worker.h"
#include "core/model.h"

namespace hearth::binding {

struct Environment {
  Napi::FunctionReference model_class;
  Napi::FunctionReference session_class;
  Napi::FunctionReference history_class;
  /// What the next constructor call wraps. Empty when JavaScript calls `new` by itself, which is refused.
  std::shared_ptr<const Model> next_model;
  std::shared_ptr<SessionWorker> next_worker;

  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }
};

}  // namespace hearth::binding
