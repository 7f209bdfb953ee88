// native/tests/golden/kindling_drafter_test.cc: the drafter that ships beside Kindling guesses well and changes no
// word.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "golden/record.h"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kDrafter = (std::filesystem::path(HEARTH_KINDLING).parent_path() / "kindling-drafter.gguf").string();

/// Every eighth prompt of those that the model is graded by; none of them was trained on.
std::vector<std::string> held_out_prompts() {
  std::ifstream file(HEARTH_PROMPTS);
  std::vector<std::string> prompts;
  std::string line;
  for (size_t i = 0; std::getline(file, line); ++i)
    if (i % 8 == 0) prompts.push_back(Json::parse(line)["prompt"].text());
  return prompts;
}

struct Answer {
  std::vector<TokenId> ids;
  GenerateReport report;
};

Answer answer(Session& session, std::span<const TokenId> prompt, const GenerateOptions& options) {
  Answer out;
  const auto report = session.generate(prompt, options, [&](TokenId id) { out.ids.push_back(id); });
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? std::string() : report.error().message));
  out.report = report.value();
  return out;
}

}  // namespace

TEST_CASE("Kindling's drafter writes Kindling's words: half of its guesses are right, two tokens and more a pass") {
  const auto loaded = Model::load(HEARTH_KINDLING, {.backend = "cpu", .threads = 1, .drafter = kDrafter});
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? std::string() : loaded.error().message));
  const auto& model = *loaded.value();
  CHECK(model.facts().drafter == kDrafter);
  const auto straight = Session::create(loaded.value(), {.context = 1024}).value();
  const auto guessing = Session::create(loaded.value(), {.context = 1024}).value();
  guessing->speculator().verify_everything();  // whether it pays here or not
  uint32_t written = 0, passes = 0, drafted = 0, right = 0;
  const auto prompts = held_out_prompts();
  REQUIRE(prompts.size() >= 20);
  for (size_t i = 0; i < prompts.size(); ++i) {
    CAPTURE(prompts[i]);
    const auto tokens = model.tokenizer().encode(prompts[i], {.bos = false, .markers = Markers::kAll});
    GenerateOptions options{.max_tokens = 64,
                            .sampling = {.temperature = i % 4 == 3 ? 0.7f : 0.0f, .top_k = 20, .seed = i}};
    options.speculation = {.on = true, .model = true, .lookup = false, .history = false};
    const Answer got = answer(*guessing, tokens, options);
    options.speculation.on = false;
    CHECK(got.ids == answer(*straight, tokens, options).ids);
    written += got.report.new_tokens;
    passes += got.report.passes;
    drafted += got.report.drafted[static_cast<size_t>(TokenSource::kModel)];
    right += got.report.accepted[static_cast<size_t>(TokenSource::kModel)];
  }
  std::printf("  %u tokens in %u passes, %u of %u guesses right\n", written, passes, right, drafted);
  CHECK(right * 2 >= drafted);
  CHECK(written >= passes * 2);
}
