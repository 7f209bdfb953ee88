// native/binding/model_wrap.cc: see model_wrap.h.
#include "binding/model_wrap.h"

#include <new>
#include <optional>
#include <system_error>
#include <utility>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/errors.h"
#include "core/speculation/history_index.h"

namespace hearth::binding {
namespace {

Napi::Object facts_object(Napi::Env env, const Model& model) {
  const ModelFacts& facts = model.facts();
  const Tokenizer& tokenizer = model.tokenizer();
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", facts.name);
  object.Set("path", facts.path);
  object.Set("architecture", facts.architecture);
  object.Set("backend", facts.backend);
  object.Set("fileBytes", static_cast<double>(facts.file_bytes));
  object.Set("parameters", static_cast<double>(facts.parameters));
  object.Set("layers", facts.layers);
  object.Set("dim", facts.dim);
  object.Set("vocabulary", facts.vocabulary);
  object.Set("trainedContext", facts.trained_context);
  object.Set("chatTemplate", facts.chat_template);
  object.Set("spec", facts.spec);
  object.Set("drafter", facts.drafter);
  object.Set("bos", tokenizer.bos());
  object.Set("eos", tokenizer.eos());
  const auto texts = tokenizer.markers();
  Napi::Array markers = Napi::Array::New(env, texts.size());
  for (uint32_t i = 0; i < texts.size(); ++i) markers.Set(i, std::string(texts[i]));
  markers.Freeze();
  object.Set("markers", markers);
  object.Freeze();
  return object;
}

class LoadWorker : public Napi::AsyncWorker {
 public:
  LoadWorker(Napi::Env env, std::string path, ModelOptions options)
      : Napi::AsyncWorker(env, "hearth load"),
        deferred_(Napi::Promise::Deferred::New(env)),
        path_(std::move(path)),
        options_(std::move(options)) {}

  Napi::Value promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    try {
      result_ = Model::load(path_, options_);
      if (result_->ok()) (*result_).value()->history();  // names the file, which reads here and there in it
    } catch (const std::bad_alloc&) {
      result_ = Error{ErrorCode::kOutOfMemory, "There was not enough memory to load " + path_ + "."};
    } catch (const std::exception& problem) {
      result_ = Error{ErrorCode::kBackend, "Loading " + path_ + " failed: " + problem.what() + "."};
    }
  }

  void OnOK() override {
    const Napi::Env env = Env();
    if (!result_->ok()) {
      if (const Napi::Value error = make_error(env, result_->error()); !error.IsEmpty()) deferred_.Reject(error);
      return;
    }
    Environment& environment = Environment::of(env);
    environment.next_model = std::move(*result_).value();
    const Napi::Object model = environment.model_class.New({});
    environment.next_model.reset();
    if (!model.IsEmpty() && !env.IsExceptionPending()) deferred_.Resolve(model);
  }

 private:
  Napi::Promise::Deferred deferred_;
  std::string path_;
  ModelOptions options_;
  std::optional<Result<std::shared_ptr<const Model>>> result_;
};

}  // namespace

Napi::Function ModelWrap::define(Napi::Env env) {
  return DefineClass(env, "NativeModel",
                     {
                         InstanceMethod<&ModelWrap::memory_bytes>("memoryBytes"),
                         InstanceMethod<&ModelWrap::encode>("encode"),
                         InstanceMethod<&ModelWrap::decode>("decode"),
                         InstanceMethod<&ModelWrap::create_session>("createSession"),
                         InstanceMethod<&ModelWrap::history>("history"),
                         InstanceMethod<&ModelWrap::close>("close"),
                     });
}

ModelWrap::ModelWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ModelWrap>(info) {
  model_ = std::exchange(Environment::of(info.Env()).next_model, nullptr);
  if (!model_) {
    throw_type_error(info.Env(), "A model cannot be made with `new`; call loadModel(path) and await it.");
    return;
  }
  const Napi::Object self = info.This().As<Napi::Object>();
  self.DefineProperty(Napi::PropertyDescriptor::Value("facts", facts_object(info.Env(), *model_), napi_enumerable));
}

