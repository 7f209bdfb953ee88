// native/tools/speculation_bench.cc: what guessing ahead gains: `speculation-bench MODEL PROMPTS [DRAFTER] [--max N]
// [--rounds N] [--temp T] [--sources lookup,model] [--threads N] [--numerics fast|exact] [--replay A] [--costs]`.
//
// PROMPTS: texts, each followed by a line `__prompt__`. Each prompt is answered plainly and with guesses, turn about,
// so that a busy machine disturbs both alike; the answers must be equal, or the program says so and fails.
// --everything: guesses are verified whether they pay or not, which tells how many are right.
// --replay: guesses are the plain answer's own tokens, each right with probability A, in place of the sources.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/session.h"
#include "tools/replay_drafter.h"

namespace {

using namespace hearth;

struct Sum {
  uint64_t tokens = 0, passes = 0;
  uint64_t drafted[kTokenSources] = {}, accepted[kTokenSources] = {};
};

std::vector<std::string> read_prompts(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  const std::string whole = text.str(), cut = "\n__prompt__\n";
  std::vector<std::string> prompts;
  for (size_t at = 0, end; (end = whole.find(cut, at)) != std::string::npos; at = end + cut.size())
    prompts.push_back(whole.substr(at, end - at));
  return prompts;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// c(M): medians of passes over M rows, turn about, at a depth of 200 tokens.
void print_costs(Session& session) {
  std::vector<TokenId> prompt(200, 5), rows(kVerifyRows, 7);
  prompt[0] = 2;
  std::vector<double> times[kVerifyRows + 1];
  for (int round = 0; round < 40; ++round) {
    for (uint32_t m = 1; m <= kVerifyRows; ++m) {
      if (!session.sync(prompt).ok()) return;
      const auto start = std::chrono::steady_clock::now();
      if (!session.verify(std::span(rows).first(m)).ok()) return;
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
      session.keep(1);
      times[m].push_back(took.count());
    }
  }
  const double one = median(times[1]);
  std::printf("one row %.3f ms; c(M):", one);
  for (uint32_t m = 1; m <= kVerifyRows; ++m) std::printf(" %.2f", median(times[m]) / one);
  std::printf("\n");
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<const char*> files;
  uint32_t max_tokens = 256, rounds = 1;
  float temperature = 0;
  bool costs = false;
  int threads = 0;
  auto numerics = ops::Numerics::kExact;
  Replay replay;
  bool replays = false, everything = false;
  SpeculationOptions guessing;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--max" && i + 1 < count) {
      max_tokens = static_cast<uint32_t>(std::atoi(arguments[++i]));
    } else if (name == "--rounds" && i + 1 < count) {
      rounds = static_cast<uint32_t>(std::atoi(arguments[++i]));
    } else if (name == "--temp" && i + 1 < count) {
      temperature = static_cast<float>(std::atof(arguments[++i]));
    } else if (name == "--sources" && i + 1 < count) {
      const std::string sources = arguments[++i];
      guessing.lookup = sources.find("lookup") != std::string::npos;
      guessing.model = sources.find("model") != std::string::npos;
    } else if (name == "--threads" && i + 1 < count) {
      threads = std::atoi(arguments[++i]);
    } else if (name == "--numerics" && i + 1 < count) {
      numerics = std::string(arguments[++i]) == "fast" ? ops::Numerics::kFast : ops::Numerics::kExact;
    } else if (name == "--replay" && i + 1 < count) {
      replays = true;
      replay.share = std::atof(arguments[++i]);
    } else if (name == "--everything") {
      everything = true;
    } else if (name == "--costs") {
      costs = true;
    } else {
      files.push_back(arguments[i]);
    }
  }
  if (files.size() < 2) {
    std::fprintf(stderr, "speculation-bench MODEL PROMPTS [DRAFTER] [--max N] [--rounds N] [--temp T] [--sources S]\n");
    return 2;
  }
  const auto model = Model::load(
      files[0],
      {.backend = "auto", .threads = threads, .drafter = files.size() > 2 ? files[2] : "", .numerics = numerics});
  if (!model.ok()) {
    std::fprintf(stderr, "%s\n", model.error().message.c_str());
    return 1;
  }
  const auto prompts = read_prompts(files[1]);
  auto plain = Session::create(model.value(), {});
  auto guessed = Session::create(model.value(), {});
  if (!plain.ok() || !guessed.ok()) return 1;
  if (replays) {
    guessed.value()->speculator() = Speculator();
    guessed.value()->speculator().add(std::make_unique<ReplayDrafter>(replay));
  }
  if (everything) guessed.value()->speculator().verify_everything();

