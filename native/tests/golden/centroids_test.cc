// native/tests/golden/centroids_test.cc: a drafter whose head looks at few groups of tokens, against its own dense
// head.
//
// No outside engine that we know reads such files, so the formula is checked here (transformers
// models/gemma4_assistant): the groups whose centroids fit the hidden state best are read, and of their tokens the
// likeliest is the guess.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "arch/drafter/drafter.h"
#include "arch/forward.h"
#include "core/kv_cache.h"
#include "core/model_loaded.h"
#include "golden/record.h"
#include "support/gguf_builder.h"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kTarget = (kGolden / "models" / "e2b-f32.gguf").string();
const std::string kDrafter = (kGolden / "models" / "e2b-drafter-f32.gguf").string();
constexpr uint32_t kVocabulary = 512, kWidth = 32, kGroups = 32;

struct Random {
  uint64_t state = 17;
  uint32_t below(uint32_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 33) % n;
  }
};

struct Grouping {
  uint32_t groups = kGroups, best = 4;
  std::vector<int32_t> ordering = [] {
    std::vector<int32_t> ids(kVocabulary);
    std::iota(ids.begin(), ids.end(), 0);
    Random random;
    for (size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[random.below(static_cast<uint32_t>(i))]);
    return ids;
  }();
  std::vector<float> centroids = [] {
    std::vector<float> values(size_t{kGroups} * kWidth);
    Random random{99};
    for (float& value : values) value = static_cast<float>(random.below(2001)) / 1000.0f - 1;
    return values;
  }();
};

template <typename T>
std::string_view raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// The recorded drafter with a grouped head beside its dense one.
std::string with_groups(const Grouping& grouping) {
  const auto file = gguf::File::open(kDrafter).value();
  GgufBuilder out;
  for (const auto& [key, value] : file->metadata()) {
    if (key.starts_with("tokenizer.")) continue;
    if (const auto* number = std::get_if<uint64_t>(&value)) out.u32(key, static_cast<uint32_t>(*number));
    if (const auto* number = std::get_if<double>(&value)) out.f32(key, static_cast<float>(*number));
    if (const auto* text = std::get_if<std::string_view>(&value)) out.text(key, *text);
    if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
      out.numbers<int32_t>(key, GgufType::kI32, {list->begin(), list->end()});
    }
    if (const auto* list = std::get_if<std::vector<bool>>(&value)) {
      out.numbers<uint8_t>(key, GgufType::kBool, {list->begin(), list->end()});
    }
  }
  out.u32("gemma4-assistant.masked_embedding.centroid_count", grouping.groups);
  out.u32("gemma4-assistant.masked_embedding.top_k", grouping.best);
  for (const gguf::Tensor& tensor : file->tensors()) {
    out.tensor(tensor.name, {tensor.shape, tensor.shape + tensor.rank}, static_cast<uint32_t>(tensor.type),
               {reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size()});
  }
  out.tensor("masked_embd_centroids.weight", {kWidth, grouping.groups}, 0, raw(grouping.centroids));
  out.tensor("masked_embd_ordering", {kVocabulary}, 26, raw(grouping.ordering));
  return out.build();
}

const float* floats(const ops::Rows& rows) { return reinterpret_cast<const float*>(rows.buffer->host()) + rows.offset; }

/// What the formula gives, from the dense head's logits and the hidden state of the same step.
arch::Drafted expected(const Grouping& grouping, const float* logits, const float* hidden) {
  std::vector<std::pair<double, uint32_t>> scores;
  for (uint32_t g = 0; g < grouping.groups; ++g) {
    double sum = 0;
    for (uint32_t i = 0; i < kWidth; ++i) sum += double{grouping.centroids[g * kWidth + i]} * hidden[i];
    scores.push_back({-sum, g});
  }
  std::sort(scores.begin(), scores.end());
  const uint32_t size = kVocabulary / grouping.groups;
  arch::Drafted best{.token = -1, .probability = 0};
  double total = 0;
  for (uint32_t s = 0; s < grouping.best; ++s) {
    for (uint32_t i = 0; i < size; ++i) {
      const int32_t id = grouping.ordering[scores[s].second * size + i];
      total += std::exp(double{logits[id]});
      const bool better = best.token < 0 || logits[id] > logits[best.token];
      if (better || (logits[id] == logits[best.token] && id < best.token)) best.token = id;
    }
  }
  best.probability = static_cast<float>(std::exp(double{logits[best.token]}) / total);
  return best;
}

}  // namespace

