// native/fuzz/snapshot_fuzz.cc: any bytes as a snapshot. They are put into a session as they are, and once more behind
// the header of a real snapshot with the sums put right, so that the checks behind the sums meet them too. A session
// that took or refused them must go on.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "base/xxh64.h"
#include "core/session.h"
#include "core/session_snapshot.h"

namespace {

using namespace hearth;

std::unique_ptr<Session> open() {
  static const std::shared_ptr<const Model> model =
      Model::load(HEARTH_FUZZ_MODEL, {.backend = "cpu", .threads = 1}).value();
  return Session::create(model, {.context = 64, .chunk = 4}).value();
}

std::vector<std::byte> real_snapshot() {
  const auto session = open();
  if (!session->sync(std::vector<TokenId>{2, 40, 41, 42, 43, 44}).ok()) std::abort();
  std::vector<std::byte> bytes;
  const auto saved = session->save("build", [&](std::span<const std::byte> piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    return true;
  });
  if (!saved.ok()) std::abort();
  return bytes;
}

void meet(Session& session, std::span<const std::byte> bytes) {
  const auto restored = session.restore(bytes, "build");
  if (restored.ok() ? restored.value() != session.timeline().size() : restored.error().message.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<std::byte> real = real_snapshot();
  static const std::unique_ptr<Session> session = open();
  const std::span input(reinterpret_cast<const std::byte*>(data), size);
  meet(*session, input);

  // The first bytes replace tokens, marks and sizes of the header, the rest the payload from a place of their choice.
  std::vector<std::byte> bent = real;
  SnapshotHeader header;
  std::memcpy(&header, bent.data(), sizeof header);
  constexpr size_t kFields = offsetof(SnapshotHeader, payload_sum) - offsetof(SnapshotHeader, tokens);
  if (size < kFields + 4) return 0;
  if ((data[0] & 1) != 0) std::memcpy(&header.tokens, data, kFields);
  uint32_t at = 0;
  std::memcpy(&at, data + kFields, sizeof at);
  const auto rest = input.subspan(kFields + 4);
  bent.resize(bent.size() + (data[1] & 7));
  at = static_cast<uint32_t>(sizeof header + at % (bent.size() - sizeof header));
  std::memcpy(bent.data() + at, rest.data(), std::min(rest.size(), bent.size() - at));
  header.header_sum = xxh64(std::as_bytes(std::span(&header, 1)).first(offsetof(SnapshotHeader, header_sum)));
  std::memcpy(bent.data(), &header, sizeof header);
  meet(*session, bent);

  static uint32_t rounds = 0;
  if (++rounds % 64 == 0 && !session->sync(std::vector<TokenId>{2, 40, 41, 50}).ok()) std::abort();
  return 0;
}
