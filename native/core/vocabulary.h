// native/core/vocabulary.h: the entries of `tokenizer.ggml.*`: what each id is, and what it prints.
//
// Source: ggml-org/llama.cpp src/llama-vocab.cpp (token types, end-of-generation names).
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "core/text_table.h"
#include "gguf/gguf.h"

namespace hearth {

using TokenId = int32_t;

/// `tokenizer.ggml.token_type`.
enum class TokenType : uint8_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

/// How texts stand for bytes.
enum class Spelling {
  kPieces,  // UTF-8, U+2581 for a space, and 256 byte entries
  kBytes,   // GPT-2's printable stand-ins, one a byte
};

/// The stand-in for a byte under `Spelling::kBytes`.
char32_t stand_in(uint8_t byte);

class Vocabulary {
 public:
  /// Errors: kModelInvalid, naming the key.
  static Result<std::unique_ptr<const Vocabulary>> from_gguf(std::shared_ptr<const gguf::File> file,
                                                             Spelling spelling = Spelling::kPieces);

  uint32_t size() const { return static_cast<uint32_t>(texts_.size()); }
  TokenType type(TokenId id) const { return types_[static_cast<size_t>(id)]; }
  std::string_view text(TokenId id) const { return texts_[static_cast<size_t>(id)]; }
  const TextTable& table() const { return table_; }

  /// True for what plain text may never become: unknown, control, unused and byte entries, and user-defined ones with
  /// anything visible in them. (User-defined runs of white space, as older converters write them, are no markers.)
  bool reserved(TokenId id) const { return reserved_[static_cast<size_t>(id)]; }
  /// True for the markers that llama.cpp leaves alone with parse_special = false.
  bool control(TokenId id) const;

  /// The entry that is this one code point and not reserved, or -1.
  TokenId of_code_point(char32_t c) const {
    return c > 0x10FFFF ? -1 : code_points_[size_t{pages_[c >> 8]} * 256 + (c & 255)] - 1;
  }
  /// The entry of `count` line feeds, or -1.
  TokenId of_newlines(size_t count) const { return count < newlines_.size() ? newlines_[count] : -1; }
  TokenId of_byte(uint8_t byte) const { return bytes_[byte]; }

  std::string_view piece(TokenId id, bool show_special) const;
  bool ends_generation(TokenId id) const;
  TokenId bos() const { return bos_; }  // -1 where the file has none
  TokenId eos() const { return eos_; }

 private:
  Vocabulary(std::shared_ptr<const gguf::File> file, std::span<const std::string_view> texts, Spelling spelling)
      : file_(std::move(file)), spelling_(spelling), texts_(texts), table_(texts) {}
  Status read_types();
  Status read_bytes();
  Status read_special_ids();
  void read_code_points();
  void read_pieces();
  void append_printed(std::string_view text);

  std::shared_ptr<const gguf::File> file_;  // owns the texts
  Spelling spelling_;
  std::span<const std::string_view> texts_;
  TextTable table_;
  std::vector<TokenType> types_;
  std::vector<bool> reserved_;
  std::array<uint16_t, 0x1100> pages_{};  // code point / 256 → page; page 0 is empty
  std::vector<TokenId> code_points_;      // pages of 256 ids plus one, 0: none
  std::vector<TokenId> newlines_;
  std::array<TokenId, 256> bytes_{};
  std::vector<std::string_view> pieces_;  // with special tokens shown
  std::string respaced_;                  // the pieces that print otherwise than they are spelt
  std::vector<TokenId> ends_;
  TokenId bos_ = -1, eos_ = -1, tool_response_ = -1;
};

}  // namespace hearth
