// native/binding/history_wrap.cc: see history_wrap.h. Small, quick calls on the JavaScript thread.
#include "binding/history_wrap.h"

#include <cstring>
#include <optional>
#include <utility>

#include "base/xxh64.h"
#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/errors.h"

namespace hearth::binding {
namespace {

/// The index knows numbers. Two messages with the same one are as likely as two equal random identifiers of 64 bits.
std::optional<uint64_t> message_argument(const Napi::Value& value, const char* where) {
  if (!value.IsString()) {
    throw_type_error(value.Env(),
                     std::string(where) + " expected the id of a message as a string, found " + describe(value) + ".");
    return std::nullopt;
  }
  const std::string id = value.As<Napi::String>().Utf8Value();
  return xxh64(std::as_bytes(std::span(id)));
}

}  // namespace

Napi::Function HistoryWrap::define(Napi::Env env) {
  return DefineClass(env, "NativeHistory",
                     {
                         InstanceAccessor<&HistoryWrap::key>("key", napi_enumerable),
                         InstanceMethod<&HistoryWrap::tokens>("tokens"),
                         InstanceMethod<&HistoryWrap::messages>("messages"),
                         InstanceMethod<&HistoryWrap::has>("has"),
                         InstanceMethod<&HistoryWrap::add>("add"),
                         InstanceMethod<&HistoryWrap::forget>("forget"),
                         InstanceMethod<&HistoryWrap::retain>("retain"),
                         InstanceMethod<&HistoryWrap::clear>("clear"),
                         InstanceMethod<&HistoryWrap::save>("save"),
                         InstanceMethod<&HistoryWrap::restore>("restore"),
                     });
}

HistoryWrap::HistoryWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<HistoryWrap>(info) {
  const auto model = std::exchange(Environment::of(info.Env()).next_model, nullptr);
  if (!model) {
    throw_type_error(info.Env(), "A history cannot be made with `new`; a model has one.");
    return;
  }
  index_ = model->history();
  vocabulary_ = model->tokenizer().size();
}

Napi::Value HistoryWrap::key(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), index_->key()); }

Napi::Value HistoryWrap::tokens(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), index_->tokens());
}

Napi::Value HistoryWrap::messages(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(index_->messages()));
}

Napi::Value HistoryWrap::has(const Napi::CallbackInfo& info) {
  const auto message = message_argument(info[0], "has()");
  return message ? Napi::Boolean::New(info.Env(), index_->has(*message)) : Napi::Value();
}

void HistoryWrap::add(const Napi::CallbackInfo& info) {
  const auto message = message_argument(info[0], "add()");
  if (!message) return;
  const auto tokens = tokens_argument(info, 1, "add()", vocabulary_);
  if (tokens) index_->add(*message, *tokens);
}

Napi::Value HistoryWrap::forget(const Napi::CallbackInfo& info) {
  const auto message = message_argument(info[0], "forget()");
  return message ? Napi::Boolean::New(info.Env(), index_->forget(*message)) : Napi::Value();
}

Napi::Value HistoryWrap::retain(const Napi::CallbackInfo& info) {
  if (!info[0].IsArray()) {
    throw_type_error(info.Env(), "retain() expected the ids of messages as an array, found " + describe(info[0]) + ".");
    return Napi::Value();
  }
  const auto array = info[0].As<Napi::Array>();
  std::vector<uint64_t> messages;
  messages.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const auto message = message_argument(array.Get(i), "retain()");
    if (!message) return Napi::Value();
    messages.push_back(*message);
  }
  return Napi::Number::New(info.Env(), static_cast<double>(index_->retain(messages)));
}

void HistoryWrap::clear(const Napi::CallbackInfo&) { index_->clear(); }

Napi::Value HistoryWrap::save(const Napi::CallbackInfo& info) {
  const std::vector<std::byte> bytes = index_->save();
  Napi::Uint8Array array = Napi::Uint8Array::New(info.Env(), bytes.size());
  std::memcpy(array.Data(), bytes.data(), bytes.size());
  return array;
}

void HistoryWrap::restore(const Napi::CallbackInfo& info) {
  if (!info[0].IsTypedArray() || info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw_type_error(info.Env(), "restore() expected bytes as a Uint8Array, found " + describe(info[0]) + ".");
    return;
  }
  const auto array = info[0].As<Napi::Uint8Array>();
  const Status status = index_->restore(std::as_bytes(std::span(array.Data(), array.ByteLength())), vocabulary_);
  if (!status.ok()) throw_error(info.Env(), status.error());
}

}  // namespace hearth::binding
