// native/tests/golden/kindling_test.cc: the model that ships with the app loads and speaks.
#include <cstdio>

#include "golden/record.h"

using namespace hearth;
using namespace hearth::test;

namespace {

std::string reply_to(Session& session, const Model& model, const std::string& text) {
  const std::string prompt = "<|turn>user\n" + text + "<turn|>\n<|turn>model\n";
  const auto tokens = model.tokenizer().encode(prompt, {.bos = true, .markers = Markers::kAll});
  std::string reply;
  const auto report = session.generate(tokens, {.max_tokens = 48, .sampling = {}},
                                       [&](TokenId id) { reply += model.tokenizer().piece(id, false); });
  REQUIRE(report.ok());
  return reply;
}

}  // namespace

TEST_CASE("the shipped model answers in words") {
  const auto model = load(HEARTH_KINDLING);
  CHECK(model->facts().name == "Kindling");
  CHECK(model->facts().trained_context >= 1024);
  CHECK_FALSE(model->facts().chat_template.empty());
  auto session = Session::create(model, {});
  REQUIRE(session.ok());
  for (const char* question : {"Hello!", "What is your name?", "What is the capital of France?"}) {
    CAPTURE(question);
    const std::string reply = reply_to(*session.value(), *model, question);
    std::printf("  %s -> %s\n", question, reply.c_str());
    CHECK(reply.size() >= 2);
    const auto letters =
        std::count_if(reply.begin(), reply.end(), [](unsigned char c) { return std::isalpha(c) || c == ' '; });
    CHECK(static_cast<double>(letters) >= 0.7 * static_cast<double>(reply.size()));
    CHECK(reply == reply_to(*session.value(), *model, question));
  }
}
