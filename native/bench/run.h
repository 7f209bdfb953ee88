// native/bench/run.h: one measuring process, the same story for every engine: load, first token, prefill, decode at
// depths, several rows at once, memory. Prints one JSON object a line; scripts/bench.mjs reads them and compares.
//
//   PROGRAM FILE [--threads N] [--prefill 128,512] [--depths 0,512] [--rows 1,2,4,8] [--tokens N] [--repeats N]
//           [--numerics fast|exact]
//
// Rules: both engines get the same token ids, threads, f16 keys and values and room; the first token of a series is
// thrown away; every fourth token is a question to the probe instead of a sample. HEARTH_BENCH_STARTED (milliseconds
// since 1970) is when the caller started this process.
#pragma once
#include <sys/resource.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>

#include <csignal>
#endif

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/probe.h"

namespace bench {

/// What an engine must be able to do. A call that cannot is the end of the measurement: it prints why and exits.
class Engine {
 public:
  virtual ~Engine() = default;
  /// The library and the instruction set that it chose.
  virtual std::string name() const = 0;
  /// Forgets everything, then computes `tokens` and the last one's logits.
  virtual void prefill(std::span<const int32_t> tokens) = 0;
  /// Goes on behind what is held; logits of the last one.
  virtual void append(std::span<const int32_t> tokens) = 0;
  /// Logits after the last call, to see that they are numbers.
  virtual std::span<const float> logits() = 0;
  /// `depth` tokens are held when this returns; whatever `verify` needs is ready.
  virtual void prepare_verify(std::span<const int32_t> tokens) = 0;
  /// Goes on behind those, always from the same depth; logits of all.
  virtual void verify(std::span<const int32_t> tokens) = 0;
};

struct Options {
  std::string file;
  int threads = 2;
  std::vector<uint32_t> prefill, depths, rows;
  uint32_t tokens = 32, repeats = 3;
  uint32_t context = 5120;
  bool fast = true;  // Hearth's numerics; the peer has only its own
};

/// Opens the model; the engine's half of the program defines it.
std::unique_ptr<Engine> open_engine(const Options& options);

using Clock = std::chrono::steady_clock;
inline double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// The same ids for every engine: ordinary entries of a vocabulary of 262,144, or of a small one.
inline std::vector<int32_t> token_stream(uint32_t count) {
  std::vector<int32_t> ids(count);
  uint32_t state = 7;
  for (int32_t& id : ids) {
    state = state * 1664525u + 1013904223u;
    id = static_cast<int32_t>(300 + (state >> 8) % 3000);
  }
  return ids;
}

inline void print_samples(const char* metric, uint32_t at, const std::vector<double>& ms,
                          const std::vector<double>& probe = {}) {
  const auto list = [](const std::vector<double>& values) {
    std::string text;
    char number[32];
    for (const double value : values) {
      std::snprintf(number, sizeof number, "%s%.4f", text.empty() ? "" : ",", value);
      text += number;
    }
    return text;
  };
  std::printf("{\"metric\":\"%s\",\"at\":%u,\"ms\":[%s],\"probe\":[%s]}\n", metric, at, list(ms).c_str(),
              list(probe).c_str());
  std::fflush(stdout);
}

/// MB of this process; zeros where the system does not say.
inline void print_memory(const char* when) {
  double peak = 0, anon = 0, file = 0;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    const auto value = [&](const char* key, double& to) {
      if (line.rfind(key, 0) == 0) to = std::atof(line.c_str() + std::strlen(key)) / 1024;
    };
    value("VmHWM:", peak);
    value("RssAnon:", anon);
    value("RssFile:", file);
  }
  std::printf("{\"metric\":\"memory\",\"when\":\"%s\",\"peak_mb\":%.1f,\"anon_mb\":%.1f,\"file_mb\":%.1f}\n", when,
              peak, anon, file);
  std::fflush(stdout);
}

/// Linux shares its cores between sessions before it looks at niceness, so that a build elsewhere would take half of
/// each. We take a session of our own, which ends with the caller, and put it first.
inline void go_first() {
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (setsid() < 0) return;  // it has one already, which may be a person's: leave that alone
  if (std::ofstream group("/proc/self/autogroup"); group) group << "-15";
  setpriority(PRIO_PROCESS, 0, -10);  // needs the right; without it the load of the machine shows in the numbers
}

