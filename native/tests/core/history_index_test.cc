// native/tests/core/history_index_test.cc: earlier answers are found, bounded, saved, and forgotten without a trace.
#include "core/speculation/history_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "core/session.h"

using namespace hearth;

namespace {

std::vector<TokenId> range(TokenId from, TokenId to) {
  std::vector<TokenId> ids;
  for (TokenId id = from; id < to; ++id) ids.push_back(id);
  return ids;
}

/// What the index guesses behind `timeline`.
std::vector<TokenId> guess(const HistoryIndex& index, const std::vector<TokenId>& timeline) {
  std::vector<TokenId> out(kLongestDraft);
  out.resize(index.find(timeline, out).count);
  return out;
}

bool holds(std::span<const std::byte> bytes, std::span<const TokenId> tokens) {
  const auto wanted = std::as_bytes(tokens);
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

}  // namespace

TEST_CASE("an answer is gone on with as it went on before, and only where four tokens agree") {
  HistoryIndex index("model");
  index.add(1, range(100, 140));
  CHECK(guess(index, range(103, 107)) == range(107, 113));
  CHECK(guess(index, {1, 2, 3, 103, 104, 105, 106, 107}) == range(108, 115));
  CHECK(guess(index, {1, 104, 105, 106}).empty());
  CHECK(guess(index, range(136, 140)).empty());  // nothing came behind
  index.add(2, std::vector<TokenId>{103, 104, 105, 106, 9, 8, 7});
  CHECK((guess(index, range(103, 107)) == std::vector<TokenId>{9, 8, 7}));  // the newer answer counts
}

TEST_CASE("a forgotten message leaves no trace, and the others stay") {
  HistoryIndex index("model");
  index.add(1, range(100, 120));
  index.add(2, range(200, 220));
  index.add(3, range(300, 320));
  CHECK(holds(index.save(), range(200, 220)));
  CHECK(index.forget(2));
  CHECK_FALSE(index.forget(2));
  CHECK(guess(index, range(203, 207)).empty());
  CHECK_FALSE(holds(index.save(), range(200, 204)));
  CHECK(guess(index, range(103, 107)) == range(107, 113));
  CHECK(guess(index, range(303, 307)) == range(307, 313));
  CHECK(index.tokens() == 40);
  index.add(3, range(500, 505));  // said anew
  CHECK(guess(index, range(303, 307)).empty());
  CHECK(index.messages() == 2);
  index.clear();
  CHECK(index.tokens() == 0);
  CHECK(guess(index, range(103, 107)).empty());
}

TEST_CASE("what is not to be kept goes as if it had never been there") {
  HistoryIndex index("model"), never("model");
  for (TokenId i = 1; i < 9; ++i) {
    index.add(static_cast<uint64_t>(i), range(i * 100, i * 100 + 30));
    if (i % 3 == 0) never.add(static_cast<uint64_t>(i), range(i * 100, i * 100 + 30));
  }
  CHECK(index.retain(std::vector<uint64_t>{6, 3, 77}) == 6);
  CHECK(index.save() == never.save());
  CHECK(index.has(3));
  CHECK_FALSE(index.has(4));
  CHECK(guess(index, range(403, 407)).empty());
  CHECK(guess(index, range(603, 607)) == range(607, 613));
  CHECK(index.retain(std::vector<uint64_t>{3, 6}) == 0);
}

TEST_CASE("an index of a few answers is small, and one of many finds as much") {
  HistoryIndex index("model");
  const uint64_t empty = index.bytes();
  CHECK(empty < 20'000);
  for (TokenId i = 0; i < 200; ++i) {
    index.add(static_cast<uint64_t>(i), range(i * 100, i * 100 + 90));
  }
  uint32_t found = 0;
  for (TokenId i = 0; i < 200; ++i) found += !guess(index, range(i * 100, i * 100 + 4)).empty();
  CHECK(found > 150);  // of 18000 grams some share a place with a newer one
  CHECK(index.bytes() > empty);
}

TEST_CASE("the oldest messages leave when the index is full") {
  HistoryIndex index("model", 1000);
  for (TokenId i = 0; i < 100; ++i) index.add(static_cast<uint64_t>(i), range(i * 100, i * 100 + 50));
  CHECK(index.tokens() <= 1000);
  CHECK(index.tokens() >= 700);
  CHECK(guess(index, range(3, 7)).empty());
  CHECK(guess(index, range(9903, 9907)) == range(9907, 9913));
  index.add(7, range(0, 5000));
  CHECK(index.tokens() == 1000);
}

TEST_CASE("saved bytes come back whole, or are refused without a change") {
  HistoryIndex index("model a");
  index.add(1, range(100, 120));
  index.add(2, range(200, 220));
  const auto bytes = index.save();
  HistoryIndex same("model a"), other("model b"), small("model a", 30);
  REQUIRE(same.restore(bytes, 1000).ok());
  CHECK(same.save() == bytes);
  CHECK(guess(same, range(203, 207)) == range(207, 213));
  CHECK_FALSE(other.restore(bytes, 1000).ok());
  CHECK_FALSE(small.restore(bytes, 1000).ok());
  CHECK_FALSE(same.restore(bytes, 219).ok());  // the last id is 219: a vocabulary of 219 ends at 218
  for (size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] ^= std::byte{0x10};
    CHECK_FALSE(same.restore(damaged, 1000).ok());
    CHECK_FALSE(same.restore(std::span(bytes).first(at), 1000).ok());
  }
  CHECK(same.save() == bytes);
  const Status status = other.restore(bytes, 1000);
  CHECK(status.error().message.find("another model") != std::string::npos);
}

TEST_CASE("an answer given before is guessed in another session, and stays the same") {
  const auto model = Model::load(HEARTH_GOLDEN "/models/31b-q8_0.gguf", {.backend = "cpu", .threads = 1});
  REQUIRE(model.ok());
  const auto prompt = range(20, 40);
  const auto run = [&](Session& session, bool guessing) {
    GenerateOptions options{.max_tokens = 50, .sampling = {}, .ignore_end = true};
    options.speculation.on = guessing;
    std::vector<TokenId> ids;
    const auto report = session.generate(prompt, options, [&](TokenId id) { ids.push_back(id); });
    REQUIRE(report.ok());
    return std::pair(ids, report.value());
  };
  const auto first = run(*Session::create(model.value(), {}).value(), false);
  auto history = std::make_shared<HistoryIndex>("31b");
  std::vector<TokenId> whole = prompt;
  whole.insert(whole.end(), first.first.begin(), first.first.end());
  history->add(1, whole);
  const auto session = Session::create(model.value(), {});
  REQUIRE(session.ok());
  session.value()->speculator().add(std::make_unique<HistoryDrafter>(history));
  session.value()->speculator().verify_everything();
  const auto second = run(*session.value(), true);
  CHECK(second.first == first.first);
  CHECK(second.second.accepted[static_cast<size_t>(TokenSource::kHistory)] > 25);
  CHECK(second.second.passes < 25);
}

TEST_CASE("a drafter over the index says how long the match was") {
  auto index = std::make_shared<HistoryIndex>("model");
  index->add(1, range(100, 140));
  HistoryDrafter drafter(index);
  std::vector<TokenId> out(kLongestDraft);
  CHECK(drafter.propose(range(103, 107), out).value().trust == 2);
  CHECK(drafter.propose(range(103, 117), out).value().trust == 3);
  CHECK(drafter.propose(std::vector<TokenId>{1, 2}, out).value().count == 0);
}
