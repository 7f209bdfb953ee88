// native/core/speculation/history_index.cc: see history_index.h.
//
// Saved form, little-endian: "HRTHHIST", u32 version, u32 bytes of the key, the key, u32 messages, then each as u64 id,
// u32 count, i32 tokens; last a u64 FNV-1a of all bytes before it.
#include "core/speculation/history_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/speculation/lookup_drafter.h"

namespace hearth {
namespace {

constexpr char kMagic[8] = {'H', 'R', 'T', 'H', 'H', 'I', 'S', 'T'};
constexpr uint32_t kVersion = 1;
constexpr size_t kFewestPlaces = 1024;
static_assert(std::endian::native == std::endian::little, "saved bytes are written as they lie in memory");

uint64_t fnv1a(std::span<const std::byte> bytes) {
  uint64_t sum = 0xcbf29ce484222325u;
  for (const std::byte byte : bytes) sum = (sum ^ static_cast<uint8_t>(byte)) * 0x100000001b3u;
  return sum;
}

template <typename T>
void append(std::vector<std::byte>& bytes, const T* values, size_t count) {
  if (count == 0) return;
  const size_t end = bytes.size();
  bytes.resize(end + count * sizeof(T));  // g++ 12 sees an overflow in `insert` where there is none
  std::memcpy(bytes.data() + end, values, count * sizeof(T));
}

/// Reads forward and never past the end.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : left_(bytes) {}
  template <typename T>
  bool read(T* values, size_t count) {
    if (count > left_.size() / sizeof(T)) return false;
    if (count > 0) std::memcpy(values, left_.data(), count * sizeof(T));
    left_ = left_.subspan(count * sizeof(T));
    return true;
  }
  size_t left() const { return left_.size(); }

 private:
  std::span<const std::byte> left_;
};

Error refused(const char* what) {
  return {ErrorCode::kInvalidArgument,
          std::string("Expected a history index that this model has saved, found ") + what + "; it starts empty."};
}

}  // namespace

HistoryIndex::HistoryIndex(std::string key, uint32_t most_tokens)
    : key_(std::move(key)), most_tokens_(std::max(most_tokens, kGram + 1)), table_(kFewestPlaces) {}

uint64_t HistoryIndex::hash(std::span<const TokenId> gram) {
  uint64_t sum = 0;
  for (const TokenId id : gram) sum = (sum ^ static_cast<uint32_t>(id)) * 0x9E3779B97F4A7C15u, sum ^= sum >> 29;
  return sum;
}

void HistoryIndex::enter(uint32_t place) {
  const std::vector<TokenId>& tokens = messages_[place].tokens;
  for (size_t end = kGram; end < tokens.size(); ++end) {  // a gram at the very end has nothing behind it
    const uint64_t slot = hash(std::span(tokens).subspan(end - kGram, kGram)) & (table_.size() - 1);
    table_[slot] = {.message = place + 1, .end = static_cast<uint32_t>(end)};
  }
}

void HistoryIndex::rebuild() {
  tokens_ = 0;
  for (const Message& message : messages_) tokens_ += static_cast<uint32_t>(message.tokens.size());
  table_.assign(std::max(kFewestPlaces, std::bit_ceil(size_t{tokens_}) * 2), Place{});
  for (uint32_t place = 0; place < messages_.size(); ++place) enter(place);
}

template <typename Which>
size_t HistoryIndex::drop(const Which& which) {
  for (Message& message : messages_) {
    if (which(message)) std::ranges::fill(message.tokens, 0);  // freed memory keeps what it held
  }
  return std::erase_if(messages_, which);
}

void HistoryIndex::make_room(uint32_t incoming) {
  if (tokens_ + uint64_t{incoming} <= most_tokens_) return;
  // A quarter more than needed, so that a full index is not rebuilt at every message.
  uint64_t leaving = 0;
  const uint64_t wanted = tokens_ + uint64_t{incoming} - most_tokens_ + most_tokens_ / 4;
  size_t first = 0;
  while (first < messages_.size() && leaving < wanted) leaving += messages_[first++].tokens.size();
  messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(first));
  rebuild();
}

void HistoryIndex::add(uint64_t message, std::span<const TokenId> tokens) {
  if (tokens.size() > most_tokens_) tokens = tokens.last(most_tokens_);
  const std::lock_guard lock(mutex_);
  if (drop([&](const Message& m) { return m.id == message; }) > 0) rebuild();
  if (tokens.empty()) return;
  make_room(static_cast<uint32_t>(tokens.size()));
  messages_.push_back({message, {tokens.begin(), tokens.end()}});
  tokens_ += static_cast<uint32_t>(tokens.size());
  if (size_t{tokens_} * 2 > table_.size()) return rebuild();
  enter(static_cast<uint32_t>(messages_.size()) - 1);
}

