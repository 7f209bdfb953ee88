// native/core/marker_finder.cc
#include "core/marker_finder.h"

#include <algorithm>
#include <numeric>

namespace hearth {

MarkerFinder::MarkerFinder(std::vector<Marker> markers) : markers_(std::move(markers)) {
  std::ranges::sort(markers_, [](const Marker& a, const Marker& b) {
    return a.text.size() != b.text.size() ? a.text.size() > b.text.size() : a.id < b.id;
  });
  by_text_.resize(markers_.size());
  std::iota(by_text_.begin(), by_text_.end(), 0u);
  // Of equal texts the lower id is met first.
  std::ranges::sort(by_text_, [&](uint32_t a, uint32_t b) {
    return markers_[a].text != markers_[b].text ? markers_[a].text < markers_[b].text : a < b;
  });
  for (uint32_t i = 0; i < by_text_.size(); ++i) {
    Range& range = by_first_byte_[static_cast<uint8_t>(markers_[by_text_[i]].text[0])];
    if (range.end == 0) range.begin = i;
    range.end = i + 1;
  }
}

std::vector<MarkerFinder::Match> MarkerFinder::candidates(std::string_view text) const {
  std::vector<Match> out;
  for (size_t at = 0; at < text.size(); ++at) {
    Range range = by_first_byte_[static_cast<uint8_t>(text[at])];
    // All of by_text_[range] agree with the text in their first `depth` bytes; the shortest of them come first.
    for (size_t depth = 1; range.begin < range.end; ++depth) {
      const uint32_t shortest = by_text_[range.begin];
      if (markers_[shortest].text.size() == depth) {
        out.push_back({at, at + depth, shortest});
        while (range.begin < range.end && markers_[by_text_[range.begin]].text.size() == depth) ++range.begin;
      }
      if (at + depth >= text.size()) break;
      const auto byte = [&](uint32_t i) { return static_cast<uint8_t>(markers_[i].text[depth]); };
      const auto found = std::ranges::equal_range(by_text_.begin() + range.begin, by_text_.begin() + range.end,
                                                  static_cast<uint8_t>(text[at + depth]), {}, byte);
      range = {static_cast<uint32_t>(found.begin() - by_text_.begin()),
               static_cast<uint32_t>(found.end() - by_text_.begin())};
    }
  }
  return out;
}

std::vector<MarkerFinder::Match> MarkerFinder::find(std::string_view text) const {
  if (markers_.empty()) return {};
  std::vector<Match> found = candidates(text);
  const auto overlap = [](const Match& a, const Match& b) { return a.end > b.begin; };
  if (std::ranges::adjacent_find(found, overlap) == found.end()) return found;

  std::ranges::sort(found, [](const Match& a, const Match& b) {
    return a.marker != b.marker ? a.marker < b.marker : a.begin < b.begin;  // markers_ is longest first
  });
  std::vector<bool> taken(text.size());
  std::vector<Match> kept;
  for (const Match& match : found) {
    // What was taken before is at least as long, so it cannot lie strictly inside: the two ends tell.
    if (taken[match.begin] || taken[match.end - 1]) continue;
    std::fill(taken.begin() + static_cast<std::ptrdiff_t>(match.begin),
              taken.begin() + static_cast<std::ptrdiff_t>(match.end), true);
    kept.push_back(match);
  }
  std::ranges::sort(kept, {}, &Match::begin);
  return kept;
}

}  // namespace hearth
