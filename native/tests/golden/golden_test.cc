// native/tests/golden/golden_test.cc: our logits against those that llama.cpp computed for small models of every shape.
//
// Limits are those of README.md beside the records: an f32 engine must reproduce the exact mode; the other modes hold
// llama.cpp's own roundings (an F16 GELU table, int8 activations), which we do not imitate.
#include <cstdio>

#include "golden/record.h"

using namespace hearth;
using namespace hearth::test;

namespace {

bool is_moe(const std::string& name) { return name.starts_with("26b"); }
bool is_f32(const std::string& name) { return name.ends_with("-f32"); }

}  // namespace

TEST_CASE("every recorded model gives llama.cpp's logits") {
  const auto names = recorded_models();
  REQUIRE(names.size() >= 16);
  std::printf("%-14s %9s %9s %9s %9s %9s %9s %9s\n", "model", "exact", "f16 kv", "rms", "cpu", "default", "rms",
              "same best");
  for (const std::string& name : names) {
    CAPTURE(name);
    const Json vectors = Json::parse(read_file(kGolden / "vectors" / (name + ".json")));
    const auto model = load(kGolden / "models" / (name + ".gguf"));
    REQUIRE(model->facts().vocabulary == static_cast<uint32_t>(vectors["n_vocab"].number()));

    const Distance exact = measure(model, vectors, "exact", KvType::kF32);
    const Distance half = measure(model, vectors, "exact", KvType::kF16);
    const Distance cpu = measure(model, vectors, "cpu", KvType::kF32);
    const Distance usual = measure(model, vectors, "default", KvType::kF16);
    std::printf("%-14s %9.1e %9.1e %9.1e %9.1e %9.1e %9.1e %8.1f%%\n", name.c_str(), exact.worst, half.worst,
                half.rms(), cpu.worst, usual.worst, usual.rms(), 100 * usual.agreement());

    CHECK(exact.positions >= 100);
    CHECK(exact.worst <= 5e-4);
    if (is_moe(name)) {
      CHECK(half.rms() <= 0.03);  // a rounded key may tip a near-tie between experts
    } else {
      CHECK(half.worst <= 0.1);
      CHECK(half.rms() <= 0.01);
    }
    if (is_f32(name) && !is_moe(name)) CHECK(cpu.worst <= 0.05);
    CHECK(usual.rms() <= 0.25);
    CHECK(usual.agreement() >= 0.8);
  }
}

TEST_CASE("greedy continuations are llama.cpp's, token by token") {
  uint32_t continuations = 0;
  for (const std::string& name : recorded_models()) {
    CAPTURE(name);
    const Json vectors = Json::parse(read_file(kGolden / "vectors" / (name + ".json")));
    const auto model = load(kGolden / "models" / (name + ".gguf"));
    auto session = Session::create(model, {.kv = KvType::kF32});
    REQUIRE(session.ok());
    for (const Json& prompt : vectors["prompts"].array()) {
      if (!prompt["greedy"].has("exact")) continue;
      CAPTURE(prompt["name"].text());
      check_greedy(*session.value(), prompt);
      ++continuations;
    }
  }
  CHECK(continuations >= 30);
}
