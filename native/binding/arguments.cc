// native/binding/arguments.cc: see arguments.h.
#include "binding/arguments.h"

#include <cmath>
#include <cstring>

#include "binding/errors.h"

namespace hearth::binding {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;  // 2^53 - 1, the last integer a JavaScript number holds exactly
constexpr double kMaxUint32 = 4294967295.0;

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", value);
  return text;
}

std::string joined(std::initializer_list<const char*> names) {
  std::string list;
  for (const char* name : names) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

}  // namespace

std::string describe(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return value.As<Napi::Boolean>().Value() ? "true" : "false";
    case napi_number:
      return number_text(value.As<Napi::Number>().DoubleValue());
    case napi_string: {
      const std::string text = value.As<Napi::String>().Utf8Value();
      return text.size() <= 40 ? '"' + text + '"' : "a string of " + std::to_string(text.size()) + " bytes";
    }
    case napi_function:
      return "a function";
    case napi_object:
      if (value.IsArray()) return "an array";
      if (value.IsTypedArray()) return "another kind of typed array";
      return "an object";
    default:
      return "a value of another kind";
  }
}

Options::Options(const Napi::CallbackInfo& info, size_t index, const char* where,
                 std::initializer_list<const char*> known)
    : env_(info.Env()), where_(where) {
  const Napi::Value value = info[index];
  if (value.IsUndefined()) return;
  if (!value.IsObject() || value.IsArray() || value.IsTypedArray() || value.IsFunction()) {
    ok_ = false;
    throw_type_error(env_, std::string(where) + " expected its options as an object such as { " + *known.begin() +
                               ": … }, found " + describe(value) + ".");
    return;
  }
  object_ = value.As<Napi::Object>();
  const Napi::Array names = object_->GetPropertyNames();
  if (env_.IsExceptionPending()) {  // a proxy may throw
    ok_ = false;
    return;
  }
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).ToString().Utf8Value();
    bool found = false;
    for (const char* allowed : known) found = found || name == allowed;
    if (found) continue;
    ok_ = false;
    throw_type_error(env_, std::string(where) + " does not know the option \"" + name +
                               "\". The options are: " + joined(known) + ".");
    return;
  }
}

std::optional<Napi::Value> Options::find(const char* name) {
  if (!ok_ || !object_) return std::nullopt;
  const Napi::Value value = object_->Get(name);
  if (env_.IsExceptionPending()) {  // a getter may throw
    ok_ = false;
    return std::nullopt;
  }
  if (value.IsEmpty() || value.IsUndefined()) return std::nullopt;
  return value;
}

void Options::refuse(const char* name, const std::string& expected, const Napi::Value& found) {
  ok_ = false;
  throw_type_error(env_, std::string(where_) + " expected the option \"" + name + "\" to be " + expected + ", found " +
                             describe(found) + ".");
}

void Options::read_text(const char* name, std::string& out) {
  const auto value = find(name);
  if (!value) return;
  if (!value->IsString()) return refuse(name, "a string", *value);
  out = value->As<Napi::String>().Utf8Value();
}

void Options::read_bool(const char* name, bool& out) {
  const auto value = find(name);
  if (!value) return;
  if (!value->IsBoolean()) return refuse(name, "true or false", *value);
  out = value->As<Napi::Boolean>().Value();
}

void Options::read_integer(const char* name, double least, double most, double& out) {
  const auto value = find(name);
  if (!value) return;
  const double number = value->IsNumber() ? value->As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= least && number <= most) || number != std::floor(number)) {
    return refuse(name, "a whole number from " + number_text(least) + " to " + number_text(most), *value);
  }
  out = number;
}

void Options::read_number(const char* name, double least, double most, float& out) {
  const auto value = find(name);
  if (!value) return;
  const double number = value->IsNumber() ? value->As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= least && number <= most)) {
    return refuse(name, "a number from " + number_text(least) + " to " + number_text(most), *value);
  }
  out = static_cast<float>(number);
}

