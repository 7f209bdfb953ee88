// native/core/speculation/history_index.h: what this person's earlier answers looked like: n-grams of accepted tokens.
//
// A hash from the last four tokens to the place where they came last; the match is then extended backwards over the
// tokens themselves, so a collision costs time and never a wrong length. Bounded: the oldest messages leave first.
// Token ids mean nothing under another vocabulary, so an index belongs to a key (the hash of model and tokenizer) and
// saved bytes of another key are refused. The tokens are a person's words: forgetting a message removes them and every
// trace of them in the index.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "core/speculation/drafter.h"

namespace hearth {

/// Safe from several threads: sessions of one model share one.
class HistoryIndex {
 public:
  static constexpr uint32_t kGram = 4;  // tokens that must agree before anything is guessed

  /// `most_tokens`: kept at most, over all messages.
  explicit HistoryIndex(std::string key, uint32_t most_tokens = 1 << 18);

  /// Adds a message's tokens, or replaces them. A message longer than the index keeps its end.
  void add(uint64_t message, std::span<const TokenId> tokens);
  /// Forgets a message. False if it is not here.
  bool forget(uint64_t message);
  /// Forgets all messages but these. Answers how many went.
  size_t retain(std::span<const uint64_t> messages);
  bool has(uint64_t message) const;
  void clear();

  struct Found {
    uint32_t length = 0;  // of the match; 0: none
    uint32_t count = 0;   // tokens written
  };
  /// What followed the last time that `timeline` ended like this, within one message.
  Found find(std::span<const TokenId> timeline, std::span<TokenId> out) const;

  const std::string& key() const { return key_; }
  uint32_t tokens() const;
  size_t messages() const;
  /// Memory held: the tokens and the table over them, which grows with them.
  uint64_t bytes() const;

  std::vector<std::byte> save() const;
  /// Replaces everything. Errors: kInvalidArgument: bytes of another key or version, damaged, too many, or with an id
  /// that a vocabulary of `vocabulary` tokens lacks; then nothing has changed.
  Status restore(std::span<const std::byte> bytes, uint32_t vocabulary);

 private:
  struct Message {
    uint64_t id;
    std::vector<TokenId> tokens;
  };
  /// Where a 4-gram ends: message by its place in `messages_`, and the index behind it. `message` 0 is empty.
  struct Place {
    uint32_t message = 0;  // place + 1
    uint32_t end = 0;
  };
  static uint64_t hash(std::span<const TokenId> gram);
  // With mutex_ held:
  void rebuild();
  void enter(uint32_t place);
  void make_room(uint32_t incoming);
  template <typename Which>
  size_t drop(const Which& which);  // `rebuild` follows

  const std::string key_;
  const uint32_t most_tokens_;
  mutable std::mutex mutex_;
  std::vector<Message> messages_;  // oldest first
  std::vector<Place> table_;       // a power of two, twice the tokens; a newer gram of a slot replaces the older
  uint32_t tokens_ = 0;
};

class HistoryDrafter final : public Drafter {
 public:
  explicit HistoryDrafter(std::shared_ptr<const HistoryIndex> index) : index_(std::move(index)) {}
  TokenSource source() const override { return TokenSource::kHistory; }
  bool is_free() const override { return true; }
  Result<Draft> propose(std::span<const TokenId> timeline, std::span<TokenId> out) override;

 private:
  std::shared_ptr<const HistoryIndex> index_;
};

}  // namespace hearth
