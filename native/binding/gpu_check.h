// native/binding/gpu_check.h: `checkGpu(folder, key)`: whether this machine's GPU gives the CPU's numbers.
#pragma once
#include <napi.h>

namespace hearth::binding {

/// A promise of the report as JSON text (core/self_check.h). Runs on a thread of the pool, for seconds. `folder` keeps
/// notes of steps that did not come back; empty: none are kept. They hold for `key`, a text that names program, system
/// and machine; without one, for this version and system. Throws a TypeError for other arguments.
Napi::Value check_gpu(const Napi::CallbackInfo& info);

}  // namespace hearth::binding