void Options::read_choice(const char* name, std::initializer_list<const char*> choices, size_t& out) {
  const auto value = find(name);
  if (!value) return;
  const std::string text = value->IsString() ? value->As<Napi::String>().Utf8Value() : "";
  size_t index = 0;
  for (const char* choice : choices) {
    if (text == choice) {
      out = index;
      return;
    }
    ++index;
  }
  refuse(name, "one of " + joined(choices), *value);
}

void Options::read_texts(const char* name, std::vector<std::string>& out) {
  const auto value = find(name);
  if (!value) return;
  const auto wrong = [&] { refuse(name, "an array of strings", *value); };
  if (!value->IsArray()) return wrong();
  const auto array = value->As<Napi::Array>();
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value text = array.Get(i);
    if (!text.IsString()) return wrong();
    texts.push_back(text.As<Napi::String>().Utf8Value());
  }
  out = std::move(texts);
}

void Options::read_constraint(const char* name, std::optional<constraint::Request>& out) {
  const auto value = find(name);
  if (!value) return;
  const auto wrong = [&] {
    refuse(name, "an object with one of jsonSchema (JSON text), regex (text) and choice (an array of texts)", *value);
  };
  if (!value->IsObject() || value->IsArray()) return wrong();
  const auto object = value->As<Napi::Object>();
  const Napi::Array keys = object.GetPropertyNames();
  if (env_.IsExceptionPending() || keys.Length() != 1) return wrong();
  const std::string kind = keys.Get(uint32_t{0}).ToString().Utf8Value();
  const Napi::Value content = object.Get(kind);
  if (kind == "choice" && content.IsArray()) {
    const auto array = content.As<Napi::Array>();
    constraint::Choice choice;
    for (uint32_t i = 0; i < array.Length(); ++i) {
      const Napi::Value text = array.Get(i);
      if (!text.IsString()) return wrong();
      choice.texts.push_back(text.As<Napi::String>().Utf8Value());
    }
    out = std::move(choice);
  } else if (kind == "jsonSchema" && content.IsString()) {
    out = constraint::JsonSchema{content.As<Napi::String>().Utf8Value()};
  } else if (kind == "regex" && content.IsString()) {
    out = constraint::Regex{content.As<Napi::String>().Utf8Value()};
  } else {
    wrong();
  }
}

void Options::read_character(const char* name, std::optional<char32_t>& out) {
  const auto value = find(name);
  if (!value) return;
  const std::u16string text = value->IsString() ? value->As<Napi::String>().Utf16Value() : u"";
  const auto is_between = [](char16_t unit, char16_t least, char16_t most) { return unit >= least && unit <= most; };
  if (text.size() == 1 && !is_between(text[0], 0xD800, 0xDFFF)) {
    out = text[0];
  } else if (text.size() == 2 && is_between(text[0], 0xD800, 0xDBFF) && is_between(text[1], 0xDC00, 0xDFFF)) {
    out = 0x10000 + ((static_cast<char32_t>(text[0]) - 0xD800) << 10) + (static_cast<char32_t>(text[1]) - 0xDC00);
  } else {
    refuse(name, "a string of exactly one character", *value);
  }
}

std::optional<std::string> text_argument(const Napi::CallbackInfo& info, size_t index, const char* where) {
  const Napi::Value value = info[index];
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
    const auto bytes = value.As<Napi::Uint8Array>();
    return std::string(reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength());
  }
  throw_type_error(info.Env(),
                   std::string(where) + " expected a string or a Uint8Array of UTF-8, found " + describe(value) + ".");
  return std::nullopt;
}

std::optional<std::vector<TokenId>> tokens_argument(const Napi::CallbackInfo& info, size_t index, const char* where,
                                                    uint32_t vocabulary) {
  const Napi::Value value = info[index];
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array) {
    throw_type_error(info.Env(), std::string(where) + " expected the tokens as an Int32Array, found " +
                                     describe(value) + "; Int32Array.from(list) makes one.");
    return std::nullopt;
  }
  const auto array = value.As<Napi::Int32Array>();
  std::vector<TokenId> tokens(array.Data(), array.Data() + array.ElementLength());
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] >= 0 && static_cast<uint32_t>(tokens[i]) < vocabulary) continue;
    throw_type_error(info.Env(), std::string(where) + " expected token ids from 0 to " +
                                     std::to_string(vocabulary - 1) + ", found " + std::to_string(tokens[i]) +
                                     " at index " + std::to_string(i) + "; use ids that this model's encode() gave.");
    return std::nullopt;
  }
  return tokens;
}

