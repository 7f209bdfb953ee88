// native/constraint/token_bytes.h: all that a constraint must know of a vocabulary.
#pragma once
#include <cstdint>
#include <string_view>

namespace hearth {

using TokenId = int32_t;

namespace constraint {

class TokenBytes {
 public:
  virtual ~TokenBytes() = default;
  virtual uint32_t size() const = 0;
  /// What the token prints, maybe a part of a character. Empty: a constrained text never contains it (control tokens,
  /// markers, unused entries).
  virtual std::string_view bytes(TokenId id) const = 0;
  /// True for tokens that end a reply. They are allowed where the text is whole, whatever `bytes` says.
  virtual bool ends(TokenId id) const = 0;
};

}  // namespace constraint
}  // namespace hearth
