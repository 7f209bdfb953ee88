// native/binding/addon.cc: the module that Node loads: `version`, `machine`, `loadModel`, `describe` and
// `checkGpu`.
#include <napi.h>

#include "binding/describe.h"
#include "binding/environment.h"
#include "binding/gpu_check.h"
#include "binding/history_wrap.h"
#include "binding/machine.h"
#include "binding/model_wrap.h"
#include "binding/session_wrap.h"

namespace hearth::binding {
namespace {

Napi::Object machine_object(Napi::Env env) {
  const Machine machine = describe_machine();
  Napi::Object object = Napi::Object::New(env);
  object.Set("backend", machine.backend);
  object.Set("simd", machine.simd);
  object.Set("threads", machine.threads);
  object.Freeze();
  return object;
}

napi_value initialize(napi_env raw, napi_value raw_exports) {
  const Napi::Env env(raw);
  Napi::Object exports(raw, raw_exports);
  auto* environment = new Environment;
  env.SetInstanceData(environment);  // deleted with the environment
  environment->model_class = Napi::Persistent(ModelWrap::define(env));
  environment->session_class = Napi::Persistent(SessionWrap::define(env));
  environment->history_class = Napi::Persistent(HistoryWrap::define(env));
  exports.Set("version", HEARTH_VERSION);
  exports.Set("machine", machine_object(env));
  exports.Set("loadModel", Napi::Function::New<ModelWrap::load>(env, "loadModel"));
  exports.Set("describe", Napi::Function::New<describe_file>(env, "describe"));
  exports.Set("checkGpu", Napi::Function::New<check_gpu>(env, "checkGpu"));
  return exports;
}

}  // namespace
}  // namespace hearth::binding

NAPI_MODULE_INIT() { return hearth::binding::initialize(env, exports); }
