// native/binding/errors.h: one coded error at the border. Messages come from the core as they are.
#pragma once
#include <napi.h>

#include <string>

#include "base/status.h"

namespace hearth::binding {

/// The `code` property of a JavaScript error, as engine/inference/addon.ts lists them.
const char* code_name(ErrorCode code);
inline constexpr const char* kClosedCode = "closed";

/// A JavaScript `Error` with a `code`. Empty only while the environment shuts down.
Napi::Value make_error(Napi::Env env, const char* code, const std::string& message);
Napi::Value make_error(Napi::Env env, const Error& error);

/// Throws; the caller returns right after.
void throw_error(Napi::Env env, const char* code, const std::string& message);
void throw_error(Napi::Env env, const Error& error);
/// For a caller's mistake: a `TypeError` whose message says what to pass instead.
void throw_type_error(Napi::Env env, const std::string& message);

/// A promise that is already rejected.
Napi::Value rejected(Napi::Env env, const char* code, const std::string& message);

}  // namespace hearth::binding
