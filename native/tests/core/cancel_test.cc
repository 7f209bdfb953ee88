// native/tests/core/cancel_test.cc: how much is still computed after somebody has said stop: operations, not seconds.
#include <doctest/doctest.h>

#include "arch/bind.h"
#include "arch/from_gguf.h"
#include "core/chunk_pace.h"
#include "core/device.h"
#include "core/model_loaded.h"
#include "support/sessions.h"
#include "support/spy_device.h"

using namespace hearth;
using namespace hearth::test;

namespace {

/// A golden model over a device that is watched.
std::shared_ptr<const LoadedModel> watched(const std::string& name, const std::shared_ptr<Spy>& spy) {
  auto file = gguf::File::open(std::string(HEARTH_GOLDEN "/models/") + name + ".gguf").value();
  auto spec = arch::spec_from_gguf(*file).value();
  auto weights = arch::bind(*file, spec).value();
  auto tokenizer = Tokenizer::from_gguf(file).value();
  auto device = std::make_unique<SpyDevice>(open_device("cpu", 1).value(), spy);
  REQUIRE(weights.prepare(*device).ok());
  return std::make_shared<const LoadedModel>(std::move(file), std::move(tokenizer), std::move(spec), std::move(device),
                                             std::move(weights), std::nullopt);
}

struct Cut {
  uint64_t after = 0;  // operations begun since the cancel
  bool cancelled = false;
};

}  // namespace

TEST_CASE("a cancel while a prompt is read is obeyed within half a layer, wherever it comes") {
  for (const char* name : {"e2b-f32", "26b-f32", "31b-q8_0"}) {
    CAPTURE(name);
    const auto spy = std::make_shared<Spy>();
    const auto model = watched(name, spy);
    const auto prompt = plain_tokens(100);
    const SessionOptions options{.chunk = 32};
    sync(*open(model, options), prompt);
    const uint64_t whole = spy->ops, layers = model->spec().layers.size();
    const uint64_t layer = whole / (4 * (model->spec().last_owner() + 1));  // passes of 32, 32, 32 and 4 tokens
    REQUIRE(whole > 4 * layers);
    const Bits want = fresh(load(name, 1), prompt);
    for (uint64_t moment = 1; moment <= whole; moment += 7) {
      CAPTURE(moment);
      const auto session = open(model, options);
      spy->ops = 0;
      spy->moment = moment;
      spy->act = [&] { session->cancel(); };
      const auto synced = session->sync(prompt);
      const uint64_t after = spy->ops - moment;
      CHECK(after <= layer);
      if (moment + layer < whole) {
        REQUIRE_FALSE(synced.ok());
        CHECK(synced.error().code == ErrorCode::kCancelled);
      }
      session->clear_cancel();
      spy->moment = 0;
      if (moment % 5 == 0) {  // what was kept goes on to the right bits
        sync(*session, prompt);
        CHECK(same(bits(*session), want));
      }
    }
  }
}

TEST_CASE("a cancel while a reply is written is obeyed within half a layer, with guesses and without") {
  const auto spy = std::make_shared<Spy>();
  const auto model = watched("e2b-f32", spy);
  auto prompt = plain_tokens(20);
  for (int i = 0; i < 3; ++i) prompt.insert(prompt.end(), prompt.begin(), prompt.begin() + 10);  // to be found
  for (const bool guessing : {false, true}) {
    CAPTURE(guessing);
    const auto run = [&](Session& session, std::vector<TokenId>& ids) {
      GenerateOptions options{.max_tokens = 8, .sampling = {}, .ignore_end = true};
      options.speculation.on = guessing;
      if (guessing) session.speculator().verify_everything();
      const auto report = session.generate(prompt, options, [&](TokenId id) { ids.push_back(id); });
      REQUIRE(report.ok());
      return report.value();
    };
    spy->ops = spy->moment = 0;
    std::vector<TokenId> want;
    const auto plain = open(model);
    sync(*plain, prompt);
    const uint64_t reading = spy->ops;
    const GenerateReport report = run(*plain, want);
    const uint64_t writing = spy->ops - reading;
    REQUIRE(report.passes > 1);
    const uint64_t layer = writing / report.passes / model->spec().layers.size() + 1;
    for (uint64_t at = 1; at < writing; at += 5) {
      CAPTURE(at);
      const auto session = open(model);
      sync(*session, prompt);
      spy->ops = 0;
      spy->moment = at;
      spy->act = [&] { session->cancel(); };
      std::vector<TokenId> ids;
      const GenerateReport cut = run(*session, ids);
      CHECK(spy->ops - at <= layer + 4);  // the pass's last layer is followed by the head
      CHECK(cut.stop == (at + layer + 4 < writing ? StopReason::kCancelled : cut.stop));
      CHECK(std::equal(ids.begin(), ids.end(), want.begin()));
      // Nothing of the pass that was cut is held: the reply goes on as if nobody had stopped it.
      session->clear_cancel();
      spy->moment = 0;
      std::vector<TokenId> again;
      run(*session, again);
      REQUIRE(again == want);
    }
  }
}

TEST_CASE("a prompt is read in passes that a layer gets through in a moment") {
  ChunkPace small(1'000'000);
  CHECK(small.rows(128) == 128);
  CHECK(small.rows(7) == 7);
  ChunkPace large(500'000'000);  // a layer of 31 B parameters
  CHECK(large.rows(128) == ChunkPace::kFewest);
  CHECK(large.rows(5) == 5);
  // Measured: a row takes 0.9 ms in a layer, so 80 of them fit.
  for (int i = 0; i < 20; ++i) large.passed(16, 60, 16 * 60 * 0.9);
  CHECK(large.rows(128) == 80);
  CHECK(large.rows(512) == 80);
  for (int i = 0; i < 20; ++i) large.passed(80, 60, 80 * 60 * 0.1);
  CHECK(large.rows(128) == 128);
  for (int i = 0; i < 20; ++i) large.passed(1, 60, 60 * 12.0);  // a decode step says nothing
  CHECK(large.rows(128) == 128);
}