  if (costs) return print_costs(*guessed.value()), 0;

  std::vector<double> ratios;
  double plain_ms = 0, guessed_ms = 0;
  Sum sum;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (size_t p = 0; p < prompts.size(); ++p) {
      const auto tokens = model.value()->tokenizer().encode(prompts[p], {.bos = false, .markers = Markers::kAll});
      GenerateOptions options;
      options.max_tokens = max_tokens;
      options.sampling = {.temperature = temperature, .seed = p};
      std::vector<TokenId> answers[2];
      double ms[2] = {};
      for (int turn = 0; turn < 2; ++turn) {
        const bool with = replays ? turn == 1 : (turn + p + round) % 2 != 0;
        if (with && replays) replay = {.prompt = tokens.size(), .answer = answers[0], .share = replay.share};
        options.speculation = guessing;
        options.speculation.on = with;
        auto& session = with ? *guessed.value() : *plain.value();
        const auto report = session.generate(tokens, options, [&](TokenId id) { answers[with].push_back(id); });
        if (!report.ok()) {
          std::fprintf(stderr, "%s\n", report.error().message.c_str());
          return 1;
        }
        ms[with] = report.value().decode_ms;
        if (!with) continue;
        sum.tokens += report.value().new_tokens;
        sum.passes += report.value().passes;
        for (size_t s = 0; s < kTokenSources; ++s) {
          sum.drafted[s] += report.value().drafted[s];
          sum.accepted[s] += report.value().accepted[s];
        }
      }
      if (answers[0] != answers[1]) {
        std::fprintf(stderr, "prompt %zu: the answers differ\n", p);
        return 1;
      }
      plain_ms += ms[0];
      guessed_ms += ms[1];
      if (ms[0] > 0) ratios.push_back(ms[0] / ms[1]);
    }
  }
  const auto& policy = guessed.value()->speculator().policy();
  std::printf("prompts %zu  tokens %llu  tokens per pass %.2f  speed-up: whole %.2f, median of answers %.2f\n",
              prompts.size(), static_cast<unsigned long long>(sum.tokens), double(sum.tokens) / double(sum.passes),
              plain_ms / guessed_ms, median(ratios));
  const char* names[kTokenSources] = {"plain", "model", "lookup", "history", "constraint"};
  for (size_t s = 1; s < kTokenSources; ++s) {
    if (sum.drafted[s] == 0) continue;
    std::printf("  %-8s drafted %llu, right %llu (%.0f %%)\n", names[s],
                static_cast<unsigned long long>(sum.drafted[s]), static_cast<unsigned long long>(sum.accepted[s]),
                100.0 * double(sum.accepted[s]) / double(sum.drafted[s]));
  }
  std::printf("  c(M)    ");
  for (uint32_t m = 1; m <= kVerifyRows; ++m) std::printf(" %.2f", policy.cost(m));
  std::printf("\n");
  for (uint32_t trust = 0; trust < kTrustLevels; ++trust) {
    std::printf("  a lookup trust %u:", trust);
    for (uint32_t i = 0; i < 6; ++i) std::printf(" %.2f", policy.acceptance(TokenSource::kLookup, trust, i));
    std::printf("\n");
  }
  std::printf("  a model:");
  for (uint32_t i = 0; i < 8; ++i) std::printf(" %.2f", policy.acceptance(TokenSource::kModel, 0, i));
  std::printf("\n");
  return 0;
}
