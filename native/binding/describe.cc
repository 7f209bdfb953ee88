// native/binding/describe.cc: see describe.h.
#include "binding/describe.h"

#include "binding/arguments.h"
#include "binding/errors.h"
#include "core/describe.h"

namespace hearth::binding {

Napi::Value describe_file(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsString() || info[0].As<Napi::String>().Utf8Value().empty()) {
    throw_type_error(env, "describe() expected the path of a GGUF file as a string, found " + describe(info[0]) + ".");
    return Napi::Value();
  }
  double context = 0;
  Options options(info, 1, "describe()", {"context", "drafter"});
  options.read_integer("context", 1, 1 << 28, context);
  std::string drafter;
  options.read_text("drafter", drafter);
  if (!options.ok()) return Napi::Value();
  const auto found = describe_model(info[0].As<Napi::String>().Utf8Value(), static_cast<uint32_t>(context), drafter);
  if (!found.ok()) {
    throw_error(env, found.error());
    return Napi::Value();
  }
  const Description& facts = found.value();
  const auto number = [](uint64_t value) { return static_cast<double>(value); };
  Napi::Object fit = Napi::Object::New(env);
  fit.Set("context", facts.fit.context);
  fit.Set("weights", number(facts.fit.weights));
  fit.Set("lookedUp", number(facts.fit.looked_up));
  fit.Set("vocabulary", number(facts.fit.vocabulary));
  fit.Set("keysValues", number(facts.fit.keys_values));
  fit.Set("keysValuesAtStart", number(facts.fit.keys_values_at_start));
  fit.Set("scratch", number(facts.fit.scratch));
  fit.Set("drafterWeights", number(facts.fit.drafter_weights));
  fit.Set("drafterVocabulary", number(facts.fit.drafter_vocabulary));
  fit.Set("drafterScratch", number(facts.fit.drafter_scratch));
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", facts.name);
  object.Set("architecture", facts.architecture);
  object.Set("licence", facts.licence);
  object.Set("spec", facts.spec);
  object.Set("fileBytes", number(facts.file_bytes));
  object.Set("parameters", number(facts.parameters));
  object.Set("tensors", number(facts.tensors));
  object.Set("layers", facts.layers);
  object.Set("trainedContext", facts.trained_context);
  object.Set("fit", fit);
  return object;
}

}  // namespace hearth::binding