inline bool parse(int argc, char** argv, Options& options) {
  const auto list = [](const char* text) {
    std::vector<uint32_t> values;
    for (char* end = nullptr; *text != '\0'; text = *end == ',' ? end + 1 : end)
      values.push_back(static_cast<uint32_t>(std::strtoul(text, &end, 10)));
    return values;
  };
  if (argc < 2 || argc % 2 != 0) return false;
  options.file = argv[1];
  for (int i = 2; i < argc; i += 2) {
    const std::string name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--threads")
      options.threads = std::atoi(value);
    else if (name == "--prefill")
      options.prefill = list(value);
    else if (name == "--depths")
      options.depths = list(value);
    else if (name == "--rows")
      options.rows = list(value);
    else if (name == "--tokens")
      options.tokens = static_cast<uint32_t>(std::atoi(value));
    else if (name == "--numerics")
      options.fast = std::strcmp(value, "exact") != 0;
    else if (name == "--repeats")
      options.repeats = static_cast<uint32_t>(std::atoi(value));
    else
      return false;
  }
  return options.threads > 0 && options.tokens > 0 && options.repeats > 0;
}

inline void measure_prefill(Engine& engine, const Options& options, std::span<const int32_t> ids) {
  for (const uint32_t length : options.prefill) {
    std::vector<double> ms;
    for (uint32_t i = 0; i < (length > 1000 ? 1 : options.repeats); ++i) {
      const auto begin = Clock::now();
      engine.prefill(ids.first(length));
      ms.push_back(ms_since(begin));
    }
    print_samples("prefill", length, ms);
  }
}

inline void measure_decode(Engine& engine, const Probe& probe, const Options& options, std::span<const int32_t> ids) {
  uint32_t held = 0;
  for (const uint32_t depth : options.depths) {
    if (held == 0 || depth < held) {
      engine.prefill(ids.first(std::max(1u, depth)));
    } else {
      engine.append(ids.subspan(held, depth - held));
    }
    held = std::max(1u, depth);
    std::vector<double> ms, rates;
    for (uint32_t i = 0; ms.size() < options.tokens; ++i) {
      const bool ask = i % 4 == 0;  // the first token of all, too, is no sample
      if (ask) rates.push_back(probe.read_gb_per_s());
      const auto begin = Clock::now();
      engine.append(ids.subspan(held++, 1));
      if (!ask) ms.push_back(ms_since(begin));
    }
    print_samples("decode", depth, ms, rates);
  }
}

inline void measure_rows(Engine& engine, const Options& options, std::span<const int32_t> ids) {
  if (options.rows.empty()) return;
  constexpr uint32_t kDepth = 128;
  std::vector<std::vector<double>> ms(options.rows.size());
  engine.prepare_verify(ids.first(kDepth));
  for (uint32_t round = 0; round <= options.repeats * 3; ++round) {
    for (size_t i = 0; i < options.rows.size(); ++i) {
      const auto begin = Clock::now();
      engine.verify(ids.subspan(kDepth, options.rows[i]));
      if (round > 0) ms[i].push_back(ms_since(begin));
    }
  }
  for (size_t i = 0; i < options.rows.size(); ++i) print_samples("rows", options.rows[i], ms[i]);
}

inline int run(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: %s FILE [--threads N] [--prefill 128,512] [--depths 0,512] [--rows 1,2,4,8] [--tokens N] "
                 "[--repeats N] [--numerics fast|exact]\n",
                 argv[0]);
    return 2;
  }
  go_first();
  const auto now = std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch());
  const char* started = std::getenv("HEARTH_BENCH_STARTED");
  const double before = started != nullptr ? std::max(0.0, now.count() - std::atof(started)) : 0;
  const auto begin = Clock::now();
  const std::vector<int32_t> ids = token_stream(options.context + 1024);
  const Probe probe(options.threads);

  const std::unique_ptr<Engine> engine = open_engine(options);
  print_samples("load", 0, {before + ms_since(begin)});
  constexpr uint32_t kFirstPrompt = 128;
  engine->prefill(std::span(ids).first(kFirstPrompt));
  const std::span<const float> logits = engine->logits();
  float best = -INFINITY, worst = INFINITY;
  bool sound = true;
  for (const float logit : logits) {
    sound = sound && !std::isnan(logit) && logit < INFINITY;  // -inf: a token that is never sampled
    best = std::max(best, logit);
    if (std::isfinite(logit)) worst = std::min(worst, logit);
  }
  sound = sound && best > worst;  // a file of zeros would be as fast and say nothing
  print_samples("first-token", kFirstPrompt, {before + ms_since(begin)});
  print_memory("first-token");
  std::printf("{\"metric\":\"engine\",\"name\":\"%s\",\"sound\":%s}\n", engine->name().c_str(),
              sound ? "true" : "false");

  measure_prefill(*engine, options, ids);
  measure_decode(*engine, probe, options, ids);
  measure_rows(*engine, options, ids);
  print_memory("end");
  return 0;
}

}  // namespace bench
