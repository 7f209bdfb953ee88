// native/tests/core/ring_marks_test.cc: a turn that is edited, asked again or left for another branch computes what is
// new, and the bits are those of a session that never held anything.
#include "core/ring_marks.h"

#include <doctest/doctest.h>

#include <cstring>

#include "core/session.h"
#include "support/sessions.h"

using namespace hearth;
using namespace hearth::test;

namespace {

constexpr SessionOptions kSmall{.chunk = 4};  // rings of 32 slots, behind windows of 16 and 12

/// <bos>, then a message of `length` plain tokens in control tokens for each of `lengths`.
std::vector<TokenId> conversation(std::initializer_list<size_t> lengths, uint32_t seed = 1) {
  std::vector<TokenId> ids{2};
  for (const size_t length : lengths) {
    ids.push_back(kControl);
    const auto words = plain_tokens(length, seed++);
    ids.insert(ids.end(), words.begin(), words.end());
    ids.push_back(kControl);
  }
  return ids;
}

}  // namespace

TEST_CASE("a question that is edited far behind the slack goes back to the turn before it, with the right bits") {
  for (const char* name : {"e2b-f32", "26b-f32", "31b-f32", "26b-q8_0"}) {
    CAPTURE(name);
    const auto model = load(name);
    const auto prompt = conversation({40, 60, 50, 70});  // the last question is 70 tokens long
    auto edited = conversation({40, 60, 50});
    edited.push_back(kControl);
    for (const TokenId id : plain_tokens(30, 77)) edited.push_back(id);
    const auto session = open(model, kSmall);
    sync(*session, prompt);
    const SyncReport report = sync(*session, edited);
    const auto boundary = static_cast<uint32_t>(1 + 42 + 62 + 51);  // the control token that ends the third message
    CHECK(report.reused == boundary);
    CHECK(same(bits(*session), fresh(model, edited)));
    // And once more from there: the mark is still good.
    const SyncReport again = sync(*session, prompt);
    CHECK(again.reused >= boundary);
    CHECK(same(bits(*session), fresh(model, prompt)));
  }
}

TEST_CASE("another answer to the same question computes a few tokens, however long the first answer was") {
  const auto model = load("26b-f32");
  const auto prompt = conversation({40, 60});
  const auto session = open(model, kSmall);
  sync(*session, prompt);
  for (const TokenId id : plain_tokens(120, 5)) REQUIRE(session->step(id).ok());
  const SyncReport report = sync(*session, prompt);
  CHECK(report.computed == 1);  // the last token is the boundary
  CHECK(same(bits(*session), fresh(model, prompt)));
}

TEST_CASE("a new first question keeps the system prompt") {
  const auto model = load("e2b-f32");
  const auto prompt = conversation({80, 60, 50, 70, 90, 40, 40});
  const auto session = open(model, kSmall);
  sync(*session, prompt);
  auto other = conversation({80});
  for (const TokenId id : plain_tokens(40, 88)) other.push_back(id);
  const SyncReport report = sync(*session, other);
  CHECK(report.reused == 82);
  CHECK(same(bits(*session), fresh(model, other)));
}

TEST_CASE("marks of tokens that were replaced are never used") {
  const auto model = load("26b-f32");
  const auto session = open(model, kSmall);
  uint32_t reused = 0;
  for (uint32_t round = 0; round < 30; ++round) {  // branches that part anywhere and have boundaries at the same places
    auto prompt = conversation({40, 40, 40, 40, 40}, 1);
    const auto other = conversation({40, 40, 40, 40, 40}, 100 + round);
    const size_t cut = 20 + round * 37 % 160;
    std::copy(other.begin() + static_cast<int64_t>(cut), other.end(), prompt.begin() + static_cast<int64_t>(cut));
    if (round % 3 == 1) session->truncate(90);
    if (round % 5 == 2) session->truncate(0);
    reused += sync(*session, prompt).reused;
    CAPTURE(round);
    REQUIRE(same(bits(*session), fresh(model, prompt)));
  }
  CHECK(reused > 30 * 20);
}

TEST_CASE("a session keeps at most four marks, and their bytes are counted") {
  const auto model = load("e2b-f32");
  const auto session = open(model, kSmall);
  sync(*session, conversation({40, 40, 40, 40}));
  const uint64_t with_four = session->memory_bytes();
  sync(*session, conversation({40, 40, 40, 40, 40, 40, 40, 40}));
  CHECK(session->memory_bytes() == with_four);
  const auto bare = open(model, kSmall);
  CHECK(with_four > bare->memory_bytes());
  session->truncate(0);
  CHECK(session->memory_bytes() == bare->memory_bytes());
}

TEST_CASE("a cancel in a long prefill ends it after one layer, and progress counts each pass") {
  const auto model = load("e2b-f32");
  const auto prompt = plain_tokens(300);
  const auto session = open(model, {.chunk = 16});
  std::vector<uint32_t> seen;
  session->set_progress([&](uint32_t done, uint32_t total) {
    CHECK(total == 300);
    seen.push_back(done);
    if (done == 64) session->cancel();
  });
  const auto cut = session->sync(prompt);
  REQUIRE_FALSE(cut.ok());
  CHECK(cut.error().code == ErrorCode::kCancelled);
  CHECK(seen == std::vector<uint32_t>{16, 32, 48, 64});  // not one pass more
  CHECK(session->timeline().size() == 64);
  session->clear_cancel();
  const SyncReport rest = sync(*session, prompt);
  CHECK(rest.reused == 64);
  CHECK(seen.back() == 300);
  CHECK(same(bits(*session), fresh(model, prompt)));
  seen.clear();
  REQUIRE(session->step(9).ok());
  CHECK(seen.empty());  // a decode step is no progress of a prompt
}
