// native/tests/golden/drafter_test.cc: the official drafter's steps against those that llama.cpp recorded.
#include "arch/drafter/drafter.h"

#include <cstdio>

#include "arch/forward.h"
#include "core/kv_cache.h"
#include "core/model_loaded.h"
#include "core/session_timeline.h"
#include "golden/record.h"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kTarget = (kGolden / "models" / "e2b-f32.gguf").string();
const std::string kDrafter = (kGolden / "models" / "e2b-drafter-f32.gguf").string();

std::vector<float> floats(const std::string& name) {
  const std::string bytes = read_file(kGolden / "vectors" / name);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

double worst(const ops::Rows& rows, std::span<const float> want) {
  const auto* got = reinterpret_cast<const float*>(rows.buffer->host()) + rows.offset;
  double most = 0;
  for (uint32_t i = 0; i < rows.cols; ++i) {
    const double difference = std::abs(double{got[i]} - want[i]);
    most = std::isnan(difference) ? INFINITY : std::max(most, difference);
  }
  return most;
}

}  // namespace

TEST_CASE("a drafter's logits, guesses and states are llama.cpp's, step by step") {
  const auto loaded = Model::load(kTarget, {.backend = "cpu", .threads = 2, .drafter = kDrafter});
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? std::string() : loaded.error().message));
  CHECK(loaded.value()->facts().drafter == kDrafter);
  const auto& model = dynamic_cast<const LoadedModel&>(*loaded.value());
  const Json vectors = Json::parse(read_file(kGolden / "vectors" / "e2b-drafter.json"));
  uint32_t steps = 0;
  double logits_worst = 0, state_worst = 0, hidden_worst = 0;
  for (const Json& prompt : vectors["prompts"].array()) {
    if (prompt["mode"].text() != "exact") continue;
    const auto tokens = prompt["tokens"].ids();
    CAPTURE(prompt["name"].text());
    // The target's pass by hand, over the parts that a session is made of.
    auto cache = KvCache::create(model.device(), model.spec(), 1024, ops::KvFormat::kF32, 512);
    auto scratch = arch::make_scratch(model.device(), model.spec(), 512, 1);
    auto own = arch::make_drafter_scratch(model.device(), model.drafter()->spec);
    REQUIRE((cache.ok() && scratch.ok() && own.ok()));
    const auto encoder = model.device().encoder();
    REQUIRE(cache.value().reserve(static_cast<uint32_t>(tokens.size())).ok());
    REQUIRE(arch::forward(*encoder, model.spec(), model.weights(), cache.value().views(), scratch.value(),
                          {.tokens = tokens, .wanted = 1}));
    REQUIRE(encoder->finish().ok());
    const ops::Rows hidden = scratch.value().hidden.at(0, 1, model.spec().dim);
    hidden_worst = std::max(hidden_worst, worst(hidden, floats(prompt["target_hidden"].text())));

    const auto want_logits = floats(prompt["draft_logits"].text());
    const auto want_next = floats(prompt["next_hidden"].text());
    const auto drafted = prompt["drafted"].ids();
    encoder->copy(own.value().state.at(0, 1, model.spec().dim), hidden);
    auto token = static_cast<TokenId>(prompt["first"].number());
    for (size_t i = 0; i < drafted.size(); ++i) {
      arch::draft(*encoder, model.spec(), model.weights(), *model.drafter(), cache.value().views(), own.value(),
                  {.token = token, .position = static_cast<uint32_t>(prompt["position"].number())});
      REQUIRE(encoder->finish().ok());
      const ops::Rows logits = own.value().body.logits.at(0, 1, model.spec().vocabulary);
      logits_worst =
          std::max(logits_worst, worst(logits, std::span(want_logits).subspan(i * logits.cols, logits.cols)));
      state_worst = std::max(state_worst, worst(own.value().state.at(0, 1, model.spec().dim),
                                                std::span(want_next).subspan(i * model.spec().dim, model.spec().dim)));
      const arch::Drafted guess = arch::drafted_token(*model.drafter(), own.value());
      CHECK(guess.token == drafted[i]);
      CHECK((guess.probability > 0 && guess.probability <= 1));
      token = guess.token;
      ++steps;
    }
  }
  std::printf("  drafter: hidden %.1e, logits %.1e, next state %.1e over %u steps\n", hidden_worst, logits_worst,
              state_worst, steps);
  CHECK(steps == 18);
  CHECK(hidden_worst <= 1e-3);
  CHECK(logits_worst <= 1e-3);
  CHECK(state_worst <= 1e-3);
}

TEST_CASE("a drafter alone, a drafter of another model and a model as drafter are refused with a sentence") {
  const auto refused = [](const std::string& model, const std::string& drafter,
                          std::initializer_list<const char*> says) {
    const auto loaded = Model::load(model, {.backend = "cpu", .threads = 1, .drafter = drafter});
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.error().code == ErrorCode::kModelInvalid);
    for (const char* part : says) {
      INFO(loaded.error().message);
      CHECK(loaded.error().message.find(part) != std::string::npos);
    }
  };
  refused(kDrafter, "", {"is a drafter", "e2b-drafter-f32.gguf"});
  const std::string other = (kGolden / "models" / "31b-f32.gguf").string();
  refused(other, kDrafter, {"is no drafter for this model", "embedding_length_out", "96, found 64"});
  refused(kTarget, kTarget, {"is no drafter", "\"gemma4\""});
  const auto missing = Model::load(kTarget, {.backend = "cpu", .threads = 1, .drafter = "/nowhere/drafter.gguf"});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::kFileMissing);
}
