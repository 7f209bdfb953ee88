// native/tests/constraint/cost_test.cc: what masks cost with 262,144 tokens, printed. Nothing is asserted about time:
// a machine that is busy is not wrong. Compare with the decode step that `kernel-bench` or the receipt of a reply
// shows.
#include <algorithm>
#include <ctime>

#include "random_schema.h"
#include "writer.h"

using namespace hearth;
using namespace hearth::test;
using namespace hearth::constraint;

namespace {

/// This thread's own time in us, so that other programs on the machine do not count.
double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

std::string summary(std::vector<double> times) {
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return std::to_string(static_cast<int>(times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))]));
  };
  return "p50 " + at(0.5) + ", p99 " + at(0.99) + ", worst " + at(1) + " us of " + std::to_string(times.size());
}

}  // namespace

TEST_CASE("masks are made and applied, and their cost is printed") {
  double begin = now();
  const auto trie = make_token_trie(gemma4());
  MESSAGE("tree of the vocabulary: " << (now() - begin) / 1000 << " ms, " << trie->memory_bytes() / 1048576 << " MiB, "
                                     << trie->plain().size() << " + " << trie->others().size() << " nodes");
  std::vector<double> compiling, cold, warm, applying, all;
  std::vector<float> logits(trie->size());
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Request request = JsonSchema{RandomSchema(seed).make()};
    begin = now();
    const auto constraint = compiled(request, trie);
    compiling.push_back(now() - begin);
    std::mt19937_64 random(seed);
    for (int step = 0; step < 60 && !constraint->finished(); ++step) {
      begin = now();
      const auto mask = constraint->mask();
      REQUIRE(mask.ok());
      cold.push_back(now() - begin);
      begin = now();
      REQUIRE(constraint->mask().ok());
      warm.push_back(now() - begin);
      std::ranges::fill(logits, 1.0F);
      begin = now();
      apply_mask(mask.value(), logits);
      applying.push_back(now() - begin);
      all.push_back(cold.back() + applying.back());
      TokenId id = static_cast<TokenId>(random() % trie->size());
      while (!allows(mask.value(), id)) id = (id + 1) % static_cast<TokenId>(trie->size());
      REQUIRE(constraint->accept(id));
      if (trie->ends(id)) break;
    }
  }
  MESSAGE("compiling a schema: " << summary(compiling));
  MESSAGE("mask, first visit of a state or a later one: " << summary(cold));
  MESSAGE("mask, asked again: " << summary(warm));
  MESSAGE("applying it: " << summary(applying));
  MESSAGE("mask and applying, as in a reply: " << summary(all));
  for (const auto& [name, request] :
       {std::pair<std::string, Request>{"any text `(.|\\n)*`", Regex{"(.|\\n)*"}},
        {"words `(\\w+ ?)*`", Regex{"(\\w+ ?)*"}},
        {"a string of at most 200", JsonSchema{R"({"type":"string","maxLength":200})"}}}) {
    const auto constraint = compiled(request, trie);
    begin = now();
    REQUIRE(constraint->mask().ok());
    MESSAGE("first mask of " << name << ": " << static_cast<int>(now() - begin) << " us");
  }
}
