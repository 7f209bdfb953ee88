// native/tests/core/session_snapshot_test.cc: a timeline that was saved goes on with the same bits in another session,
// and bytes that are not exactly such a snapshot change nothing.
#include "core/session_snapshot.h"

#include <doctest/doctest.h>

#include "base/sha256.h"
#include "base/xxh64.h"
#include "support/sessions.h"

using namespace hearth;
using namespace hearth::test;

namespace {

using Bytes = std::vector<std::byte>;

Bytes save(Session& session, std::string_view build = "build 1") {
  Bytes bytes;
  const auto tokens = session.save(build, [&](std::span<const std::byte> piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    return true;
  });
  REQUIRE(tokens.ok());
  CHECK(tokens.value() == session.timeline().size());
  return bytes;
}

std::string refusal(Session& session, std::span<const std::byte> bytes, std::string_view build = "build 1") {
  const auto restored = session.restore(bytes, build);
  return restored.ok() ? "" : restored.error().message;
}

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("SHA-256 and XXH64 give the numbers of their specifications") {
  CHECK(hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256(bytes_of("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string two =
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";  // 56 bytes: padding of two blocks
  CHECK(hex(sha256(bytes_of(two))) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  Sha256 pieces;
  for (size_t at = 0; at < two.size(); at += 9) pieces.add(bytes_of(std::string_view(two).substr(at, 9)));
  CHECK(pieces.finish() == sha256(bytes_of(two)));
  const std::string million(1000000, 'a');
  CHECK(hex(sha256(bytes_of(million))) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(xxh64({}) == 0xEF46DB3751D8E999);
  CHECK(xxh64(bytes_of("a")) == 0xD24EC4F1A98C6E5B);
  CHECK(xxh64(bytes_of("abc")) == 0x44BC2CF5AD770999);
  CHECK(xxh64(bytes_of("Nobody inspects the spammish repetition")) == 0xFBCEA83C8A378BF1);
}

TEST_CASE("a restored timeline goes on with the bits of one that was never saved") {
  for (const char* name : {"e2b-f32", "26b-f32", "31b-q8_0", "e2bk-q4_k_m"}) {
    for (const KvType kv : {KvType::kF16, KvType::kF32}) {
      for (const size_t length : {1u, 5u, 40u, 200u, 600u}) {
        CAPTURE(name);
        CAPTURE(length);
        const auto model = load(name);
        const SessionOptions options{.kv = kv, .chunk = 8};
        const auto prompt = plain_tokens(length + 30);
        const auto first = open(model, options);
        sync(*first, std::span(prompt).first(length));
        const Bytes bytes = save(*first);

        const auto second = open(model, options);
        sync(*second, plain_tokens(300, 9));  // what it held before is gone
        CHECK(second->restore(bytes, "build 1").value() == length);
        CHECK(sync(*second, prompt).reused == length);
        CHECK(same(bits(*second), fresh(model, prompt, {.kv = kv})));
        // A cut behind the end is not taken for something that the rings still show.
        if (length > 40) {
          REQUIRE(second->restore(bytes, "build 1").ok());
          auto other = plain_tokens(length - 3);
          other.push_back(77);
          sync(*second, other);
          CHECK(same(bits(*second), fresh(model, other, {.kv = kv})));
        }
      }
    }
  }
}

TEST_CASE("marks are saved too, so that another answer after a restart computes little") {
  const auto model = load("26b-f32");
  auto prompt = plain_tokens(100);
  prompt.push_back(kControl);
  const auto first = open(model, {.chunk = 4});
  sync(*first, prompt);
  for (const TokenId id : plain_tokens(90, 4)) REQUIRE(first->step(id).ok());
  const Bytes bytes = save(*first);
  const auto second = open(model, {.chunk = 4});
  REQUIRE(refusal(*second, bytes).empty());
  CHECK(sync(*second, prompt).computed == 1);
  CHECK(same(bits(*second), fresh(model, prompt)));
}

TEST_CASE("a snapshot of another build, model, format or context is refused, and the session works on") {
  const auto model = load("26b-f32");
  const auto prompt = plain_tokens(60);
  const auto session = open(model);
  sync(*session, prompt);
  const Bytes bytes = save(*session);
  const auto says = [](const std::string& refusal, const char* what) {
    INFO(refusal);
    CHECK(refusal.find(what) != std::string::npos);
  };
  says(refusal(*open(model), bytes, "build 2"), "another build");
  says(refusal(*open(load("e2b-f32")), bytes), "another model");
  says(refusal(*open(load("26b-q8_0")), bytes), "another model");
  says(refusal(*open(model, {.kv = KvType::kF32}), bytes), "another format");
  says(refusal(*open(model, {.context = 59}), bytes), "context");

  const auto other = open(model);
  sync(*other, plain_tokens(20, 8));
  says(refusal(*other, bytes, "build 2"), "another build");
  CHECK(other->timeline().size() == 20);
  sync(*other, prompt);
  CHECK(same(bits(*other), fresh(model, prompt)));
  CHECK(open(model)->save("build 1", [](std::span<const std::byte>) { return false; }).value() == 0);
  CHECK(session->save("build 1", [](std::span<const std::byte>) { return false; }).error().code ==
        ErrorCode::kCancelled);
}

TEST_CASE("no damaged snapshot is taken: any byte changed, any length") {
  const auto model = load("26b-f32");
  auto prompt = plain_tokens(30);
  prompt.push_back(kControl);
  const auto session = open(model, {.chunk = 4});
  sync(*session, prompt);
  const Bytes good = save(*session);
  const auto target = open(model, {.chunk = 4});
  REQUIRE(refusal(*target, good).empty());

  for (size_t size = 0; size < good.size(); size += size < 400 ? 1 : 997)
    REQUIRE_FALSE(refusal(*target, std::span(good).first(size)).empty());
  Bytes longer = good;
  longer.push_back({});
  CHECK_FALSE(refusal(*target, longer).empty());
  for (size_t at = 0; at < good.size(); at += at < 400 ? 1 : 211) {
    Bytes bad = good;
    bad[at] ^= std::byte{1};
    CAPTURE(at);
    REQUIRE_FALSE(refusal(*target, bad).empty());
  }
  sync(*target, prompt);
  CHECK(same(bits(*target), fresh(model, prompt)));
}

TEST_CASE("fields that lie under right checksums are refused") {
  const auto model = load("26b-f32");
  const auto session = open(model, {.chunk = 4});
  sync(*session, plain_tokens(30));
  const Bytes good = save(*session);
  const auto forged = [&](const std::function<void(SnapshotHeader&)>& change) {
    Bytes bytes = good;
    SnapshotHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    change(header);
    header.header_sum = xxh64(std::as_bytes(std::span(&header, 1)).first(offsetof(SnapshotHeader, header_sum)));
    std::memcpy(bytes.data(), &header, sizeof header);
    return refusal(*open(model, {.chunk = 4}), bytes);
  };
  CHECK(forged([](SnapshotHeader&) {}).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.version = 2; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.tokens = 29; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.tokens = 0; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.tokens = 0xFFFFFFFF; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.marks = 0; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.marks = 2; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.marks = 0xFFFFFFFF; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.payload_size += 1; }).empty());
  CHECK_FALSE(forged([](SnapshotHeader& h) { h.payload_size = 0; }).empty());
}
