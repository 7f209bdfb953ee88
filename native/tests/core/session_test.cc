// native/tests/core/session_test.cc: a timeline gives the same bits however it came about, and survives every misuse.
#include "core/session.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "core/model_loaded.h"
#include "support/tiny_model.h"

using namespace hearth;

namespace {

std::shared_ptr<const Model> load(const std::string& name, int threads = 2) {
  auto model =
      Model::load(std::string(HEARTH_GOLDEN "/models/") + name + ".gguf", {.backend = "cpu", .threads = threads});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  return std::move(model).value();
}

std::unique_ptr<Session> open(const std::shared_ptr<const Model>& model, const SessionOptions& options = {}) {
  auto session = Session::create(model, options);
  REQUIRE_MESSAGE(session.ok(), (session.ok() ? std::string() : session.error().message));
  return std::move(session).value();
}

/// Seeded ids of plain text behind <bos>. (Control tokens would leave ring marks; ring_marks_test.cc has those.)
std::vector<TokenId> tokens(size_t count, uint32_t seed = 1, uint32_t vocabulary = 512) {
  std::vector<TokenId> ids{2};
  uint64_t state = seed;
  while (ids.size() < count) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    ids.push_back(static_cast<TokenId>(200 + (state >> 33) % (vocabulary - 200)));
  }
  return ids;
}

using Bits = std::vector<float>;
Bits bits(Session& session) {
  const auto logits = session.logits();
  return {logits.begin(), logits.end()};
}
bool same(const Bits& a, const Bits& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

SyncReport sync(Session& session, std::span<const TokenId> prompt) {
  const auto report = session.sync(prompt);
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? std::string() : report.error().message));
  return report.value();
}

Bits fresh(const std::shared_ptr<const Model>& model, std::span<const TokenId> prompt,
           const SessionOptions& options = {}) {
  const auto session = open(model, options);
  sync(*session, prompt);
  return bits(*session);
}

}  // namespace

TEST_CASE("the same prompt gives the same bits at once, in chunks, token by token, reused or teacher-forced") {
  for (const char* name : {"e2b-f32", "26b-f32", "31b-q8_0", "e2bk-q4_k_m"}) {
    const auto model = load(name);
    const auto prompt = tokens(150);
    for (const KvType kv : {KvType::kF32, KvType::kF16}) {
      CAPTURE(name);
      const Bits want = fresh(model, prompt, {.kv = kv, .chunk = 512});
      for (const uint32_t chunk : {1u, 7u, 64u, 149u, 150u}) {
        CAPTURE(chunk);
        CHECK(same(fresh(model, prompt, {.kv = kv, .chunk = chunk}), want));
      }
      const auto stepped = open(model, {.kv = kv, .chunk = 5});
      sync(*stepped, std::span(prompt).first(1));
      for (size_t i = 1; i < prompt.size(); ++i) REQUIRE(stepped->step(prompt[i]).ok());
      CHECK(same(bits(*stepped), want));

      const auto reused = open(model, {.kv = kv, .chunk = 16});
      sync(*reused, std::span(prompt).first(60));
      CHECK(sync(*reused, prompt).reused == 60);
      CHECK(same(bits(*reused), want));

      Bits forced;
      REQUIRE(
          open(model, {.kv = kv})
              ->logits_of(prompt, [&](uint32_t, std::span<const float> row) { forced.assign(row.begin(), row.end()); })
              .ok());
      CHECK(same(forced, want));
    }
  }
}

TEST_CASE("the number of threads changes no bit") {
  const auto prompt = tokens(40);
  CHECK(same(fresh(load("26b-f32", 1), prompt), fresh(load("26b-f32", 3), prompt)));
}

TEST_CASE("every row of teacher forcing is what a prompt of that length gives") {
  const auto model = load("e2b-f32");
  const auto prompt = tokens(30);
  const auto session = open(model, {.chunk = 11});
  uint32_t rows = 0;
  REQUIRE(session
              ->logits_of(prompt,
                          [&](uint32_t position, std::span<const float> row) {
                            CHECK(position == rows++);
                            CHECK(same({row.begin(), row.end()}, fresh(model, std::span(prompt).first(position + 1))));
                          })
              .ok());
  CHECK(rows == 30);
  CHECK(session->timeline().size() == 30);
}

