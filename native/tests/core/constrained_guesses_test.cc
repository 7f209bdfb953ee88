// native/tests/core/constrained_guesses_test.cc: under a constraint, too, guesses change the time and never the text;
// and what a constraint leaves no choice about is guessed.
#include <doctest/doctest.h>

#include <array>
#include <cstdio>

#include "core/session.h"
#include "core/speculation/constraint_drafter.h"

using namespace hearth;

namespace {

struct Reply {
  std::vector<TokenId> ids;
  GenerateReport report;
};

Reply reply(Session& session, std::span<const TokenId> prompt, const GenerateOptions& options) {
  Reply out;
  const auto report = session.generate(prompt, options, [&](TokenId id) { out.ids.push_back(id); });
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? std::string() : report.error().message));
  out.report = report.value();
  return out;
}

const constraint::JsonSchema kTool{R"({"type":"object","properties":{
  "name":{"enum":["remember","search_files","add_reminder"]},
  "arguments":{"type":"object","properties":{"text":{"type":"string","maxLength":40},
    "count":{"type":"integer","minimum":0,"maximum":99}},"required":["text","count"],"additionalProperties":false}},
  "required":["name","arguments"],"additionalProperties":false})"};

const std::pair<const char*, constraint::Request> kRequests[] = {
    {"a tool call", kTool},
    {"a list", constraint::JsonSchema{R"({"type":"array","items":{"type":"object","properties":{"title":{"type":
      "string","maxLength":12},"done":{"type":"boolean"}},"required":["title","done"],"additionalProperties":false},
      "minItems":2,"maxItems":4})"}},
    {"a date", constraint::Regex{R"(on \d{4}-\d{2}-\d{2} at \d{2}:\d{2} in the (morning|afternoon))"}},
    {"a choice", constraint::Choice{{"yes, certainly", "yes, but not today", "no, certainly not"}}},
};

}  // namespace

TEST_CASE("a reply under a constraint is the same with guesses and without, greedy and sampled") {
  std::array<uint32_t, kTokenSources> drafted{}, accepted{};
  for (const char* path : {HEARTH_KINDLING, HEARTH_GOLDEN "/models/e2b-q8_0.gguf"}) {
    CAPTURE(path);
    const auto model = Model::load(path, {.backend = "cpu", .threads = 1});
    REQUIRE(model.ok());
    const auto prompt = model.value()->tokenizer().encode("<|turn>user\nPlease note: milk.<turn|>\n<|turn>model\n",
                                                          {.bos = true, .markers = Markers::kAll});
    const auto straight = Session::create(model.value(), {.context = 1024}).value();
    const auto careful = Session::create(model.value(), {.context = 1024}).value();
    const auto eager = Session::create(model.value(), {.context = 1024}).value();
    eager->speculator().verify_everything();
    for (const auto& [name, request] : kRequests) {
      CAPTURE(name);
      for (uint64_t seed = 0; seed < 6; ++seed) {
        CAPTURE(seed);
        GenerateOptions options{.max_tokens = 160,
                                .sampling = {.temperature = seed == 0 ? 0.0f : 0.9f, .seed = seed},
                                .constraint = request};
        options.speculation.on = false;
        const Reply want = reply(*straight, prompt, options);
        options.speculation.on = true;
        for (Session* session : {careful.get(), eager.get()}) {
          const Reply got = reply(*session, prompt, options);
          REQUIRE(got.ids == want.ids);
          CHECK(got.report.stop == want.report.stop);
          CHECK(got.report.passes <= want.report.passes);
          for (size_t s = 0; s < kTokenSources; ++s) {
            drafted[s] += got.report.drafted[s];
            accepted[s] += got.report.accepted[s];
          }
        }
      }
    }
  }
  const auto of = [](const auto& counts, TokenSource source) { return counts[static_cast<size_t>(source)]; };
  std::printf("  constraint %u of %u, lookup %u of %u\n", of(accepted, TokenSource::kConstraint),
              of(drafted, TokenSource::kConstraint), of(accepted, TokenSource::kLookup),
              of(drafted, TokenSource::kLookup));
  CHECK(of(accepted, TokenSource::kConstraint) > 50);
  CHECK(of(drafted, TokenSource::kConstraint) > of(accepted, TokenSource::kConstraint));
}

TEST_CASE("what must come is guessed, in the model's own tokens, and nothing where there is a choice") {
  const auto model = Model::load(HEARTH_KINDLING, {.backend = "cpu", .threads = 1});
  REQUIRE(model.ok());
  const Tokenizer& tokenizer = model.value()->tokenizer();
  const auto compiled = [&](const constraint::Request& request) {
    auto made = constraint::compile(request, model.value()->token_trie());
    REQUIRE(made.ok());
    return std::move(made).value();
  };
  const auto after = [&](constraint::TokenConstraint& constraint, std::string_view text) {
    for (const TokenId id : tokenizer.encode(text, {})) REQUIRE(constraint.accept(id));
  };
  const auto guess = [&](constraint::TokenConstraint& constraint) {
    ConstraintDrafter drafter(tokenizer);
    drafter.begin(&constraint);
    std::array<TokenId, kLongestDraft> out;
    const auto draft = drafter.propose({}, out);
    REQUIRE(draft.ok());
    return tokenizer.decode(std::span(out).first(draft.value().count), false);
  };
  const auto choice = compiled(constraint::Choice{{"certainly yes", "certainly not today"}});
  CHECK(choice->forced(64) == "certainly ");
  CHECK(choice->forced(4) == "cert");
  const std::string guessed = guess(*choice);
  CHECK_FALSE(guessed.empty());
  CHECK(std::string("certainly ").starts_with(guessed));
  after(*choice, "certainly ");
  CHECK(choice->forced(64).empty());
  CHECK(guess(*choice).empty());
  after(*choice, "n");
  CHECK(choice->forced(64) == "ot today");
  after(*choice, "ot today");
  CHECK(choice->forced(64).empty());  // only the end may follow

  const auto tool = compiled(kTool);
  after(*tool, "{\"name\"");
  after(*tool, ":\"rem");
  CHECK(tool->forced(8).starts_with("ember\""));
  ConstraintDrafter idle(tokenizer);  // a reply without a constraint
  std::array<TokenId, kLongestDraft> out;
  CHECK(idle.propose({}, out).value().count == 0);
}
