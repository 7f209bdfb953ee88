// native/tests/core/speculation_test.cc: guesses never change an answer, whatever they are and wherever they end.
#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>

#include "core/model_loaded.h"
#include "core/session.h"
#include "core/speculation/lookup_drafter.h"
#include "support/tiny_model.h"

using namespace hearth;

namespace {

std::shared_ptr<const Model> load(const std::string& name, const std::string& drafter = "") {
  auto model = Model::load(
      std::string(HEARTH_GOLDEN "/models/") + name + ".gguf",
      {.backend = "cpu", .threads = 1, .drafter = drafter.empty() ? "" : HEARTH_GOLDEN "/models/" + drafter + ".gguf"});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  return std::move(model).value();
}

std::unique_ptr<Session> open(const std::shared_ptr<const Model>& model, const SessionOptions& options = {}) {
  auto session = Session::create(model, options);
  REQUIRE(session.ok());
  return std::move(session).value();
}

struct Random {
  uint64_t state;
  uint32_t below(uint32_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 33) % n;
  }
};

std::vector<TokenId> tokens(size_t count, uint64_t seed, uint32_t vocabulary) {
  Random random{seed};
  std::vector<TokenId> ids{2};
  while (ids.size() < count) ids.push_back(static_cast<TokenId>(random.below(vocabulary)));
  return ids;
}

bool same(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

std::vector<std::string> golden_models() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(HEARTH_GOLDEN "/models")) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".gguf" && name.find("drafter") == std::string::npos) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Answer {
  std::vector<TokenId> ids;
  std::vector<TokenSource> sources;
  GenerateReport report;
};

Answer answer(Session& session, std::span<const TokenId> prompt, GenerateOptions options) {
  Answer out;
  const auto report = session.generate(prompt, options, [&](TokenId id, TokenSource source) {
    out.ids.push_back(id);
    out.sources.push_back(source);
  });
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? std::string() : report.error().message));
  out.report = report.value();
  return out;
}

GenerateOptions plain(GenerateOptions options) {
  options.speculation.on = false;
  return options;
}

/// Knows the answer beforehand and errs as told: right with a probability of `right` in 256 at each token.
class Oracle final : public Drafter {
 public:
  Oracle(std::vector<TokenId> text, uint32_t right, uint64_t seed)
      : text_(std::move(text)), right_(right), random_{seed} {}
  TokenSource source() const override { return TokenSource::kHistory; }
  bool is_free() const override { return true; }
  Result<Draft> propose(std::span<const TokenId> timeline, std::span<TokenId> out) override {
    Draft draft;
    const uint32_t wanted = random_.below(static_cast<uint32_t>(out.size()) + 1);
    while (draft.count < wanted && timeline.size() + draft.count < text_.size()) {
      const TokenId truth = text_[timeline.size() + draft.count];
      out[draft.count++] = random_.below(256) < right_ ? truth : (truth == 7 ? 8 : 7);
    }
    return draft;
  }

 private:
  std::vector<TokenId> text_;
  uint32_t right_;
  Random random_;
};

/// Always guesses the token that the model never chooses.
class Liar final : public Drafter {
 public:
  explicit Liar(std::set<TokenId> never) : never_(std::move(never)) {}
  TokenSource source() const override { return TokenSource::kLookup; }
  bool is_free() const override { return true; }
  Result<Draft> propose(std::span<const TokenId>, std::span<TokenId> out) override {
    for (TokenId& id : out) id = *never_.begin();
    return Draft{.count = static_cast<uint32_t>(out.size()), .trust = 3};
  }

 private:
  std::set<TokenId> never_;
};

}  // namespace

TEST_CASE("every row of a verification has the bits of a step, on every recorded model") {
  const auto names = golden_models();
  REQUIRE(names.size() >= 16);
  for (const std::string& name : names) {
    CAPTURE(name);
    const auto model = load(name);
    const auto text = tokens(90, 5, model->facts().vocabulary);
    const auto stepped = open(model, {.chunk = 4}), verified = open(model, {.chunk = 4});
    REQUIRE(stepped->sync(std::span(text).first(10)).ok());
    REQUIRE(verified->sync(std::span(text).first(10)).ok());
    size_t at = 10;
    for (uint32_t rows = 1; at + rows <= text.size(); rows = rows % kVerifyRows + 1) {
      REQUIRE(verified->verify(std::span(text).subspan(at, rows)).ok());
      for (uint32_t row = 0; row < rows; ++row) {
        REQUIRE(stepped->step(text[at + row]).ok());
        REQUIRE(same(verified->verified(row), stepped->logits()));
      }
      verified->keep(rows);
      at += rows;
    }
  }
}