bool HistoryIndex::forget(uint64_t message) {
  const std::lock_guard lock(mutex_);
  if (drop([&](const Message& m) { return m.id == message; }) == 0) return false;
  rebuild();
  return true;
}

size_t HistoryIndex::retain(std::span<const uint64_t> messages) {
  std::vector<uint64_t> kept(messages.begin(), messages.end());
  std::ranges::sort(kept);
  const std::lock_guard lock(mutex_);
  const size_t gone = drop([&](const Message& m) { return !std::ranges::binary_search(kept, m.id); });
  if (gone > 0) rebuild();
  return gone;
}

bool HistoryIndex::has(uint64_t message) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(messages_, message, &Message::id) != messages_.end();
}

void HistoryIndex::clear() {
  const std::lock_guard lock(mutex_);
  drop([](const Message&) { return true; });
  rebuild();
}

HistoryIndex::Found HistoryIndex::find(std::span<const TokenId> timeline, std::span<TokenId> out) const {
  if (timeline.size() < kGram) return {};
  const std::lock_guard lock(mutex_);
  const Place place = table_[hash(timeline.last(kGram)) & (table_.size() - 1)];
  if (place.message == 0) return {};
  const std::vector<TokenId>& tokens = messages_[place.message - 1].tokens;
  uint32_t length = 0;
  const auto longest = static_cast<uint32_t>(std::min<size_t>({place.end, timeline.size(), 32}));
  while (length < longest && tokens[place.end - 1 - length] == timeline[timeline.size() - 1 - length]) ++length;
  if (length < kGram) return {};
  const auto count = static_cast<uint32_t>(std::min<size_t>({tokens.size() - place.end, out.size(), length + 2}));
  std::copy_n(tokens.begin() + place.end, count, out.begin());
  return {.length = length, .count = count};
}

uint32_t HistoryIndex::tokens() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

size_t HistoryIndex::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_.size();
}

uint64_t HistoryIndex::bytes() const {
  const std::lock_guard lock(mutex_);
  uint64_t sum = table_.capacity() * sizeof(Place);
  for (const Message& message : messages_) sum += sizeof message + message.tokens.capacity() * sizeof(TokenId);
  return sum;
}

std::vector<std::byte> HistoryIndex::save() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::byte> bytes;
  append(bytes, kMagic, sizeof kMagic);
  const uint32_t head[2] = {kVersion, static_cast<uint32_t>(key_.size())};
  append(bytes, head, 2);
  append(bytes, key_.data(), key_.size());
  const auto count = static_cast<uint32_t>(messages_.size());
  append(bytes, &count, 1);
  for (const Message& message : messages_) {
    const auto length = static_cast<uint32_t>(message.tokens.size());
    append(bytes, &message.id, 1);
    append(bytes, &length, 1);
    append(bytes, message.tokens.data(), length);
  }
  const uint64_t sum = fnv1a(bytes);
  append(bytes, &sum, 1);
  return bytes;
}

Status HistoryIndex::restore(std::span<const std::byte> bytes, uint32_t vocabulary) {
  uint64_t sum = 0;
  if (bytes.size() < sizeof kMagic + sizeof sum) return refused("too few bytes");
  std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  bytes = bytes.first(bytes.size() - sizeof sum);
  if (std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0) return refused("something else");
  if (fnv1a(bytes) != sum) return refused("damaged bytes");
  Cursor cursor(bytes.subspan(sizeof kMagic));
  uint32_t head[2] = {}, count = 0;
  if (!cursor.read(head, 2) || head[0] != kVersion) return refused("another version");
  if (head[1] != key_.size()) return refused("one of another model");
  std::string key(head[1], '\0');
  if (!cursor.read(key.data(), key.size()) || key != key_) return refused("one of another model");
  if (!cursor.read(&count, 1)) return refused("too few bytes");
  std::vector<Message> messages;
  uint64_t total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    Message message{};
    uint32_t length = 0;
    if (!cursor.read(&message.id, 1) || !cursor.read(&length, 1) || length > cursor.left() / sizeof(TokenId))
      return refused("too few bytes");
    message.tokens.resize(length);
    cursor.read(message.tokens.data(), length);
    const auto is_known = [&](TokenId id) { return id >= 0 && static_cast<uint32_t>(id) < vocabulary; };
    if (!std::ranges::all_of(message.tokens, is_known)) return refused("tokens that the model has not");
    total += length;
    messages.push_back(std::move(message));
  }
  if (cursor.left() != 0 || total > most_tokens_) return refused("too many bytes");
  const std::lock_guard lock(mutex_);
  messages_ = std::move(messages);
  rebuild();
  return Ok{};
}

Result<Draft> HistoryDrafter::propose(std::span<const TokenId> timeline, std::span<TokenId> out) {
  const HistoryIndex::Found found = index_->find(timeline, out);
  return Draft{.count = found.count, .trust = trust_of_match(found.length)};
}

}  // namespace hearth
