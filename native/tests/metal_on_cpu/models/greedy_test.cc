// native/tests/metal_on_cpu/models/greedy_test.cc: whole models through the host code on the emulated GPU write the
// text that llama.cpp wrote, which is the CPU's (tests/golden).
#include <cstdlib>

#include "golden/record.h"
#include "metal_on_cpu/fake/fake_metal.h"

using namespace hearth;
using namespace hearth::test;

namespace {

std::shared_ptr<const Model> load_metal(const std::string& name) {
  auto model = Model::load((kGolden / "models" / (name + ".gguf")).string(), {.backend = "metal", .threads = 1});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  return std::move(model).value();
}

}  // namespace

TEST_CASE("greedy continuations on the GPU are llama.cpp's, token by token") {
  uint32_t continuations = 0;
  for (const std::string& name : recorded_models()) {
    if (const char* only = std::getenv("HEARTH_ONLY"); only != nullptr && name != only) continue;
    CAPTURE(name);
    fake::install({.seed = 7});
    {
      const Json vectors = Json::parse(read_file(kGolden / "vectors" / (name + ".json")));
      const auto model = load_metal(name);
      auto session = Session::create(model, {.kv = KvType::kF32});
      REQUIRE(session.ok());
      for (const Json& prompt : vectors["prompts"].array()) {
        if (!prompt["greedy"].has("exact")) continue;
        CAPTURE(prompt["name"].text());
        check_greedy(*session.value(), prompt);
        ++continuations;
        break;
      }
    }
    CHECK(fake::complaints() == std::vector<std::string>{});
    CHECK(fake::live_objects() == "");
  }
  CHECK(continuations > 0);
}
