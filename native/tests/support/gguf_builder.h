// native/tests/support/gguf_builder.h: writes small GGUF files in memory, right ones and wrong ones.
//
// Each part is appended as given; `build()` only puts the header in front and pads. A test that wants a broken file
// sets the field that lies (`version`, `tensor_count` …) or appends raw bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hearth::test {

enum class GgufType : uint32_t { kU8, kI8, kU16, kI16, kU32, kI32, kF32, kBool, kString, kArray, kU64, kI64, kF64 };

template <typename T>
void append(std::string& to, T value) {
  static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
  to.append(reinterpret_cast<const char*>(&value), sizeof(T));
}
inline void append_text(std::string& to, std::string_view text) {
  append<uint64_t>(to, text.size());
  to += text;
}

class GgufBuilder {
 public:
  std::string magic = "GGUF";
  uint32_t version = 3;
  uint64_t alignment = 32;               // what build() pads to; the key must be added to say the same
  std::optional<uint64_t> key_count;     // a lie, when set
  std::optional<uint64_t> tensor_count;  // a lie, when set

  template <typename T>
  GgufBuilder& number(std::string_view key, GgufType type, T value) {
    begin_key(key, type);
    append(keys_, value);
    return *this;
  }
  GgufBuilder& u32(std::string_view key, uint32_t value) { return number(key, GgufType::kU32, value); }
  GgufBuilder& f32(std::string_view key, float value) { return number(key, GgufType::kF32, value); }
  GgufBuilder& flag(std::string_view key, bool value) { return number(key, GgufType::kBool, uint8_t{value}); }
  GgufBuilder& text(std::string_view key, std::string_view value) {
    begin_key(key, GgufType::kString);
    append_text(keys_, value);
    return *this;
  }
  GgufBuilder& texts(std::string_view key, const std::vector<std::string>& values) {
    begin_array(key, GgufType::kString, values.size());
    for (const std::string& value : values) append_text(keys_, value);
    return *this;
  }
  template <typename T>
  GgufBuilder& numbers(std::string_view key, GgufType type, const std::vector<T>& values) {
    begin_array(key, type, values.size());
    for (const T value : values) append(keys_, value);
    return *this;
  }
  /// A key record that is only begun, for bytes that no other method writes.
  GgufBuilder& raw_key(std::string_view key, uint32_t type, std::string_view bytes) {
    begin_key(key, static_cast<GgufType>(type));
    keys_ += bytes;
    return *this;
  }
  /// `offset`: where the record says that the data is; left out, right behind the tensor before.
  GgufBuilder& tensor(std::string_view name, const std::vector<uint64_t>& shape, uint32_t type, std::string_view data,
                      std::optional<uint64_t> offset = std::nullopt) {
    append_text(records_, name);
    append<uint32_t>(records_, static_cast<uint32_t>(shape.size()));
    for (const uint64_t n : shape) append(records_, n);
    append(records_, type);
    append<uint64_t>(records_, offset.value_or(data_.size()));
    data_ += data;
    pad(data_);
    ++tensors_;
    return *this;
  }

  std::string build() const {
    std::string out = magic;
    append(out, version);
    append(out, tensor_count.value_or(tensors_));
    append(out, key_count.value_or(key_total_));
    out += keys_ + records_;
    if (tensors_ > 0) pad(out);
    return out + data_;
  }

 private:
  void begin_key(std::string_view key, GgufType type) {
    append_text(keys_, key);
    append(keys_, type);
    ++key_total_;
  }
  void begin_array(std::string_view key, GgufType type, uint64_t count) {
    begin_key(key, GgufType::kArray);
    append(keys_, type);
    append(keys_, count);
  }
  void pad(std::string& to) const {
    if (alignment != 0) to.resize((to.size() + alignment - 1) / alignment * alignment, '\0');
  }

  std::string keys_, records_, data_;
  uint64_t key_total_ = 0;
  uint64_t tensors_ = 0;
};

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace hearth::test
