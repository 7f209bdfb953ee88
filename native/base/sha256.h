// native/base/sha256.h: SHA-256, for telling files apart. Source: FIPS 180-4.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace hearth {

using Digest = std::array<std::byte, 32>;

class Sha256 {
 public:
  void add(std::span<const std::byte> bytes);
  /// A number as eight bytes, the lowest first.
  void add(uint64_t number);
  Digest finish();

 private:
  void block(const std::byte* data);

  std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> waiting_{};
  uint64_t length_ = 0;  // bytes so far
};

Digest sha256(std::span<const std::byte> bytes);

/// 64 digits, as programs print it.
std::string hex(const Digest& digest);

}  // namespace hearth
