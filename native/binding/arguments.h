// native/binding/arguments.h: what a caller passed, checked once and copied into plain values, so that no thread of
// ours ever looks at a JavaScript object. A wrong value throws a `TypeError` that says what to pass instead.
#pragma once
#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "core/session.h"

namespace hearth::binding {

/// Reads an optional options object. After the first mistake every reader does nothing and `ok()` is false; the
/// exception is then pending and the caller returns.
class Options {
 public:
  /// `where`: the method, for messages. `known`: every property that is allowed; another one is refused by name.
  Options(const Napi::CallbackInfo& info, size_t index, const char* where, std::initializer_list<const char*> known);

  bool ok() const { return ok_; }
  Napi::Env env() const { return env_; }

  void read_text(const char* name, std::string& out);
  void read_bool(const char* name, bool& out);
  /// An integer in [least, most].
  void read_integer(const char* name, double least, double most, double& out);
  template <typename T>
  void read_integer(const char* name, double least, double most, T& out) {
    double value = static_cast<double>(out);
    read_integer(name, least, most, value);
    out = static_cast<T>(value);
  }
  /// A finite number in [least, most].
  void read_number(const char* name, double least, double most, float& out);
  /// One of `choices`; the index of the chosen one.
  void read_choice(const char* name, std::initializer_list<const char*> choices, size_t& out);
  /// An array of texts.
  void read_texts(const char* name, std::vector<std::string>& out);
  /// Exactly one character (code point).
  void read_character(const char* name, std::optional<char32_t>& out);
  /// An object with exactly one of `jsonSchema` (JSON text), `regex` (text) and `choice` (an array of texts).
  void read_constraint(const char* name, std::optional<constraint::Request>& out);
  /// The option was found to be something else: an exception is pending from now on.
  void refuse(const char* name, const std::string& expected, const Napi::Value& found);

 private:
  /// The property, or nothing when it is absent or `undefined` or something failed before.
  std::optional<Napi::Value> find(const char* name);

  Napi::Env env_;
  const char* where_;
  std::optional<Napi::Object> object_;
  bool ok_ = true;
};

/// A value for a message: `3`, `"text"` (shortened), `an array`, `undefined`.
std::string describe(const Napi::Value& value);

/// The bytes of a string (as UTF-8) or of a Uint8Array (as they are). Nothing when an exception is pending.
std::optional<std::string> text_argument(const Napi::CallbackInfo& info, size_t index, const char* where);
/// Token ids of an Int32Array, each in [0, vocabulary). Nothing when an exception is pending.
std::optional<std::vector<TokenId>> tokens_argument(const Napi::CallbackInfo& info, size_t index, const char* where,
                                                    uint32_t vocabulary);

std::optional<EncodeOptions> encode_options(const Napi::CallbackInfo& info, size_t index);
std::optional<GenerateOptions> generate_options(const Napi::CallbackInfo& info, size_t index);
std::optional<SessionOptions> session_options(const Napi::CallbackInfo& info, size_t index);
std::optional<ModelOptions> model_options(const Napi::CallbackInfo& info, size_t index);

}  // namespace hearth::binding