TEST_CASE("a grouped head guesses the likeliest token of the groups that fit best, as its dense head would score it") {
  const auto loaded = Model::load(kTarget, {.backend = "cpu", .threads = 1});
  REQUIRE(loaded.ok());
  const auto& model = dynamic_cast<const LoadedModel&>(*loaded.value());
  uint32_t steps = 0, other = 0;
  for (const uint32_t best : {1u, 4u, 31u, kGroups}) {
    CAPTURE(best);
    Grouping grouping;
    grouping.best = best;
    const std::string bytes = with_groups(grouping);
    auto dense = arch::drafter_from_gguf(gguf::File::open(kDrafter).value(), model.spec());
    auto grouped = arch::drafter_from_gguf(gguf::File::parse(bytes_of(bytes), "grouped.gguf").value(), model.spec());
    REQUIRE_MESSAGE(grouped.ok(), (grouped.ok() ? std::string() : grouped.error().message));
    REQUIRE(grouped.value().spec.centroids.has_value());
    REQUIRE(dense.value().weights.prepare(model.device()).ok());
    REQUIRE(grouped.value().weights.prepare(model.device()).ok());
    auto cache = KvCache::create(model.device(), model.spec(), 1024, ops::KvFormat::kF32, 512).value();
    auto scratch = arch::make_scratch(model.device(), model.spec(), 512, 1).value();
    auto one = arch::make_drafter_scratch(model.device(), dense.value().spec).value();
    auto two = arch::make_drafter_scratch(model.device(), grouped.value().spec).value();
    const auto encoder = model.device().encoder();
    Random random{best};
    for (uint32_t length = 3; length < 60; length += 8) {
      std::vector<int32_t> tokens{2};
      while (tokens.size() < length) tokens.push_back(static_cast<int32_t>(random.below(kVocabulary)));
      REQUIRE(cache.reserve(length).ok());
      REQUIRE(arch::forward(*encoder, model.spec(), model.weights(), cache.views(), scratch,
                            {.tokens = tokens, .wanted = 1}));
      REQUIRE(encoder->finish().ok());
      const ops::Rows hidden = scratch.hidden.at(0, 1, model.spec().dim);
      for (auto* own : {&one, &two}) encoder->copy(own->state.at(0, 1, model.spec().dim), hidden);
      auto token = static_cast<int32_t>(random.below(kVocabulary));
      for (int step = 0; step < 4; ++step) {
        const arch::DraftStep next{.token = token, .position = length};
        arch::draft(*encoder, model.spec(), model.weights(), dense.value(), cache.views(), one, next);
        arch::draft(*encoder, model.spec(), model.weights(), grouped.value(), cache.views(), two, next);
        REQUIRE(encoder->finish().ok());
        const float* logits = floats(one.body.logits.at(0, 1, kVocabulary));
        const auto want = expected(grouping, logits, floats(one.body.hidden.at(0, 1, kWidth)));
        const auto got = arch::drafted_token(grouped.value(), two);
        const auto plain = arch::drafted_token(dense.value(), one);
        CHECK(got.token == want.token);
        CHECK(got.probability == doctest::Approx(want.probability).epsilon(1e-4));
        if (best == kGroups) CHECK(got.token == plain.token);
        other += got.token != plain.token;
        token = got.token;
        ++steps;
      }
    }
  }
  std::printf("  grouped head: %u steps, %u with another guess than the dense head's\n", steps, other);
  CHECK(other > 10);  // few groups miss the likeliest token: the test can tell them from all
}

TEST_CASE("an answer with a grouped drafter is the plain one, and groups that do not add up are refused") {
  const auto folder = std::filesystem::temp_directory_path() / "hearth-centroids-test";
  std::filesystem::create_directories(folder);
  const auto path = (folder / "grouped.gguf").string();
  const auto write = [&](const Grouping& grouping) {
    const std::string bytes = with_groups(grouping);
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  const auto load = [&] { return Model::load(kTarget, {.backend = "cpu", .threads = 1, .drafter = path}); };
  write({});
  const auto model = load();
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  std::vector<TokenId> answers[2];
  for (const bool guessing : {false, true}) {
    const auto session = Session::create(model.value(), {}).value();
    session->speculator().verify_everything();
    GenerateOptions options{.max_tokens = 60, .sampling = {.temperature = 0.7f, .seed = 3}, .ignore_end = true};
    options.speculation.on = guessing;
    const auto report = session->generate(std::vector<TokenId>{2, 300, 301, 302}, options,
                                          [&](TokenId id) { answers[guessing].push_back(id); });
    REQUIRE(report.ok());
    CHECK((report.value().drafted[static_cast<size_t>(TokenSource::kModel)] > 0) == guessing);
  }
  CHECK(answers[0] == answers[1]);

  const auto refused = [&](const Grouping& grouping, const char* says) {
    write(grouping);
    const auto wrong = load();
    REQUIRE_FALSE(wrong.ok());
    INFO(wrong.error().message);
    CHECK(wrong.error().message.find(says) != std::string::npos);
  };
  Grouping twice;
  twice.ordering[7] = twice.ordering[8];
  refused(twice, "expected every token id once");
  Grouping outside;
  outside.ordering[0] = 512;
  refused(outside, "outside the vocabulary");
  Grouping too_many;
  too_many.best = kGroups + 1;
  refused(too_many, "centroid_count");
  std::filesystem::remove_all(folder);
}
