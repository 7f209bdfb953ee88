// native/core/utf8.cc
#include "core/utf8.h"

#include <cstdint>

namespace hearth {
namespace {

uint8_t byte_at(std::string_view text, size_t at) { return static_cast<uint8_t>(text[at]); }

/// What the second byte of a character may be, by the first (Unicode table 3-7); `length` 0 starts no character.
struct Lead {
  uint8_t length, second_low, second_high;
};

Lead lead_of(uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

char32_t decode_lenient(std::string_view text, size_t& at) {
  const uint8_t first = byte_at(text, at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const size_t length = first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
  if (length == 0 || length > text.size() - at) {
    ++at;
    return kReplacement;
  }
  char32_t code_point = first & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const uint8_t next = byte_at(text, at + i);
    if ((next & 0xC0) != 0x80) {
      ++at;
      return kReplacement;
    }
    code_point = code_point << 6 | (next & 0x3F);
  }
  if (code_point > 0x10FFFF) {
    ++at;
    return kReplacement;
  }
  at += length;
  return code_point;
}

void append_utf8(std::string& to, char32_t c) {
  const auto put = [&](char32_t byte) { to.push_back(static_cast<char>(static_cast<uint8_t>(byte))); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::string Utf8Stream::push(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + held_.size());
  for (size_t i = 0; i < bytes.size();) {
    const char c = bytes[i];
    const auto byte = static_cast<uint8_t>(c);
    if (held_.empty()) {
      const Lead lead = lead_of(byte);
      if (lead.length == 0) {
        append_utf8(out, kReplacement);
      } else if (lead.length == 1) {
        out.push_back(c);
      } else {
        held_.push_back(c);
      }
      ++i;
      continue;
    }
    const Lead lead = lead_of(static_cast<uint8_t>(held_[0]));
    const bool second = held_.size() == 1;
    const bool fits = byte >= (second ? lead.second_low : 0x80) && byte <= (second ? lead.second_high : 0xBF);
    if (!fits) {  // what was held can never become a character; this byte is looked at again as a first one
      append_utf8(out, kReplacement);
      held_.clear();
      continue;
    }
    held_.push_back(c);
    ++i;
    if (held_.size() == lead.length) {
      out += held_;
      held_.clear();
    }
  }
  return out;
}

std::string Utf8Stream::finish() {
  std::string out;
  if (!held_.empty()) append_utf8(out, kReplacement);
  held_.clear();
  return out;
}

}  // namespace hearth