TEST_CASE("a common prefix is computed once") {
  const auto model = load("e2b-f32");
  const auto session = open(model);
  const auto a = tokens(40, 1);
  auto b = a;
  b[25] = b[25] == 9 ? 10 : 9;
  CHECK(sync(*session, a).computed == 40);

  const SyncReport again = sync(*session, a);
  CHECK(again.reused == 40);
  CHECK(again.computed == 0);

  const SyncReport other = sync(*session, b);
  CHECK(other.reused == 25);
  CHECK(other.computed == 15);
  CHECK(same(bits(*session), fresh(model, b)));

  const SyncReport shorter = sync(*session, std::span(b).first(10));  // its last token again, for the logits
  CHECK(shorter.reused == 9);
  CHECK(shorter.computed == 1);
  CHECK(same(bits(*session), fresh(model, std::span(b).first(10))));
  CHECK(sync(*session, session->timeline()).reused == 9);  // a view of the timeline is a fine prompt
}

TEST_CASE("logits that a caller has changed are computed again") {
  const auto model = load("31b-f32");
  const auto session = open(model);
  const auto prompt = tokens(20);
  sync(*session, prompt);
  for (float& logit : session->logits()) logit = 0;
  CHECK(sync(*session, prompt).computed == 1);
  CHECK(same(bits(*session), fresh(model, prompt)));
}

TEST_CASE("a ring that has wrapped many times gives the bits of a cache that never did") {
  for (const char* name : {"e2b-f32", "26b-f32"}) {  // windows of 16 and 12 tokens
    const auto model = load(name);
    const auto prompt = tokens(700);
    // 700 rows do not fit a pass, but with context 1024 and chunk 512 the ring has 16 + 527 slots and wraps once;
    // with chunk 1 it has 32 and wraps 21 times.
    CHECK(same(fresh(model, prompt, {.chunk = 1}), fresh(model, prompt, {.chunk = 512})));
  }
}

TEST_CASE("a timeline that was cut goes on with the right bits, from what is held or from the start") {
  const auto model = load("e2b-f32");
  const auto prompt = tokens(300);
  // With chunk 1 a ring has exactly 16 + 16 slots: at position 283 the first visible key is 268, whose slot nobody has
  // reused; at 282 it is 267, which position 299 has overwritten.
  const SessionOptions small{.chunk = 1};
  for (const uint32_t cut : {299u, 290u, 284u, 283u, 282u, 281u, 270u, 200u, 40u, 1u, 0u}) {
    CAPTURE(cut);
    auto other = tokens(cut + 20, 9);
    std::copy_n(prompt.begin(), cut, other.begin());
    const auto session = open(model, small);
    sync(*session, prompt);
    session->truncate(cut);
    CHECK(session->timeline().size() == cut);
    const SyncReport report = sync(*session, other);
    CHECK(report.reused + report.computed == other.size());
    CHECK(report.reused == (cut >= 283 ? cut : 0));
    CHECK(same(bits(*session), fresh(model, other, small)));
  }
}

TEST_CASE("a step after a deep cut computes again what the rings have lost") {
  const auto model = load("26b-f32");
  const auto prompt = tokens(300);
  const auto session = open(model, {.chunk = 4});
  sync(*session, prompt);
  session->truncate(100);
  REQUIRE(session->step(77).ok());
  CHECK(session->timeline().size() == 101);
  auto want = std::vector(prompt.begin(), prompt.begin() + 100);
  want.push_back(77);
  CHECK(same(bits(*session), fresh(model, want)));
}

TEST_CASE("cutting back again and again within the slack keeps the bits right") {
  const auto model = load("26b-f32");
  const auto session = open(model, {.chunk = 4});
  auto timeline = tokens(200);
  sync(*session, timeline);
  uint32_t recomputed = 0;
  for (uint32_t round = 0; round < 60; ++round) {
    const size_t back = 1 + round * 7 % 18;
    timeline.resize(timeline.size() - back);
    for (const TokenId id : tokens(back + 2, round + 5)) timeline.push_back(id);
    recomputed += sync(*session, timeline).reused == 0;
    REQUIRE(same(bits(*session), fresh(model, timeline)));
  }
  CHECK(recomputed == 0);
}