TEST_CASE("tokens that are taken back leave no trace, over many turns of the rings") {
  for (const char* name : {"e2b-f32", "26b-q8_0", "31b-f32", "e2bk-q4_k_m"}) {
    for (const uint32_t chunk : {1u, 3u, 64u}) {
      CAPTURE(name);
      CAPTURE(chunk);
      const auto model = load(name);
      const auto text = tokens(260, 11, model->facts().vocabulary);
      const auto stepped = open(model, {.kv = KvType::kF32, .chunk = chunk});
      const auto guessing = open(model, {.kv = KvType::kF32, .chunk = chunk});
      REQUIRE(stepped->sync(std::span(text).first(1)).ok());
      REQUIRE(guessing->sync(std::span(text).first(1)).ok());
      Random random{chunk + 3};
      size_t at = 1;
      while (at + kVerifyRows <= text.size()) {
        const uint32_t rows = 1 + random.below(kVerifyRows), kept = 1 + random.below(rows);
        std::vector<TokenId> guess(text.begin() + static_cast<std::ptrdiff_t>(at),
                                   text.begin() + static_cast<std::ptrdiff_t>(at + rows));
        for (uint32_t i = kept; i < rows; ++i) guess[i] = guess[i] == 9 ? 10 : 9;
        REQUIRE(guessing->verify(guess).ok());
        for (uint32_t row = 0; row < kept; ++row) {
          REQUIRE(stepped->step(text[at + row]).ok());
          REQUIRE(same(guessing->verified(row), stepped->logits()));
        }
        guessing->keep(kept);
        at += kept;
        REQUIRE(std::ranges::equal(guessing->timeline(), stepped->timeline()));
      }
    }
  }
}

TEST_CASE("greedy and sampled answers are those of plain decoding on every recorded model, with every source") {
  uint32_t right = 0, passes = 0, written = 0;
  for (const std::string& name : golden_models()) {
    CAPTURE(name);
    const bool has_drafter = name == "e2b-f32";
    const auto model = load(name, has_drafter ? "e2b-drafter-f32" : "");
    for (const float temperature : {0.0f, 0.7f}) {
      GenerateOptions options{
          .max_tokens = 60,
          .sampling = {.temperature = temperature, .top_k = 8, .top_p = 0.9f, .repetition_penalty = 1.1f, .seed = 77},
          .ignore_end = true};
      auto prompt = tokens(30, 4, model->facts().vocabulary);
      for (int i = 0; i < 3; ++i) prompt.insert(prompt.end(), prompt.begin() + 3, prompt.begin() + 13);  // to be found
      const Answer want = answer(*open(model), prompt, plain(options));
      REQUIRE(want.report.passes == 59);
      const auto session = open(model);
      session->speculator().verify_everything();
      const Answer got = answer(*session, prompt, options);
      CHECK(got.ids == want.ids);
      CHECK(got.report.new_tokens == 60);
      CHECK(got.report.passes <= 59);
      uint32_t accepted = 0;
      for (size_t s = 0; s < kTokenSources; ++s) {
        const auto counted = std::count(got.sources.begin(), got.sources.end(), static_cast<TokenSource>(s));
        if (s > 0) CHECK(counted == got.report.accepted[s]);
        accepted += got.report.accepted[s];
        CHECK(got.report.accepted[s] <= got.report.drafted[s]);
      }
      CHECK(got.report.passes + accepted >= 59);
      if (has_drafter) CHECK(got.report.drafted[static_cast<size_t>(TokenSource::kModel)] > 0);
      right += accepted;
      passes += got.report.passes;
      written += 60;
    }
  }
  std::printf("  %u tokens in %u passes, %u guessed right\n", written, passes, right);
  CHECK(right > 0);
}

