// native/binding/describe.h: `describe(path, context)`: what a model file is and needs, without loading it.
#pragma once
#include <napi.h>

namespace hearth::binding {

/// Synchronous: it reads the file's directory only. Throws `NativeError`.
Napi::Value describe_file(const Napi::CallbackInfo& info);

}  // namespace hearth::binding