std::optional<EncodeOptions> encode_options(const Napi::CallbackInfo& info, size_t index) {
  Options options(info, index, "encode()", {"bos", "markers", "guard"});
  EncodeOptions out;
  size_t markers = 2;
  options.read_bool("bos", out.bos);
  options.read_choice("markers", {"all", "text", "none"}, markers);
  options.read_character("guard", out.guard);
  if (!options.ok()) return std::nullopt;
  out.markers = markers == 0 ? Markers::kAll : markers == 1 ? Markers::kText : Markers::kNone;
  return out;
}

namespace {

/// The sources by name; absent: all.
void read_sources(Options& options, SpeculationOptions& out) {
  std::vector<std::string> names{"drafter", "lookup", "history"};
  options.read_texts("guessWith", names);
  out.model = out.lookup = out.history = false;
  for (const std::string& name : names) {
    if (name == "drafter") {
      out.model = true;
    } else if (name == "lookup") {
      out.lookup = true;
    } else if (name == "history") {
      out.history = true;
    } else {
      return options.refuse("guessWith", "some of drafter, lookup, history", Napi::String::New(options.env(), name));
    }
  }
}

}  // namespace

std::optional<GenerateOptions> generate_options(const Napi::CallbackInfo& info, size_t index) {
  Options options(info, index, "generate()",
                  {"temperature", "topK", "topP", "minP", "repetitionPenalty", "seed", "maxTokens", "ignoreEnd",
                   "constraint", "speculate", "guessWith"});
  GenerateOptions out;
  size_t speculate = 0;
  options.read_choice("speculate", {"auto", "off"}, speculate);
  out.speculation.on = speculate == 0;
  read_sources(options, out.speculation);
  options.read_number("temperature", 0, 100, out.sampling.temperature);
  options.read_integer("topK", 0, kMaxUint32, out.sampling.top_k);
  options.read_number("topP", 0, 1, out.sampling.top_p);
  options.read_number("minP", 0, 1, out.sampling.min_p);
  options.read_number("repetitionPenalty", 0.01, 100, out.sampling.repetition_penalty);
  options.read_integer("seed", 0, kMaxSafeInteger, out.sampling.seed);
  options.read_integer("maxTokens", 0, kMaxUint32, out.max_tokens);
  options.read_bool("ignoreEnd", out.ignore_end);
  options.read_constraint("constraint", out.constraint);
  if (!options.ok()) return std::nullopt;
  return out;
}

std::optional<SessionOptions> session_options(const Napi::CallbackInfo& info, size_t index) {
  Options options(info, index, "createSession()", {"context", "kv"});
  SessionOptions out;
  size_t kv = 0;
  options.read_integer("context", 0, kMaxUint32, out.context);
  options.read_choice("kv", {"f16", "f32"}, kv);
  if (!options.ok()) return std::nullopt;
  out.kv = kv == 0 ? KvType::kF16 : KvType::kF32;
  return out;
}

std::optional<ModelOptions> model_options(const Napi::CallbackInfo& info, size_t index) {
  Options options(info, index, "loadModel()", {"backend", "threads", "numerics", "drafter", "drafters"});
  ModelOptions out;
  size_t backend = 0;
  options.read_choice("backend", {"auto", "cpu", "metal"}, backend);
  options.read_integer("threads", 0, 1024, out.threads);
  size_t numerics = 0;
  options.read_choice("numerics", {"auto", "exact", "fast"}, numerics);
  options.read_text("drafter", out.drafter);
  options.read_texts("drafters", out.drafter_candidates);
  if (!options.ok()) return std::nullopt;
  out.backend = backend == 0 ? "auto" : backend == 1 ? "cpu" : "metal";
  out.numerics.reset();
  if (numerics > 0) out.numerics = numerics == 1 ? ops::Numerics::kExact : ops::Numerics::kFast;
  return out;
}

}  // namespace hearth::binding
