// native/tests/golden/guesses_test.cc: with guesses or without, the starter model says the same: over the prompts that
// it is graded by.
#include <cstdio>
#include <set>

#include "core/speculation/history_index.h"
#include "golden/record.h"

using namespace hearth;
using namespace hearth::test;

namespace {

constexpr uint32_t kTokens = 24;  // of each reply: what can go wrong goes wrong in the first passes as in later ones

struct Reply {
  std::vector<TokenId> ids;
  GenerateReport report;
};

Reply reply(Session& session, std::span<const TokenId> prompt, bool guessing) {
  Reply out;
  GenerateOptions options{.max_tokens = kTokens, .sampling = {}};
  options.speculation.on = guessing;
  const auto report = session.generate(prompt, options, [&](TokenId id) { out.ids.push_back(id); });
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? std::string() : report.error().message));
  out.report = report.value();
  return out;
}

std::vector<std::string> prompts() {
  std::vector<std::string> texts;
  const std::string lines = read_file(HEARTH_PROMPTS);
  for (size_t at = 0, end; (end = lines.find('\n', at)) != std::string::npos; at = end + 1)
    texts.push_back(Json::parse(std::string_view(lines).substr(at, end - at))["prompt"].text());
  return texts;
}

}  // namespace

TEST_CASE("greedy replies with guesses are plain ones, token for token, on two hundred prompts of the starter model") {
  const auto loaded = Model::load(HEARTH_KINDLING, {.backend = "cpu", .threads = 1});
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? std::string() : loaded.error().message));
  const auto& model = loaded.value();
  const auto texts = prompts();
  REQUIRE(texts.size() >= 200);

  const auto straight = Session::create(model, {}).value(), guessing = Session::create(model, {}).value();
  const auto history = std::make_shared<HistoryIndex>("these replies");
  guessing->speculator().add(std::make_unique<HistoryDrafter>(history));
  guessing->speculator().verify_everything();  // right and wrong guesses alike, whatever they cost here
  uint32_t tokens = 0, passes = 0, plain_passes = 0, drafted = 0, accepted = 0;
  std::set<std::vector<TokenId>> different;
  for (size_t i = 0; i < texts.size(); ++i) {
    CAPTURE(texts[i]);
    const auto prompt = model->tokenizer().encode(texts[i], {.bos = false, .markers = Markers::kAll});
    const Reply want = reply(*straight, prompt, false), got = reply(*guessing, prompt, true);
    REQUIRE(got.ids == want.ids);
    REQUIRE(got.report.stop == want.report.stop);
    // What is held is a beginning of prompt and reply, never a guess that was wrong.
    auto whole = prompt;
    whole.insert(whole.end(), want.ids.begin(), want.ids.end());
    REQUIRE(guessing->timeline().size() <= whole.size());
    REQUIRE(std::ranges::equal(guessing->timeline(), std::span(whole).first(guessing->timeline().size())));
    history->add(i, want.ids);
    different.insert(want.ids);
    tokens += got.report.new_tokens;
    passes += got.report.passes;
    plain_passes += want.report.passes;
    for (size_t s = 1; s < kTokenSources; ++s) drafted += got.report.drafted[s], accepted += got.report.accepted[s];
  }
  std::printf("  %zu prompts, %u tokens: %u passes, plainly %u; %u guesses, %u right\n", texts.size(), tokens, passes,
              plain_passes, drafted, accepted);
  CHECK(different.size() > 100);  // replies of a model that works, not one reply two hundred times
  CHECK(accepted > 100);
  CHECK(drafted - accepted > 100);
  CHECK(passes < plain_passes);
}