Napi::Value ModelWrap::load(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsString() || info[0].As<Napi::String>().Utf8Value().empty()) {
    throw_type_error(env, "loadModel() expected the path of a GGUF file as a string, found " + describe(info[0]) + ".");
    return Napi::Value();
  }
  auto options = model_options(info, 1);
  if (!options) return Napi::Value();
  std::string path = info[0].As<Napi::String>().Utf8Value();
  if (path.find('\0') != std::string::npos) {
    throw_type_error(env, "loadModel() expected a path without a zero byte in it.");
    return Napi::Value();
  }
  auto* worker = new LoadWorker(env, std::move(path), std::move(*options));  // deletes itself when done
  const Napi::Value promise = worker->promise();
  worker->Queue();
  return promise;
}

bool ModelWrap::is_open(Napi::Env env, const char* where) const {
  if (model_) return true;
  throw_error(env, kClosedCode, std::string(where) + " was called on a closed model; load it again.");
  return false;
}

Napi::Value ModelWrap::memory_bytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), model_ ? static_cast<double>(model_->memory_bytes()) : 0);
}

Napi::Value ModelWrap::encode(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!is_open(env, "encode()")) return Napi::Value();
  const auto text = text_argument(info, 0, "encode()");
  if (!text) return Napi::Value();
  const auto options = encode_options(info, 1);
  if (!options) return Napi::Value();
  const std::vector<TokenId> tokens = model_->tokenizer().encode(*text, *options);
  Napi::Int32Array array = Napi::Int32Array::New(env, tokens.size());
  std::copy(tokens.begin(), tokens.end(), array.Data());
  return array;
}

Napi::Value ModelWrap::decode(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!is_open(env, "decode()")) return Napi::Value();
  const auto tokens = tokens_argument(info, 0, "decode()", model_->tokenizer().size());
  if (!tokens) return Napi::Value();
  if (!info[1].IsUndefined() && !info[1].IsBoolean()) {
    throw_type_error(env, "decode() expected showSpecial to be true or false, found " + describe(info[1]) + ".");
    return Napi::Value();
  }
  const bool show_special = info[1].IsBoolean() && info[1].As<Napi::Boolean>().Value();
  return Napi::String::New(env, model_->tokenizer().decode(*tokens, show_special));
}

Napi::Value ModelWrap::create_session(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!is_open(env, "createSession()")) return Napi::Value();
  const auto options = session_options(info, 0);
  if (!options) return Napi::Value();
  Environment& environment = Environment::of(env);
  try {
    Result<std::unique_ptr<Session>> session = Session::create(model_, *options);
    if (!session.ok()) {
      throw_error(env, session.error());
      return Napi::Value();
    }
    session.value()->speculator().add(std::make_unique<HistoryDrafter>(model_->history()));
    environment.next_model = model_;
    environment.next_worker = std::make_shared<SessionWorker>(std::move(session).value());
  } catch (const std::bad_alloc&) {
    throw_error(
        env, Error{ErrorCode::kOutOfMemory, "There was not enough memory for a session; ask for a smaller context."});
    return Napi::Value();
  } catch (const std::system_error&) {
    throw_error(env,
                Error{ErrorCode::kOutOfMemory, "The system has no thread left for a session; close other sessions."});
    return Napi::Value();
  }
  const Napi::Object object = environment.session_class.New({});
  environment.next_model.reset();
  environment.next_worker.reset();
  return object;
}

Napi::Value ModelWrap::history(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!is_open(env, "history()")) return Napi::Value();
  Environment& environment = Environment::of(env);
  environment.next_model = model_;
  const Napi::Object object = environment.history_class.New({});
  environment.next_model.reset();
  return object;
}

void ModelWrap::close(const Napi::CallbackInfo&) { model_.reset(); }

}  // namespace hearth::binding
