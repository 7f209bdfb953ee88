// native/tests/golden/record.h: reads the records of vectors/ (README.md there gives the formats) and measures against
// them.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/session.h"
#include "support/json.h"
#include "support/read_file.h"

namespace hearth::test {

inline const std::filesystem::path kGolden = HEARTH_GOLDEN;

/// How far logits are from a record. `count` values were compared.
struct Distance {
  double worst = 0;
  double squares = 0;
  uint64_t count = 0;
  uint64_t positions = 0;
  uint64_t same_best = 0;

  double rms() const { return count > 0 ? std::sqrt(squares / static_cast<double>(count)) : 0; }
  double agreement() const {
    return positions > 0 ? static_cast<double>(same_best) / static_cast<double>(positions) : 0;
  }
  void value(double got, double want) {
    const double difference = std::abs(got - want);
    // A NaN compares false with everything; it must be the worst, not the best.
    worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
    squares += difference * difference;
    ++count;
  }
};

inline size_t best_of(std::span<const float> logits) {
  return static_cast<size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

/// Recorded logits of one prompt in one mode, whole or as the 50 best of each position.
class Record {
 public:
  /// Nothing where the prompt was not recorded in this mode.
  static std::optional<Record> of(const Json& prompt, const std::string& mode, uint32_t vocabulary,
                                  const std::filesystem::path& folder = kGolden / "vectors") {
    for (const bool top : {false, true}) {
      const Json& files = prompt[top ? "top50" : "logits"];
      if (!files.has(mode)) continue;
      Record record;
      record.top_ = top;
      record.vocabulary_ = vocabulary;
      record.bytes_ = read_file(folder / files[mode].text());
      REQUIRE(record.bytes_.size() == prompt["tokens"].array().size() * record.row_bytes());
      return record;
    }
    return std::nullopt;
  }

  void compare(uint32_t position, std::span<const float> logits, Distance& distance) const {
    const char* row = bytes_.data() + position * row_bytes();
    ++distance.positions;
    if (!top_) {
      std::vector<float> want(vocabulary_);
      std::memcpy(want.data(), row, row_bytes());
      for (uint32_t id = 0; id < vocabulary_; ++id) distance.value(logits[id], want[id]);
      distance.same_best += best_of(logits) == best_of(want);
      return;
    }
    float log_sum = 0;
    int32_t ids[50];
    float want[50];
    std::memcpy(&log_sum, row, sizeof log_sum);
    std::memcpy(ids, row + sizeof log_sum, sizeof ids);
    std::memcpy(want, row + sizeof log_sum + sizeof ids, sizeof want);
    double sum = 0;
    for (const float logit : logits) sum += std::exp(double{logit} - want[0]);
    distance.value(std::log(sum) + want[0], log_sum);
    for (int i = 0; i < 50; ++i) distance.value(logits[static_cast<size_t>(ids[i])], want[i]);
    distance.same_best += best_of(logits) == static_cast<size_t>(ids[0]);
  }

 private:
  size_t row_bytes() const { return top_ ? 404 : size_t{vocabulary_} * sizeof(float); }

  bool top_ = false;
  uint32_t vocabulary_ = 0;
  std::string bytes_;
};

/// All positions of all prompts that were recorded in `mode`, computed with keys and values in `kv`.
inline Distance measure(const std::shared_ptr<const Model>& model, const Json& vectors, const std::string& mode,
                        KvType kv, const std::filesystem::path& folder = kGolden / "vectors") {
  auto session = Session::create(model, {.kv = kv});
  REQUIRE(session.ok());
  Distance distance;
  for (const Json& prompt : vectors["prompts"].array()) {
    const auto record = Record::of(prompt, mode, model->facts().vocabulary, folder);
    if (!record) continue;
    const auto tokens = prompt["tokens"].ids();
    const Status status = session.value()->logits_of(
        tokens, [&](uint32_t position, std::span<const float> logits) { record->compare(position, logits, distance); });
    REQUIRE(status.ok());
  }
  return distance;
}

/// Greedy tokens after `prompt`, with no stop at end tokens: as many as were recorded, and the same.
inline void check_greedy(Session& session, const Json& prompt) {
  const auto want = prompt["greedy"]["exact"]["tokens"].ids();
  std::vector<TokenId> got;
  const auto report = session.generate(
      prompt["tokens"].ids(), {.max_tokens = static_cast<uint32_t>(want.size()), .sampling = {}, .ignore_end = true},
      [&](TokenId id) { got.push_back(id); });
  REQUIRE(report.ok());
  CHECK(got == want);
}

/// The names of all recorded target models, such as "e2b-f32".
inline std::vector<std::string> recorded_models() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kGolden / "vectors")) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".json" || !std::filesystem::exists(kGolden / "models" / (name + ".gguf")))
      continue;
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline std::shared_ptr<const Model> load(const std::filesystem::path& path) {
  auto model = Model::load(path.string(), {.backend = "cpu", .threads = 2});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  return std::move(model).value();
}

}  // namespace hearth::test