TEST_CASE("a random mix of right and wrong guesses writes the plain answer and leaves the plain timeline") {
  const auto model = load("e2b-q8_0");
  for (uint64_t seed = 1; seed <= 24; ++seed) {
    CAPTURE(seed);
    Random random{seed};
    const auto prompt = tokens(5 + random.below(60), seed, model->facts().vocabulary);
    GenerateOptions options{.max_tokens = 1 + random.below(90),
                            .sampling = {.temperature = seed % 3 == 0 ? 0.9f : 0.0f, .top_k = 20, .seed = seed},
                            .ignore_end = seed % 4 != 0};
    const SessionOptions shape{.context = seed % 5 == 0 ? 100u : 0u, .kv = KvType::kF32, .chunk = 1 + random.below(40)};
    const auto straight = open(model, shape), guessing = open(model, shape);
    const Answer want = answer(*straight, prompt, plain(options));
    std::vector<TokenId> text = prompt;
    text.insert(text.end(), want.ids.begin(), want.ids.end());
    guessing->speculator().add(std::make_unique<Oracle>(text, 60 + random.below(197), seed));
    guessing->speculator().verify_everything();
    const Answer got = answer(*guessing, prompt, options);
    CHECK(got.ids == want.ids);
    CHECK(got.report.stop == want.report.stop);
    CHECK(got.report.new_tokens == want.report.new_tokens);
    CHECK(got.report.passes <= want.report.passes);
    // What is held is a beginning of the answer, and goes on with the plain bits.
    REQUIRE(guessing->timeline().size() <= text.size());
    CHECK(std::ranges::equal(guessing->timeline(), std::span(text).first(guessing->timeline().size())));
    if (text.size() > guessing->context()) continue;
    REQUIRE(guessing->sync(text).ok());
    REQUIRE(straight->sync(text).ok());
    CHECK(same(guessing->logits(), straight->logits()));
  }
}

TEST_CASE("a full context, a limit, an end token and a cancel end the answer where plain decoding ends it") {
  const auto model = load("31b-f32");
  const auto prompt = tokens(20, 3, 512);
  const GenerateOptions options{.max_tokens = 30, .sampling = {}, .ignore_end = true};
  const Answer whole = answer(*open(model), prompt, plain(options));
  auto text = prompt;
  text.insert(text.end(), whole.ids.begin(), whole.ids.end());
  const auto guessing = [&](const std::shared_ptr<const Model>& of, const SessionOptions& shape) {
    auto session = open(of, shape);
    session->speculator().add(std::make_unique<Oracle>(text, 256, 1));
    session->speculator().verify_everything();
    return session;
  };
  for (uint32_t limit = 1; limit <= 30; ++limit) {
    auto limited = options;
    limited.max_tokens = limit;
    const auto session = guessing(model, {});
    const Answer got = answer(*session, prompt, limited);
    CHECK(got.report.stop == StopReason::kLength);
    CHECK(std::ranges::equal(got.ids, std::span(whole.ids).first(limit)));
  }
  for (uint32_t context = 20; context <= 40; ++context) {
    const Answer want = answer(*open(model, {.context = context}), prompt, plain(options));
    const Answer got = answer(*guessing(model, {.context = context}), prompt, options);
    CHECK(want.report.stop == StopReason::kContext);
    CHECK(got.report.stop == StopReason::kContext);
    CHECK(got.ids == want.ids);
    CHECK(got.ids.size() == context - 20 + 1);
  }
  for (size_t cut = 1; cut < 12; ++cut) {  // in the middle of what one pass has verified
    const auto session = guessing(model, {});
    std::vector<TokenId> seen;
    const auto report = session->generate(prompt, options, [&](TokenId id) {
      seen.push_back(id);
      if (seen.size() == cut) session->cancel();
    });
    REQUIRE(report.ok());
    CHECK(report.value().stop == StopReason::kCancelled);
    CHECK(report.value().new_tokens == cut);
    CHECK(std::ranges::equal(seen, std::span(whole.ids).first(cut)));
    session->clear_cancel();
    CHECK(answer(*session, prompt, options).ids == whole.ids);
  }
}

