// native/core/marker_finder.h: where marker texts stand in a string.
//
// The longest marker anywhere wins over a shorter one that it overlaps, then the lower id, then the leftmost place:
// what llama.cpp does by splitting the text at one marker after the other, longest first. Source: src/llama-vocab.cpp
// there.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace hearth {

class MarkerFinder {
 public:
  struct Marker {
    std::string_view text;  // not empty
    int32_t id;
  };
  struct Match {
    size_t begin, end;
    uint32_t marker;  // index into markers()
  };
  explicit MarkerFinder(std::vector<Marker> markers);

  /// The matches in order of place; none overlap. Linear in the text for markers of bounded length.
  std::vector<Match> find(std::string_view text) const;
  /// Longest first.
  const std::vector<Marker>& markers() const { return markers_; }

 private:
  std::vector<Match> candidates(std::string_view text) const;

  std::vector<Marker> markers_;
  std::vector<uint32_t> by_text_;  // indices into markers_, sorted by text
  struct Range {
    uint32_t begin = 0, end = 0;  // in by_text_
  };
  std::array<Range, 256> by_first_byte_{};
};

}  // namespace hearth