TEST_CASE("prompts that cannot run are refused with numbers, and the session stays usable") {
  const auto model = load("31b-f32");
  const auto session = open(model, {.context = 32});
  const auto good = tokens(10);
  sync(*session, good);

  const auto refused = [&](std::span<const TokenId> prompt, ErrorCode code, const char* says) {
    for (const bool forced : {false, true}) {
      const auto status = forced ? session->logits_of(prompt, [](uint32_t, std::span<const float>) {}) : Status(Ok{});
      const auto synced = session->sync(prompt);
      const Error& error = forced ? status.error() : synced.error();
      CHECK(error.code == code);
      INFO(error.message);
      CHECK(error.message.find(says) != std::string::npos);
    }
  };
  refused({}, ErrorCode::kInvalidArgument, "empty");
  refused(tokens(33), ErrorCode::kPromptTooLong, "The prompt has 33 tokens; the context holds at most 32.");
  refused(std::vector<TokenId>{2, 512}, ErrorCode::kInvalidArgument, "found 512 at position 1");
  refused(std::vector<TokenId>{-1}, ErrorCode::kInvalidArgument, "found -1 at position 0");
  CHECK(session->step(512).error().code == ErrorCode::kInvalidArgument);
  CHECK(sync(*session, good).reused == 10);
}

TEST_CASE("a full context refuses a step and ends a generation") {
  const auto model = load("31b-f32");
  const auto session = open(model, {.context = 32});
  CHECK(session->context() == 32);
  sync(*session, tokens(32));
  const Status full = session->step(5);
  REQUIRE_FALSE(full.ok());
  CHECK(full.error().code == ErrorCode::kPromptTooLong);
  CHECK(full.error().message.find("32 tokens") != std::string::npos);
  CHECK(session->timeline().size() == 32);

  const auto report =
      session->generate(tokens(30), {.max_tokens = 100, .sampling = {}, .ignore_end = true}, [](TokenId) {});
  REQUIRE(report.ok());
  CHECK(report.value().stop == StopReason::kContext);
  CHECK(report.value().new_tokens == 3);  // two are held, the third need not be
}

TEST_CASE("a context is what was trained, at most 32768, or less where asked") {
  const auto model = load("e2b-f32");
  CHECK(open(model)->context() == 1024);
  CHECK(open(model, {.context = 100})->context() == 100);
  CHECK(open(model, {.context = 5000})->context() == 1024);
  CHECK_FALSE(Session::create(model, {.chunk = 0}).ok());
  CHECK_FALSE(Session::create(model, {.chunk = 513}).ok());
  CHECK_FALSE(Session::create(nullptr, {}).ok());
}

TEST_CASE("a generation ends by length, by an end token and by cancel") {
  const auto model = load("e2b-f32");
  const auto session = open(model);
  const auto prompt = tokens(12);
  const auto run = [&](GenerateOptions options, const std::function<void(TokenId)>& on_token) {
    session->clear_cancel();
    const auto report = session->generate(prompt, options, on_token);
    REQUIRE(report.ok());
    return report.value();
  };
  std::vector<TokenId> first;
  const GenerateReport whole =
      run({.max_tokens = 9, .sampling = {}, .ignore_end = true}, [&](TokenId id) { first.push_back(id); });
  CHECK(whole.stop == StopReason::kLength);
  CHECK(whole.new_tokens == 9);
  CHECK(first.size() == 9);
  CHECK(whole.prompt.computed == 12);
  CHECK(std::equal(session->timeline().begin() + 12, session->timeline().end(), first.begin()));

  std::vector<TokenId> second;
  const GenerateReport again =
      run({.max_tokens = 9, .sampling = {}, .ignore_end = true}, [&](TokenId id) { second.push_back(id); });
  CHECK(again.prompt.reused == 11);
  CHECK(second == first);

  const GenerateReport cut =
      run({.max_tokens = 9, .sampling = {}, .ignore_end = true}, [&](TokenId) { session->cancel(); });
  CHECK(cut.stop == StopReason::kCancelled);
  CHECK(cut.new_tokens == 1);
  CHECK(run({.max_tokens = 0, .sampling = {}}, [](TokenId) { FAIL("no token was asked for"); }).new_tokens == 0);

  // A model whose every continuation is the end token.
  test::TinyModel tiny;
  tiny.tensors["output.weight"] = tiny.tensors.at("token_embd.weight");
  tiny.tensors["output_norm.weight"].values.assign(test::TinyModel::kDim, 1e-3f);
  tiny.suppressed.clear();
  for (int32_t id = 0; id < int32_t{test::TinyModel::kVocabulary}; ++id) {
    if (id != 1) tiny.suppressed.push_back(id);
  }
  const std::string bytes = tiny.build();
  auto ending =
      load_model(gguf::File::parse(test::bytes_of(bytes), "tiny.gguf").value(), {.backend = "cpu", .threads = 1});
  REQUIRE(ending.ok());
  const auto report = open(ending.value())->generate(std::vector<TokenId>{2, 40}, {.sampling = {}}, [](TokenId) {
    FAIL("an end token is not shown");
  });
  REQUIRE(report.ok());
  CHECK(report.value().stop == StopReason::kEnd);
  CHECK(report.value().new_tokens == 0);
}