TEST_CASE("an end token inside a right guess ends the answer, is not shown and is not held") {
  test::TinyModel tiny;
  const std::string bytes = tiny.build();
  const auto model =
      load_model(gguf::File::parse(test::bytes_of(bytes), "tiny.gguf").value(), {.backend = "cpu", .threads = 1})
          .value();
  const auto prompt = tokens(6, 8, test::TinyModel::kVocabulary);
  GenerateOptions options{.max_tokens = 12, .sampling = {.temperature = 2.0f}, .ignore_end = false};
  for (uint64_t seed = 0; seed < 400; ++seed) {  // a seed whose answer ends by itself after some tokens
    options.sampling.seed = seed;
    const Answer want = answer(*open(model), prompt, plain(options));
    if (want.report.stop != StopReason::kEnd || want.ids.size() < 3) continue;
    auto text = prompt;
    text.insert(text.end(), want.ids.begin(), want.ids.end());
    text.push_back(1);
    text.insert(text.end(), 20, 9);
    const auto session = open(model);
    session->speculator().add(std::make_unique<Oracle>(text, 256, seed));
    session->speculator().verify_everything();
    const Answer got = answer(*session, prompt, options);
    CHECK(got.ids == want.ids);
    CHECK(got.report.stop == StopReason::kEnd);
    CHECK(got.report.new_tokens == got.ids.size());
    CHECK(session->timeline().size() <= prompt.size() + want.ids.size());
    options.ignore_end = true;  // the same draws, and on
    const Answer on = answer(*open(model), prompt, plain(options));
    CHECK(answer(*session, prompt, options).ids == on.ids);
    return;
  }
  FAIL("no seed ended by itself");
}

TEST_CASE("sampled answers have the model's distribution, and a biased acceptance would be seen") {
  // Two tokens behind a prompt, exactly: p(a) from the prompt's logits, p(b | a) from those behind a. The guess is the
  // likeliest pair, which is right often enough for a bias to show.
  test::TinyModel tiny;
  const std::string bytes = tiny.build();
  const auto model =
      load_model(gguf::File::parse(test::bytes_of(bytes), "tiny.gguf").value(), {.backend = "cpu", .threads = 1})
          .value();
  const auto prompt = tokens(5, 21, test::TinyModel::kVocabulary);
  const SamplingOptions sampling{.temperature = 0.9f, .top_k = 6, .top_p = 0.9f};
  const auto exact = [&](std::span<const TokenId> before) {
    const auto session = open(model);
    REQUIRE(session->sync(before).ok());
    const auto logits = session->logits();
    std::vector<std::pair<float, TokenId>> order;
    for (size_t id = 0; id < logits.size(); ++id) order.push_back({-logits[id], static_cast<TokenId>(id)});
    std::sort(order.begin(), order.end());
    order.resize(6);
    double total = 0, sum = 0;
    for (const auto& [negative, id] : order) total += std::exp(order[0].first - negative);
    std::map<TokenId, double> p;
    for (const auto& [negative, id] : order) {
      p[id] = std::exp((order[0].first - negative) / 0.9);
      sum += std::exp(order[0].first - negative);
      if (sum >= 0.9 * total) break;
    }
    double kept = 0;
    for (const auto& [id, weight] : p) kept += weight;
    for (auto& [id, weight] : p) weight /= kept;
    return p;
  };
  std::map<std::vector<TokenId>, double> want;
  std::vector<TokenId> guess;
  double best = 0;
  for (const auto& [a, pa] : exact(prompt)) {
    auto longer = prompt;
    longer.push_back(a);
    for (const auto& [b, pb] : exact(longer)) {
      want[{a, b}] = pa * pb;
      if (pa * pb > best) best = pa * pb, guess = {a, b};
    }
  }
  REQUIRE(want.size() >= 6);
  constexpr int kDraws = 6000;
  const auto chi_square = [&](const std::map<std::vector<TokenId>, int>& seen) {
    double sum = 0;
    for (const auto& [pair, p] : want) {
      const auto found = seen.find(pair);
      const double got = found != seen.end() ? found->second : 0;
      sum += (got - kDraws * p) * (got - kDraws * p) / (kDraws * p);
    }
    for (const auto& [pair, times] : seen) {
      if (!want.contains(pair)) sum += 1e9;  // impossible under the model
    }
    return sum;
  };
  // The 99.9 % quantile by Wilson and Hilferty.
  const double df = static_cast<double>(want.size()) - 1;
  const double limit = df * std::pow(1 - 2 / (9 * df) + 3.09 * std::sqrt(2 / (9 * df)), 3);

  std::vector<TokenId> text = prompt;
  text.insert(text.end(), guess.begin(), guess.end());
  text.insert(text.end(), 16, 9);
  const auto session = open(model);
  session->speculator().add(std::make_unique<Oracle>(text, 240, 5));
  session->speculator().verify_everything();
  std::map<std::vector<TokenId>, int> seen, biased;
  Random random{9};
  uint32_t accepted = 0;
  for (int i = 0; i < kDraws; ++i) {
    GenerateOptions options{.max_tokens = 3, .sampling = sampling, .ignore_end = true};
    options.sampling.seed = static_cast<uint64_t>(i);
    const Answer got = answer(*session, prompt, options);
    for (const uint32_t n : got.report.accepted) accepted += n;
    std::vector<TokenId> pair(got.ids.begin(), got.ids.begin() + 2);
    ++seen[pair];
    // What an acceptance that is generous by 5 % would have written.
    if (random.below(100) < 5) pair = guess;
    ++biased[pair];
  }
  std::printf("  chi-square over %zu pairs: %.1f, limit %.1f; with a bias of 5 %%: %.1f\n", want.size(),
              chi_square(seen), limit, chi_square(biased));
  CHECK(accepted > 200);
  CHECK(chi_square(seen) <= limit);
  CHECK(chi_square(biased) > limit);
}

