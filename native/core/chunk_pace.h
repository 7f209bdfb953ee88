// native/core/chunk_pace.h: how many prompt rows one pass takes, so that somebody who stops a reply does not wait.
//
// A cancel is seen twice a layer. A layer of a large model over many rows takes seconds on a small machine; over
// fewer rows it takes less, and loses little: weights that are unpacked for sixteen rows cost few of the operations.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>

namespace hearth {

/// Shared by the sessions of a model; safe from several threads.
class ChunkPace {
 public:
  static constexpr double kLayerMs = 80;  // wanted at most
  static constexpr uint32_t kFewest = 16;

  /// `row_work`: multiplications of one row in the largest layer, for a first guess.
  explicit ChunkPace(uint64_t row_work) : row_ms_(static_cast<double>(row_work) / kGuessedWorkAMs) {}

  /// Rows of the next pass, at most `most`.
  uint32_t rows(uint32_t most) const {
    const double fitting = kLayerMs / std::max(row_ms_.load(std::memory_order_relaxed), 1e-9);
    if (fitting >= most) return most;
    const auto whole = static_cast<uint32_t>(fitting) / kFewest * kFewest;
    return std::clamp(whole, std::min(kFewest, most), most);
  }
  /// A pass of `rows` through `layers` layers took this long. Few rows say nothing: weights are the most of their time.
  void passed(uint32_t rows, uint32_t layers, double milliseconds) {
    if (rows < kFewest || layers == 0 || !(milliseconds > 0)) return;
    const double found = milliseconds / rows / layers;
    row_ms_.store((row_ms_.load(std::memory_order_relaxed) + found) / 2, std::memory_order_relaxed);
  }

 private:
  static constexpr double kGuessedWorkAMs = 4e7;
  std::atomic<double> row_ms_;  // of one row in one layer
};

}  // namespace hearth
