// native/binding/gpu_check.cc: see gpu_check.h.
#include "binding/gpu_check.h"

#include <string>

#include "binding/arguments.h"
#include "binding/errors.h"
#include "core/device.h"
#include "core/self_check.h"

namespace hearth::binding {
namespace {

class Check final : public Napi::AsyncWorker {
 public:
  Check(Napi::Env env, std::string folder, std::string key)
      : AsyncWorker(env),
        promise_(Napi::Promise::Deferred::New(env)),
        folder_(std::move(folder)),
        key_(std::move(key)) {}
  Napi::Promise promise() const { return promise_.Promise(); }

 private:
  void Execute() override {
    const auto cpu = open_device("cpu", 0);
    if (!cpu.ok()) return SetError(cpu.error().message);
    const auto open = [] { return open_device("metal", 0); };
    report_ = check_device(open, *cpu.value(), {.key = key_, .folder = folder_}).json();
  }
  void OnOK() override { promise_.Resolve(Napi::String::New(Env(), report_)); }
  void OnError(const Napi::Error& error) override { promise_.Reject(error.Value()); }

  Napi::Promise::Deferred promise_;
  std::string folder_, key_, report_;
};

}  // namespace

Napi::Value check_gpu(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsString()) {
    throw_type_error(env, "checkGpu() expected a folder as a string, found " + describe(info[0]) + ".");
    return Napi::Value();
  }
  if (!info[1].IsUndefined() && !info[1].IsString()) {
    throw_type_error(env, "checkGpu() expected a key as a string, found " + describe(info[1]) + ".");
    return Napi::Value();
  }
  std::string key = info[1].IsString() ? info[1].As<Napi::String>().Utf8Value() : check_key(HEARTH_VERSION);
  auto* check =
      new Check(env, info[0].As<Napi::String>().Utf8Value(), std::move(key));  // deletes itself when it is done
  const Napi::Promise promise = check->promise();
  check->Queue();
  return promise;
}

}  // namespace hearth::binding