TEST_CASE("a source that is always wrong is asked less and less: hardly a pass is wasted") {
  const auto model = load("31b-q8_0");
  const auto prompt = tokens(10, 3, 512);
  GenerateOptions options{.max_tokens = 900, .sampling = {}, .ignore_end = true};
  const Answer want = answer(*open(model), prompt, plain(options));
  std::set<TokenId> never;
  for (TokenId id = 5; id < 512; ++id) never.insert(id);
  for (const TokenId id : want.ids) never.erase(id);
  REQUIRE_FALSE(never.empty());
  const auto session = open(model);
  session->speculator().add(std::make_unique<Liar>(never));
  options.speculation.lookup = true;
  const Answer got = answer(*session, prompt, options);
  CHECK(got.ids == want.ids);
  uint32_t wrong = 0;
  for (size_t s = 0; s < kTokenSources; ++s) wrong += got.report.drafted[s] - got.report.accepted[s];
  std::printf("  900 tokens, %u guesses verified in vain\n", wrong);
  CHECK(got.report.passes <= want.report.passes);
  CHECK(wrong <= 900);  // of the 13500 that it offered; how many depends on what rows cost here
}

TEST_CASE("a source that is always wrong costs less than two in a hundred, whatever rows cost") {
  // The time is made up, so that the sum is the same on every machine: a pass over M rows takes 10 + 10 row (M - 1).
  for (const double row : {0.02, 0.1, 0.2, 0.5, 1.0}) {
    CAPTURE(row);
    Speculator speculator;
    speculator.add(std::make_unique<Liar>(std::set<TokenId>{511}));
    speculator.begin({});
    std::vector<TokenId> timeline(20, 7);
    double took = 0;
    constexpr int kTokens = 4000;
    for (int i = 0; i < kTokens; ++i) {
      timeline.push_back(8);
      const auto guess = speculator.guess(timeline, kLongestDraft);
      REQUIRE(guess.ok());
      const double rows = 1 + static_cast<double>(guess.value().tokens.size());
      const double pass = 10 + 10 * row * (rows - 1);
      speculator.passed(static_cast<uint32_t>(rows), pass);
      if (rows > 1) speculator.judged(guess.value(), 0);
      took += pass;
    }
    std::printf("  a row costs %.2f: %.2f %% slower than plain\n", row, 100 * (took / (10.0 * kTokens) - 1));
    CHECK(took <= 1.02 * 10 * kTokens);
  }
}
