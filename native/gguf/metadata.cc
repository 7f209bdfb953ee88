// native/gguf/metadata.cc: the key/value records. Strings stay where they are in the file; numbers are widened.
#include "base/printable.h"
#include "gguf/parser.h"

namespace hearth::gguf {
namespace {

enum ValueType : uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

/// Bytes of one element; a string's least (its length field). 0 for an array and for an unknown type.
uint64_t least_bytes(uint32_t type) {
  switch (type) {
    case kU8:
    case kI8:
    case kBool:
      return 1;
    case kU16:
    case kI16:
      return 2;
    case kU32:
    case kI32:
    case kF32:
      return 4;
    case kU64:
    case kI64:
    case kF64:
    case kString:
      return 8;
    default:
      return 0;
  }
}

template <typename From, typename To>
std::vector<To> widened(const std::byte* from, uint64_t count) {
  std::vector<To> out(count);
  for (uint64_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, from + i * sizeof(From), sizeof(From));
    out[i] = static_cast<To>(value);
  }
  return out;
}

}  // namespace

bool Parser::read_metadata() {
  for (uint64_t i = 0; i < metadata_count_; ++i) {
    std::string_view key;
    uint32_t type = 0;
    if (!take_string(key, "the name of a metadata key")) return false;
    if (key.empty()) return fail("is damaged: metadata key " + std::to_string(i) + " has no name; download it again");
    if (!take(type, "the type", key)) return false;
    Value value;
    if (!read_value(key, type, value)) return false;
    if (!metadata.emplace(key, std::move(value)).second) {
      return fail("is damaged: metadata key \"" + printable(key) + "\" occurs twice; download it again");
    }
  }
  return true;
}

bool Parser::read_value(std::string_view key, uint32_t type, Value& out) {
  const auto scalar = [&]<typename From, typename To>(From, To) {
    From value{};
    if (!take(value, "the value", key)) return false;
    out = static_cast<To>(value);
    return true;
  };
  switch (type) {
    case kU8:
      return scalar(uint8_t{}, uint64_t{});
    case kU16:
      return scalar(uint16_t{}, uint64_t{});
    case kU32:
      return scalar(uint32_t{}, uint64_t{});
    case kU64:
      return scalar(uint64_t{}, uint64_t{});
    case kI8:
      return scalar(int8_t{}, int64_t{});
    case kI16:
      return scalar(int16_t{}, int64_t{});
    case kI32:
      return scalar(int32_t{}, int64_t{});
    case kI64:
      return scalar(int64_t{}, int64_t{});
    case kF32:
      return scalar(float{}, double{});
    case kF64:
      return scalar(double{}, double{});
    case kBool: {
      uint8_t value = 0;
      if (!take(value, "the value", key)) return false;
      if (value > 1) {
        return fail("is damaged: metadata key \"" + printable(key) + "\" is a bool and holds " + std::to_string(value) +
                    " where 0 or 1 was expected; download it again");
      }
      out = value == 1;
      return true;
    }
    case kString: {
      std::string_view value;
      if (!take_string(value, "the value", key)) return false;
      out = value;
      return true;
    }
    case kArray:
      return read_array(key, out);
    default:
      return fail("is damaged: metadata key \"" + printable(key) + "\" has the value type " + std::to_string(type) +
                  " where 0..12 was expected; download it again");
  }
}

bool Parser::read_array(std::string_view key, Value& out) {
  uint32_t type = 0;
  uint64_t count = 0;
  if (!take(type, "the element type", key) || !take(count, "the element count", key)) return false;
  if (type == kArray) {
    return fail("has an array of arrays in metadata key \"" + printable(key) +
                "\", and no key of a model this engine reads has one; take another file");
  }
  const uint64_t least = least_bytes(type);
  if (least == 0) {
    return fail("is damaged: metadata key \"" + printable(key) + "\" has elements of type " + std::to_string(type) +
                " where 0..12 was expected; download it again");
  }
  if (count > left() / least) {
    return fail("is truncated or damaged: metadata key \"" + printable(key) + "\" claims " + std::to_string(count) +
                " elements, but only " + std::to_string(left()) + " bytes follow; download it again");
  }
  const std::byte* data = bytes_.data() + at_;
  if (type == kString) {
    std::vector<std::string_view> strings(count);
    for (std::string_view& string : strings) {
      if (!take_string(string, "a string", key)) return false;
    }
    out = std::move(strings);
    return true;
  }
  at_ += count * least;
  switch (type) {
    case kU8:
      out = widened<uint8_t, int64_t>(data, count);
      return true;
    case kI8:
      out = widened<int8_t, int64_t>(data, count);
      return true;
    case kU16:
      out = widened<uint16_t, int64_t>(data, count);
      return true;
    case kI16:
      out = widened<int16_t, int64_t>(data, count);
      return true;
    case kU32:
      out = widened<uint32_t, int64_t>(data, count);
      return true;
    case kI32:
      out = widened<int32_t, int64_t>(data, count);
      return true;
    case kU64:
    case kI64: {
      auto numbers = widened<int64_t, int64_t>(data, count);
      for (const int64_t number : numbers) {
        if (type == kU64 && number < 0) {
          return fail("is damaged: an element of metadata key \"" + printable(key) +
                      "\" exceeds 2^63 - 1, which no model needs; download it again");
        }
      }
      out = std::move(numbers);
      return true;
    }
    case kF32:
      out = widened<float, double>(data, count);
      return true;
    case kF64:
      out = widened<double, double>(data, count);
      return true;
    default: {  // kBool
      std::vector<bool> flags(count);
      for (uint64_t i = 0; i < count; ++i) flags[i] = data[i] != std::byte{0};
      out = std::move(flags);
      return true;
    }
  }
}

bool Parser::check_split() {
  if (part_allowed_) return true;
  const auto number = [&](const char* key) -> uint64_t {
    const auto found = metadata.find(key);
    if (found == metadata.end()) return 0;
    if (const auto* u = std::get_if<uint64_t>(&found->second)) return *u;
    if (const auto* i = std::get_if<int64_t>(&found->second)) return *i < 0 ? 0 : static_cast<uint64_t>(*i);
    return 0;
  };
  const uint64_t count = number("split.count");
  if (count <= 1) return true;
  return fail("is part " + std::to_string(number("split.no") + 1) + " of " + std::to_string(count) +
              " of a model split over several files, and one whole file was expected; join the parts with "
              "llama-gguf-split --merge");
}

bool Parser::read_alignment() {
  const auto found = metadata.find("general.alignment");
  if (found == metadata.end()) return true;
  const auto* unsigned_value = std::get_if<uint64_t>(&found->second);
  const auto* signed_value = std::get_if<int64_t>(&found->second);
  if (unsigned_value == nullptr && (signed_value == nullptr || *signed_value <= 0)) {
    return fail("is damaged: general.alignment was expected to be a positive integer; download it again");
  }
  alignment_ = unsigned_value != nullptr ? *unsigned_value : static_cast<uint64_t>(*signed_value);
  if (std::has_single_bit(alignment_)) return true;
  return fail("is damaged: general.alignment is " + std::to_string(alignment_) +
              " where a power of two was expected; download it again");
}

}  // namespace hearth::gguf
