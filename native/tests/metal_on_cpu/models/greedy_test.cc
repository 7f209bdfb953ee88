// native/tests/metal_on_cpu/models/greedy_test.cc: whole models through the host code on the emulated GPU write the
// text that llama.cpp wrote, which is the CPU's (tests/golden), with guesses and without.
#include "golden/record.h"
#include "metal_on_cpu/fake/fake_metal.h"

using namespace hearth;
using namespace hearth::test;

namespace {

std::shared_ptr<const Model> load_metal(const std::string& name, const std::string& drafter = {}) {
  const std::string folder = (kGolden / "models").string() + "/";
  auto model = Model::load(
      folder + name + ".gguf",
      {.backend = "metal", .threads = 1, .drafter = drafter.empty() ? drafter : folder + drafter + ".gguf"});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  return std::move(model).value();
}

/// The recorded continuation of the first prompt that has one.
void check_first(const std::shared_ptr<const Model>& model, const Json& vectors, bool guessing, KvType kv) {
  for (const Json& prompt : vectors["prompts"].array()) {
    if (!prompt["greedy"].has("exact")) continue;
    auto session = Session::create(model, {.kv = kv});
    REQUIRE(session.ok());
    const auto want = prompt["greedy"]["exact"]["tokens"].ids();
    std::vector<TokenId> got;
    const auto report = session.value()->generate(prompt["tokens"].ids(),
                                                  {.max_tokens = static_cast<uint32_t>(want.size()),
                                                   .sampling = {},
                                                   .ignore_end = true,
                                                   .speculation = {.on = guessing}},
                                                  [&](TokenId id) { got.push_back(id); });
    REQUIRE(report.ok());
    CHECK(got == want);
    return;
  }
  FAIL("no prompt with a continuation was recorded");
}

/// Every complaint and every object left is a fault of the host, whatever the text.
void check_clean() {
  CHECK(fake::complaints() == std::vector<std::string>{});
  CHECK(fake::live_objects() == "");
}

fake::Behaviour behaviour_of(uint64_t seed) {
  fake::Behaviour behaviour;
  behaviour.seed = seed;
  behaviour.traced_dispatches = 2000;  // the prompt and a few tokens: what comes later is the same again
  return behaviour;
}

}  // namespace

TEST_CASE("every golden model writes its greedy text on the GPU") {
  uint64_t seed = 0;
  for (const std::string& name : recorded_models()) {
    CAPTURE(name);
    fake::install(behaviour_of(++seed));
    const Json vectors = Json::parse(read_file(kGolden / "vectors" / (name + ".json")));
    check_first(load_metal(name), vectors, true, KvType::kF32);
    check_clean();
  }
  CHECK(seed >= 16);
}

TEST_CASE("without guesses, and with those of the drafter, the text is the same") {
  const Json vectors = Json::parse(read_file(kGolden / "vectors" / "e2b-f32.json"));
  for (const bool guessing : {false, true}) {
    CAPTURE(guessing);
    fake::install(behaviour_of(77));
    check_first(load_metal("e2b-f32", guessing ? "e2b-drafter-f32" : ""), vectors, guessing, KvType::kF32);
    check_clean();
  }
}

TEST_CASE("a cancelled prompt leaves nothing behind and the next one is right") {
  fake::install(behaviour_of(5));
  const Json vectors = Json::parse(read_file(kGolden / "vectors" / "e2b-q4_0.json"));
  {
    const auto model = load_metal("e2b-q4_0");
    auto session = Session::create(model, {.kv = KvType::kF32, .chunk = 4});
    REQUIRE(session.ok());
    for (const Json& prompt : vectors["prompts"].array()) {
      if (!prompt["greedy"].has("exact")) continue;
      // From within: the flag is looked at between chunks.
      session.value()->set_progress([&](uint32_t, uint32_t) { session.value()->cancel(); });
      const auto cut = session.value()->sync(prompt["tokens"].ids());
      REQUIRE(!cut.ok());
      CHECK(cut.error().code == ErrorCode::kCancelled);
      session.value()->set_progress({});
      session.value()->clear_cancel();
      check_greedy(*session.value(), prompt);
      break;
    }
  }
  check_clean();
}