TEST_CASE("a cancelled prefill keeps what it has done and can go on") {
  const auto model = load("e2bk-q4_k_m");
  const auto prompt = tokens(200);
  const Bits want = fresh(model, prompt);
  {
    const auto session = open(model, {.chunk = 8});
    session->cancel();
    const auto refused = session->sync(prompt);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kCancelled);
    session->clear_cancel();
    sync(*session, prompt);
    CHECK(same(bits(*session), want));
  }
  {
    const auto session = open(model, {.chunk = 8});
    const Status cut = session->logits_of(prompt, [&](uint32_t position, std::span<const float>) {
      if (position == 50) session->cancel();
    });
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().code == ErrorCode::kCancelled);
    CHECK(session->timeline().size() == 56);
    session->clear_cancel();
    CHECK(sync(*session, prompt).reused == 56);
    CHECK(same(bits(*session), want));
  }
  for (int round = 0; round < 12; ++round) {  // wherever it strikes: between chunks, between layers, too late
    const auto session = open(model, {.chunk = 16});
    std::atomic<bool> started{false};
    std::thread stopper([&] {
      while (!started.load()) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::microseconds(300 * round));
      session->cancel();
    });
    started.store(true);
    const auto first = session->sync(prompt);
    stopper.join();
    if (!first.ok()) CHECK(first.error().code == ErrorCode::kCancelled);
    CHECK(std::equal(session->timeline().begin(), session->timeline().end(), prompt.begin()));
    session->clear_cancel();
    sync(*session, prompt);
    CHECK(same(bits(*session), want));
  }
}

TEST_CASE("two sessions of one model, each on its own thread, do as they would alone") {
  const auto model = load("26b-f32");
  const auto prompt_a = tokens(60, 3), prompt_b = tokens(90, 4);
  const auto run = [&](const std::vector<TokenId>& prompt, KvType kv) {
    const auto session = open(model, {.kv = kv, .chunk = 16});
    std::vector<TokenId> out;
    REQUIRE(session
                ->generate(prompt, {.max_tokens = 25, .sampling = {}, .ignore_end = true},
                           [&](TokenId id) { out.push_back(id); })
                .ok());
    return out;
  };
  const auto alone_a = run(prompt_a, KvType::kF32), alone_b = run(prompt_b, KvType::kF16);
  for (int round = 0; round < 3; ++round) {
    std::vector<TokenId> together_a, together_b;
    std::thread other([&] { together_b = run(prompt_b, KvType::kF16); });
    together_a = run(prompt_a, KvType::kF32);
    other.join();
    CHECK(together_a == alone_a);
    CHECK(together_b == alone_b);
  }
}

TEST_CASE("a session outlives the caller's handle on its model") {
  auto model = load("31b-f32");
  const auto prompt = tokens(12);
  const Bits want = fresh(model, prompt);
  const auto session = open(model);
  model.reset();
  sync(*session, prompt);
  CHECK(same(bits(*session), want));
}

TEST_CASE("memory grows with the timeline, not with the context asked for") {
  const auto model = load("31b-f32");
  const auto session = open(model, {.kv = KvType::kF32});
  const uint64_t before = session->memory_bytes();
  sync(*session, tokens(500));
  CHECK(session->memory_bytes() == before);
  sync(*session, tokens(600));
  // The global layers of this file go from 512 to 1024 positions.
  uint64_t global_bytes = 0;
  const auto& spec = dynamic_cast<const LoadedModel&>(*model).spec();
  for (const auto& layer : spec.layers) {
    if (!layer.attention.window) global_bytes += uint64_t{layer.attention.kv_width()} * 2 * sizeof(float);
  }
  CHECK(session->memory_bytes() == before + 512 * global_bytes);
}
