// native/core/session_snapshot.cc: see session_snapshot.h.
#include "core/session_snapshot.h"

#include <cstddef>
#include <cstring>

#include "base/xxh64.h"
#include "core/fingerprint.h"
#include "core/session_timeline.h"

namespace hearth {
namespace {

Error unusable(const std::string& what) {
  return {ErrorCode::kInvalidArgument, "The snapshot cannot be used: " + what + "."};
}

uint64_t header_sum(const SnapshotHeader& header) {
  return xxh64(std::as_bytes(std::span(&header, 1)).first(offsetof(SnapshotHeader, header_sum)));
}

/// Reads pieces off a payload whose length has been checked against what they need.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}
  void read(std::span<std::byte> to) {
    if (!to.empty()) std::memcpy(to.data(), rest_.data(), to.size());
    rest_ = rest_.subspan(to.size());
  }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace

uint64_t snapshot_payload_size(const KvCache& cache, uint32_t tokens, std::span<const uint32_t> marks) {
  uint64_t sum = uint64_t{tokens} * sizeof(TokenId) + cache.global_bytes(tokens) + marks.size_bytes();
  for (const uint32_t position : marks) sum += cache.ring_bytes(position);
  return sum;
}

Result<uint32_t> TimelineSession::save(std::string_view build,
                                       const std::function<bool(std::span<const std::byte>)>& sink) {
  const auto end = static_cast<uint32_t>(timeline_.size());
  if (end == 0 || !cache_.intact(end)) return uint32_t{0};

  std::vector<uint32_t> positions;
  for (const RingMark& mark : marks_.all()) {
    if (mark.position < end) positions.push_back(mark.position);
  }
  positions.push_back(end);
  std::vector<std::byte> rows(cache_.ring_bytes(end));
  cache_.copy_rings(end, rows.data());

  std::vector<std::span<const std::byte>> pieces{std::as_bytes(std::span(timeline_))};
  for (const std::span<std::byte> globals : cache_.global_rows(end)) pieces.emplace_back(globals);
  pieces.push_back(std::as_bytes(std::span(positions)));
  for (size_t i = 0; i + 1 < positions.size(); ++i) pieces.emplace_back(marks_.all()[i].rows);
  pieces.emplace_back(rows);

  SnapshotHeader header{.kv_format = static_cast<uint32_t>(cache_.format()),
                        .build = sha256(std::as_bytes(std::span(build))),
                        .model = fingerprint(model_->file()),
                        .spec = fingerprint_of_spec(*model_),
                        .tokens = end,
                        .marks = static_cast<uint32_t>(positions.size())};
  for (const auto piece : pieces) {
    header.payload_size += piece.size();
    header.payload_sum = xxh64(piece, header.payload_sum);
  }
  header.header_sum = header_sum(header);
  pieces.insert(pieces.begin(), std::as_bytes(std::span(&header, 1)));
  for (const auto piece : pieces) {
    if (cancelled() || !sink(piece)) return Error{ErrorCode::kCancelled, "The snapshot was not written to its end."};
  }
  return end;
}

Result<uint32_t> TimelineSession::restore(std::span<const std::byte> snapshot, std::string_view build) {
  SnapshotHeader header;
  if (snapshot.size() < sizeof header) return unusable("it is shorter than its header");
  std::memcpy(&header, snapshot.data(), sizeof header);
  const auto payload = snapshot.subspan(sizeof header);
  if (header.magic != SnapshotHeader::kMagic) return unusable("it does not begin like one");
  if (header.version != SnapshotHeader::kVersion) return unusable("it has another format");
  if (header.header_sum != header_sum(header)) return unusable("its header is damaged");
  if (header.build != sha256(std::as_bytes(std::span(build)))) return unusable("another build wrote it");
  if (header.kv_format != static_cast<uint32_t>(cache_.format())) return unusable("its numbers have another format");
  if (header.tokens == 0 || header.tokens > context_) return unusable("it does not fit the context");
  if (header.marks == 0 || header.marks > RingMarks::kMost + 1) return unusable("it has an odd number of marks");
  if (header.spec != fingerprint_of_spec(*model_)) return unusable("it was made for another model or machine");
  if (header.model != fingerprint(model_->file())) return unusable("it was made for another model file");

  // The marks' positions say how long the rest is, so they are looked at before anything is read or allocated.
  const uint64_t tokens_size = uint64_t{header.tokens} * sizeof(TokenId);
  const uint64_t marks_at = tokens_size + cache_.global_bytes(header.tokens);
  std::vector<uint32_t> positions(header.marks);
  if (payload.size() != header.payload_size || payload.size() < marks_at + header.marks * sizeof(uint32_t))
    return unusable("it has another length than it says");
  std::memcpy(positions.data(), payload.data() + marks_at, positions.size() * sizeof(uint32_t));
  for (size_t i = 0; i < positions.size(); ++i) {
    if (positions[i] <= (i == 0 ? 0 : positions[i - 1]) || positions[i] > header.tokens)
      return unusable("its marks are out of order");
  }
  if (positions.back() != header.tokens) return unusable("it has no end");
  if (payload.size() != snapshot_payload_size(cache_, header.tokens, positions))
    return unusable("it has another length than its contents");

  std::vector<TokenId> tokens(header.tokens);
  std::memcpy(tokens.data(), payload.data(), tokens_size);
  if (Status status = check(tokens); !status.ok()) return unusable("it holds tokens that the model has not");
  if (Status status = cache_.reserve(header.tokens); !status.ok()) return status.error();
  const std::vector<std::span<std::byte>> globals = cache_.global_rows(header.tokens);

  // Piece by piece, as they were summed.
  uint64_t sum = 0;
  size_t at = 0;
  const auto add = [&](uint64_t size) {
    sum = xxh64(payload.subspan(at, size), sum);
    at += size;
  };
  add(tokens_size);
  for (const auto rows : globals) add(rows.size());
  add(positions.size() * sizeof(uint32_t));
  for (const uint32_t position : positions) add(cache_.ring_bytes(position));
  if (sum != header.payload_sum) return unusable("it is damaged");

  // Nothing can fail any more.
  Reader reader(payload.subspan(tokens_size));
  for (const auto rows : globals) reader.read(rows);
  reader.read(std::as_writable_bytes(std::span(positions)));
  std::vector<RingMark> marks;
  for (const uint32_t position : positions) {
    RingMark& mark = marks.emplace_back(position, std::vector<std::byte>(cache_.ring_bytes(position)));
    reader.read(mark.rows);
  }
  cache_.restore_rings(header.tokens, marks.back().rows.data());
  marks.pop_back();
  marks_.assign(std::move(marks));
  timeline_.assign(tokens.begin(), tokens.end());
  logits_fresh_ = false;
  return header.tokens;
}

}  // namespace hearth
