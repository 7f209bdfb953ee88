// native/core/vocabulary.cc
#include "core/vocabulary.h"

#include <algorithm>

#include "base/printable.h"
#include "core/utf8.h"

namespace hearth {
namespace {

constexpr std::string_view kBlank = "\xE2\x96\x81";  // U+2581, what a space is inside the vocabulary

/// The 256 bytes in order, so that a byte token's piece can point somewhere.
const char* all_bytes() {
  static const std::array<char, 256> bytes = [] {
    std::array<char, 256> out{};
    for (size_t i = 0; i < 256; ++i) out[i] = static_cast<char>(static_cast<uint8_t>(i));
    return out;
  }();
  return bytes.data();
}

/// "<0x4F>" → 0x4F.
std::optional<uint8_t> byte_of(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>') return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(3, 2)) {
    unsigned digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A' + 10);
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a' + 10);
    } else {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  return static_cast<uint8_t>(value);
}

bool white_space_only(std::string_view text) {
  while (!text.empty()) {
    const char c = text.front();
    const bool blank = text.starts_with(kBlank);
    if (!blank && c != '\n' && c != '\t' && c != '\r' && c != ' ') return false;
    text.remove_prefix(blank ? kBlank.size() : 1);
  }
  return true;
}

/// The byte that a code point stands for under Spelling::kBytes, or -1. Source: openai/gpt-2 encoder.py.
int byte_behind(char32_t c) {
  static const std::array<int16_t, 512> bytes = [] {
    std::array<int16_t, 512> out;
    out.fill(-1);
    for (int byte = 0; byte < 256; ++byte) out[stand_in(static_cast<uint8_t>(byte))] = static_cast<int16_t>(byte);
    return out;
  }();
  return c < bytes.size() ? bytes[c] : -1;
}

/// What ends an answer in the templates of other families; only control entries count.
constexpr std::string_view kEndNames[] = {"<end_of_turn>", "<|eot_id|>", "<|end_of_text|>", "<|im_end|>",
                                          "<|endoftext|>", "<|eom_id|>", "<|end|>",         "</s>"};

Error misfit(const gguf::File& file, std::string_view key, const std::string& problem) {
  return {ErrorCode::kModelInvalid, file.path() + " cannot be used: " + std::string(key) + " " + problem +
                                        "; take another GGUF file of this model"};
}

}  // namespace

char32_t stand_in(uint8_t byte) {
  const auto shown = [](int b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174; };
  if (shown(byte)) return byte;
  char32_t next = 256;
  for (int before = 0; before < byte; ++before) next += shown(before) ? 0 : 1;
  return next;
}

Result<std::unique_ptr<const Vocabulary>> Vocabulary::from_gguf(std::shared_ptr<const gguf::File> file,
                                                                Spelling spelling) {
  constexpr std::string_view kTokens = "tokenizer.ggml.tokens";
  const gguf::Value* value = file->find(kTokens);
  const auto* texts = value == nullptr ? nullptr : std::get_if<std::vector<std::string_view>>(value);
  if (texts == nullptr)
    return misfit(*file, kTokens, "was expected to be a list of texts and is missing or no such list");
  if (texts->empty() || texts->size() > INT32_MAX) {
    return misfit(*file, kTokens,
                  "was expected to hold 1 to 2147483647 entries and holds " + std::to_string(texts->size()));
  }
  std::unique_ptr<Vocabulary> out(new Vocabulary(std::move(file), *texts, spelling));
  if (Status status = out->read_types(); !status) return status.error();
  out->read_code_points();
  if (Status status = out->read_bytes(); !status) return status.error();
  if (Status status = out->read_special_ids(); !status) return status.error();
  out->read_pieces();
  return std::unique_ptr<const Vocabulary>(std::move(out));
}

Status Vocabulary::read_types() {
  constexpr std::string_view kKey = "tokenizer.ggml.token_type";
  const gguf::Value* value = file_->find(kKey);
  const auto* types = value == nullptr ? nullptr : std::get_if<std::vector<int64_t>>(value);
  if (types == nullptr)
    return misfit(*file_, kKey, "was expected to be a list of integers and is missing or no such list");
  if (types->size() != texts_.size()) {
    return misfit(*file_, kKey,
                  "was expected to hold one entry for each of the " + std::to_string(texts_.size()) +
                      " tokens and holds " + std::to_string(types->size()));
  }
  types_.reserve(size());
  reserved_.reserve(size());
  for (size_t id = 0; id < texts_.size(); ++id) {
    const int64_t raw = (*types)[id];
    const TokenType type = raw >= 1 && raw <= 6 ? static_cast<TokenType>(raw) : TokenType::kNormal;
    types_.push_back(type);
    const bool marker = type == TokenType::kUserDefined && !white_space_only(texts_[id]);
    reserved_.push_back(marker || (type != TokenType::kNormal && type != TokenType::kUserDefined));
  }
  return Ok{};
}

Status Vocabulary::read_bytes() {
  bytes_.fill(-1);
  size_t found = 0;
  if (spelling_ == Spelling::kBytes) {
    for (int byte = 0; byte < 256; ++byte) {
      bytes_[static_cast<size_t>(byte)] = of_code_point(stand_in(static_cast<uint8_t>(byte)));
      found += bytes_[static_cast<size_t>(byte)] >= 0;
    }
    if (found == 256) return Ok{};
    return misfit(*file_, "tokenizer.ggml.tokens",
                  "was expected to hold a stand-in for each of the 256 bytes and holds " + std::to_string(found));
  }
  for (uint32_t id = 0; id < size(); ++id) {
    if (types_[id] != TokenType::kByte) continue;
    const std::optional<uint8_t> byte = byte_of(texts_[id]);
    if (!byte) {
      return misfit(*file_, "tokenizer.ggml.tokens",
                    "marks \"" + printable(texts_[id], 32) + "\" (id " + std::to_string(id) +
                        ") as a byte, where <0x00>..<0xFF> were expected");
    }
    if (bytes_[*byte] < 0) {
      bytes_[*byte] = static_cast<TokenId>(id);
      ++found;
    }
  }
  if (found == 256) return Ok{};
  return misfit(*file_, "tokenizer.ggml.tokens",
                "was expected to hold the 256 byte entries <0x00>..<0xFF> and holds " + std::to_string(found));
}

Status Vocabulary::read_special_ids() {
  // A key wins over a name, since a fine-tune may rename; but a key beyond the vocabulary is damage.
  const auto id_of = [&](std::string_view key, std::string_view name, TokenId& out) -> Status {
    out = table_.find(name);
    const gguf::Value* value = file_->find(key);
    if (value == nullptr) return Ok{};
    const std::optional<uint64_t> id = file_->find_u64(key);
    if (!id || *id >= size()) {
      return misfit(*file_, key,
                    "was expected to be an id below " + std::to_string(size()) +
                        (id ? " and is " + std::to_string(*id) : std::string(" and is no such number")));
    }
    out = static_cast<TokenId>(*id);
    return Ok{};
  };
  TokenId eot = -1;
  if (Status s = id_of("tokenizer.ggml.bos_token_id", "<bos>", bos_); !s) return s;
  if (Status s = id_of("tokenizer.ggml.eos_token_id", "<eos>", eos_); !s) return s;
  if (Status s = id_of("tokenizer.ggml.eot_token_id", "<turn|>", eot); !s) return s;
  if (bos_ < 0 && spelling_ == Spelling::kPieces) {
    return misfit(*file_, "tokenizer.ggml.bos_token_id", "is missing, and so is a token <bos>");
  }
  if (eos_ < 0) return misfit(*file_, "tokenizer.ggml.eos_token_id", "is missing, and so is a token <eos>");
  tool_response_ = table_.find("<|tool_response>");
  // <|tool_response> ends because the model writes it after its tool calls, to hand over.
  for (const TokenId id : {eos_, eot, table_.find("<eos>"), table_.find("<turn|>"), tool_response_}) {
    if (id >= 0) ends_.push_back(id);
  }
  for (const std::string_view name : kEndNames) {
    if (const TokenId id = table_.find(name); id >= 0 && type(id) == TokenType::kControl) ends_.push_back(id);
  }
  std::ranges::sort(ends_);
  const auto repeated = std::ranges::unique(ends_);
  ends_.erase(repeated.begin(), repeated.end());
  return Ok{};
}

void Vocabulary::read_code_points() {
  code_points_.assign(256, 0);
  std::string spelled;
  for (uint32_t id = 0; id < size(); ++id) {
    const std::string_view text = texts_[id];
    if (text.empty() || text.size() > 4 || reserved_[id]) continue;
    size_t end = 0;
    const char32_t c = decode_lenient(text, end);
    spelled.clear();
    append_utf8(spelled, c);
    if (spelled != text) continue;
    uint16_t& page = pages_[c >> 8];
    if (page == 0) {
      page = static_cast<uint16_t>(code_points_.size() / 256);
      code_points_.resize(code_points_.size() + 256, 0);
    }
    TokenId& slot = code_points_[size_t{page} * 256 + (c & 255)];
    if (slot == 0) slot = static_cast<TokenId>(id + 1);
  }
  for (uint32_t id = 0; id < size(); ++id) {
    const std::string_view text = texts_[id];
    if (text.empty() || reserved_[id] || text.find_first_not_of('\n') != text.npos) continue;
    if (text.size() >= newlines_.size()) newlines_.resize(text.size() + 1, -1);
    if (newlines_[text.size()] < 0) newlines_[text.size()] = static_cast<TokenId>(id);
  }
}

void Vocabulary::read_pieces() {
  pieces_.resize(size());
  struct Copied {
    uint32_t id;
    size_t begin, size;
  };
  std::vector<Copied> copied;  // respaced_ may move while it grows, so the views are made at the end
  for (uint32_t id = 0; id < size(); ++id) {
    const std::string_view text = texts_[id];
    switch (types_[id]) {
      case TokenType::kUnused:
        continue;
      case TokenType::kByte:
        pieces_[id] = {all_bytes() + *byte_of(text), 1};
        continue;
      case TokenType::kUnknown:
      case TokenType::kControl:
      case TokenType::kUserDefined:
        pieces_[id] = text;
        continue;
      case TokenType::kNormal:
        break;
    }
    if (spelling_ == Spelling::kPieces && text.find(kBlank) == text.npos) {
      pieces_[id] = text;
      continue;
    }
    const size_t begin = respaced_.size();
    append_printed(text);
    copied.push_back({id, begin, respaced_.size() - begin});
  }
  for (const Copied& c : copied) pieces_[c.id] = std::string_view(respaced_).substr(c.begin, c.size);
}

void Vocabulary::append_printed(std::string_view text) {
  if (spelling_ == Spelling::kBytes) {
    for (size_t at = 0; at < text.size();) {
      const size_t from = at;
      const int byte = byte_behind(decode_lenient(text, at));
      if (byte >= 0) {
        respaced_.push_back(static_cast<char>(static_cast<uint8_t>(byte)));
      } else {
        respaced_.append(text.substr(from, at - from));
      }
    }
    return;
  }
  size_t from = 0;
  for (size_t at = text.find(kBlank); at != text.npos; from = at + kBlank.size(), at = text.find(kBlank, from)) {
    respaced_.append(text.substr(from, at - from));
    respaced_.push_back(' ');
  }
  respaced_.append(text.substr(from));
}

bool Vocabulary::control(TokenId id) const {
  return type(id) == TokenType::kControl || type(id) == TokenType::kUnknown || id == tool_response_;
}

std::string_view Vocabulary::piece(TokenId id, bool show_special) const {
  if (id < 0 || static_cast<uint32_t>(id) >= size()) return {};
  const bool hidden = type(id) == TokenType::kControl || type(id) == TokenType::kUnknown;
  return hidden && !show_special ? std::string_view() : pieces_[static_cast<size_t>(id)];
}

bool Vocabulary::ends_generation(TokenId id) const { return std::ranges::binary_search(ends_, id); }

}  // namespace hearth
