// native/tests/support/sessions.h: golden models, sessions over them, and their bits.
#pragma once
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "core/session.h"

namespace hearth::test {

inline std::shared_ptr<const Model> load(const std::string& name, int threads = 2) {
  auto model =
      Model::load(std::string(HEARTH_GOLDEN "/models/") + name + ".gguf", {.backend = "cpu", .threads = threads});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  return std::move(model).value();
}

inline std::unique_ptr<Session> open(const std::shared_ptr<const Model>& model, const SessionOptions& options = {}) {
  auto session = Session::create(model, options);
  REQUIRE_MESSAGE(session.ok(), (session.ok() ? std::string() : session.error().message));
  return std::move(session).value();
}

inline constexpr TokenId kControl = 1;  // <eos>, a control token in every golden vocabulary

/// Seeded ids of plain text: none of them is a control token.
inline std::vector<TokenId> plain_tokens(size_t count, uint32_t seed = 1) {
  std::vector<TokenId> ids;
  uint64_t state = seed;
  while (ids.size() < count) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    ids.push_back(static_cast<TokenId>(200 + (state >> 33) % 300));
  }
  return ids;
}

using Bits = std::vector<float>;
inline Bits bits(Session& session) {
  const auto logits = session.logits();
  return {logits.begin(), logits.end()};
}
inline bool same(const Bits& a, const Bits& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

inline SyncReport sync(Session& session, std::span<const TokenId> prompt) {
  const auto report = session.sync(prompt);
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? std::string() : report.error().message));
  return report.value();
}

inline Bits fresh(const std::shared_ptr<const Model>& model, std::span<const TokenId> prompt,
                  const SessionOptions& options = {}) {
  const auto session = open(model, options);
  sync(*session, prompt);
  return bits(*session);
}

}  // namespace hearth::test
