// native/binding/errors.cc: see errors.h. Plain Node-API where it must also work while an environment shuts down.
#include "binding/errors.h"

namespace hearth::binding {
namespace {

using Maker = napi_status (*)(napi_env, napi_value, napi_value, napi_value*);

Napi::Value make(Napi::Env env, Maker maker, const char* code, const std::string& message) {
  napi_value code_value = nullptr;
  napi_value text = nullptr;
  napi_value error = nullptr;
  const bool made = napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &code_value) == napi_ok &&
                    napi_create_string_utf8(env, message.data(), message.size(), &text) == napi_ok &&
                    maker(env, code_value, text, &error) == napi_ok;
  return made ? Napi::Value(env, error) : Napi::Value();
}

}  // namespace

const char* code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kFileMissing:
      return "file-missing";
    case ErrorCode::kModelInvalid:
      return "model-invalid";
    case ErrorCode::kPromptTooLong:
      return "prompt-too-long";
    case ErrorCode::kOutOfMemory:
      return "out-of-memory";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInvalidArgument:
      return "invalid-argument";
    case ErrorCode::kBackend:
      return "backend";
  }
  return "backend";
}

Napi::Value make_error(Napi::Env env, const char* code, const std::string& message) {
  return make(env, napi_create_error, code, message);
}

Napi::Value make_error(Napi::Env env, const Error& error) {
  return make_error(env, code_name(error.code), error.message);
}

void throw_error(Napi::Env env, const char* code, const std::string& message) {
  if (const Napi::Value error = make_error(env, code, message); !error.IsEmpty()) napi_throw(env, error);
}

void throw_error(Napi::Env env, const Error& error) { throw_error(env, code_name(error.code), error.message); }

void throw_type_error(Napi::Env env, const std::string& message) {
  const Napi::Value error = make(env, napi_create_type_error, code_name(ErrorCode::kInvalidArgument), message);
  if (!error.IsEmpty()) napi_throw(env, error);
}

Napi::Value rejected(Napi::Env env, const char* code, const std::string& message) {
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;
  if (napi_create_promise(env, &deferred, &promise) != napi_ok) return Napi::Value();
  if (const Napi::Value error = make_error(env, code, message); !error.IsEmpty()) {
    napi_reject_deferred(env, deferred, error);
  }
  return Napi::Value(env, promise);
}

}  // namespace hearth::binding
