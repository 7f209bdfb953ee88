// native/tests/golden/numerics_test.cc: what fast numerics cost. Beside our own exact logits, on the recorded models
// and, where it has been fetched, on Gemma 3 270M; and that speculation and chunks stay exact in them.
//
// The measure of all things is how far llama.cpp's usual mode, which rounds activations to eight bits too, is from its
// own exact one: we may be no further.
#include <cstdio>
#include <cstdlib>

#include "golden/record.h"

using namespace hearth;
using namespace hearth::test;

namespace {

std::shared_ptr<const Model> load_as(const std::filesystem::path& path, ops::Numerics numerics) {
  auto model = Model::load(path.string(), {.backend = "cpu", .threads = 2, .numerics = numerics});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  return std::move(model).value();
}
bool is_fast(const Model& model) { return model.facts().backend.find("fast") != std::string::npos; }

std::vector<std::vector<float>> logits_of(const std::shared_ptr<const Model>& model,
                                          const std::vector<TokenId>& tokens) {
  auto session = Session::create(model, {.context = 1024, .kv = KvType::kF16});
  REQUIRE(session.ok());
  std::vector<std::vector<float>> rows;
  REQUIRE(
      session.value()
          ->logits_of(tokens, [&](uint32_t, std::span<const float> row) { rows.emplace_back(row.begin(), row.end()); })
          .ok());
  return rows;
}

double log_sum(std::span<const float> logits) {
  const double top = logits[best_of(logits)];
  double sum = 0;
  for (const float logit : logits) sum += std::exp(double{logit} - top);
  return std::log(sum) + top;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// How far `fast` is from `exact`, over positions.
struct Shift {
  double worst = 0, divergence = 0, fast_loss = 0, exact_loss = 0;
  uint32_t positions = 0, same_best = 0, losses = 0;

  void add(std::span<const float> exact, std::span<const float> fast, TokenId next) {
    const double exact_sum = log_sum(exact), fast_sum = log_sum(fast);
    for (size_t id = 0; id < exact.size(); ++id) {
      if (!std::isfinite(exact[id])) continue;
      const double p = exact[id] - exact_sum, q = fast[id] - fast_sum;
      worst = std::max(worst, std::fabs(double{exact[id]} - fast[id]));
      divergence += std::exp(p) * (p - q);
    }
    ++positions;
    same_best += best_of(exact) == best_of(fast);
    if (next < 0) return;
    exact_loss += exact_sum - exact[static_cast<size_t>(next)];
    fast_loss += fast_sum - fast[static_cast<size_t>(next)];
    ++losses;
  }
  void print(const char* name) const {
    std::printf("%-16s max |d logit| %.3f, KL %.2e, same best %.1f %%, perplexity %+.3f %% of %.2f\n", name, worst,
                divergence / positions, 100.0 * same_best / positions,
                100 * (std::exp((fast_loss - exact_loss) / losses) - 1), std::exp(exact_loss / losses));
  }
};

Shift shift_of(const std::shared_ptr<const Model>& exact, const std::shared_ptr<const Model>& fast,
               const std::vector<TokenId>& tokens, Shift shift = {}) {
  const auto want = logits_of(exact, tokens), got = logits_of(fast, tokens);
  for (size_t i = 0; i < want.size(); ++i) shift.add(want[i], got[i], i + 1 < tokens.size() ? tokens[i + 1] : -1);
  return shift;
}

}  // namespace

TEST_CASE("fast logits are no further from llama.cpp's exact ones than llama.cpp's own usual ones") {
  uint32_t models = 0;
  for (const std::string& name : recorded_models()) {
    if (name.ends_with("-f32") || name.ends_with("-mxfp4")) continue;  // nothing is rounded, or nothing is packed
    CAPTURE(name);
    const Json vectors = Json::parse(read_file(kGolden / "vectors" / (name + ".json")));
    const auto fast = load_as(kGolden / "models" / (name + ".gguf"), ops::Numerics::kFast);
    if (!is_fast(*fast)) continue;
    const auto exact = load_as(kGolden / "models" / (name + ".gguf"), ops::Numerics::kExact);
    std::vector<double> ours, theirs;  // a position; of the prompts whose logits were recorded whole in both modes
    for (const Json& prompt : vectors["prompts"].array()) {
      if (!prompt["logits"].has("exact") || !prompt["logits"].has("default")) continue;
      const auto record = Record::of(prompt, "exact", fast->facts().vocabulary);
      const std::string usual = read_file(kGolden / "vectors" / prompt["logits"]["default"].text());
      const auto got = logits_of(fast, prompt["tokens"].ids());
      std::vector<float> row(fast->facts().vocabulary);
      REQUIRE(usual.size() == got.size() * row.size() * sizeof(float));
      for (uint32_t i = 0; i < got.size(); ++i) {
        // Where two experts are nearly tied either may win, and what follows is another text's logits altogether.
        if (prompt.has("router_gap") && prompt["router_gap"].array()[i].number() < 0.03) break;
        std::memcpy(row.data(), usual.data() + i * row.size() * sizeof(float), row.size() * sizeof(float));
        Distance mine, other;
        record->compare(i, got[i], mine);
        record->compare(i, row, other);
        ours.push_back(mine.rms());
        theirs.push_back(other.rms());
      }
    }
    Shift shift;
    for (const Json& prompt : vectors["prompts"].array()) shift = shift_of(exact, fast, prompt["tokens"].ids(), shift);
    REQUIRE(!theirs.empty());
    const double mine = median(ours), other = median(theirs);
    std::printf("%-16s rms from exact, median of positions: ours %.4f, llama.cpp's %.4f\n", name.c_str(), mine, other);
    shift.print(name.c_str());
    CHECK(mine <= (name.starts_with("26b") ? 1.5 : 1.25) * other);  // of those few positions are left
    CHECK(shift.same_best >= 0.8 * shift.positions);
    ++models;
  }
  if (models == 0) std::printf("SKIP fast numerics: this machine has no integer dot products\n");
}

TEST_CASE("in fast numerics guesses, chunks and steps give one text and the same bits") {
  for (const std::string name : {"e2b-q4_0", "e2bk-q4_k_m", "26b-q8_0", "31bk-q6_k"}) {
    CAPTURE(name);
    const auto model = load_as(kGolden / "models" / (name + ".gguf"), ops::Numerics::kFast);
    const Json vectors = Json::parse(read_file(kGolden / "vectors" / (name + ".json")));
    const auto tokens = vectors["prompts"].array().back()["tokens"].ids();
    const auto rows = logits_of(model, tokens);
    // Step by step, and in chunks of another size.
    auto steps = Session::create(model, {.context = 1024, .chunk = 7});
    REQUIRE(steps.ok());
    const size_t half = tokens.size() / 2;
    REQUIRE(steps.value()->sync(std::span(tokens).first(half)).ok());
    size_t different = 0;
    for (size_t i = half; i < tokens.size(); ++i) {
      REQUIRE(steps.value()->step(tokens[i]).ok());
      const auto logits = steps.value()->logits();
      different += std::memcmp(logits.data(), rows[i].data(), logits.size() * sizeof(float)) != 0;
    }
    CHECK(different == 0);
    // Guessed and not.
    std::vector<TokenId> texts[2];
    for (const bool guess : {false, true}) {
      auto session = Session::create(model, {.context = 1024});
      REQUIRE(session.ok());
      GenerateOptions options{.max_tokens = 60, .sampling = {}, .ignore_end = true};
      options.speculation.on = guess;
      REQUIRE(session.value()->generate(tokens, options, [&](TokenId id) { texts[guess ? 1 : 0].push_back(id); }).ok());
    }
    CHECK(texts[0].size() == 60);
    CHECK(texts[0] == texts[1]);
  }
}

TEST_CASE("on Gemma 3 270M fast numerics change perplexity by less than half a percent") {
  const char* models = std::getenv("HEARTH_MODELS");
  const char* home = std::getenv("HOME");
  const std::filesystem::path folder =
      models != nullptr ? models : std::filesystem::path(home != nullptr ? home : "") / ".cache" / "hearth" / "models";
  const auto file = folder / "gemma3-270m.gguf";
  if (!std::filesystem::exists(file)) {
    std::printf("SKIP Gemma 3 270M: %s is not there; `npm run -s hearth -- model fetch gemma3-270m` gets it\n",
                file.string().c_str());
    return;
  }
  const auto fast = load_as(file, ops::Numerics::kFast);
  if (!is_fast(*fast)) return;
  const Json record = Json::parse(read_file(kGolden / "families" / "gemma3-270m.json"));
  const Shift shift = shift_of(load_as(file, ops::Numerics::kExact), fast, record["passage_tokens"].ids());
  shift.print("gemma3-270m");
  std::printf("gemma3-270m      perplexity of llama.cpp: %.4f with f32 activations, %.4f usually\n",
              record["perplexity"].number(), record["perplexity_usual"].number());
  CHECK(std::fabs(std::exp((shift.fast_loss - shift.exact_loss) / shift.losses) - 1) <= 0.005);
  CHECK(shift.divergence / shift.positions <= 0.01);
  CHECK(shift.same_best >= shift.positions * 0.95);
}
