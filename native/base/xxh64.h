// native/base/xxh64.h: a fast checksum of many bytes, against damage and not against forgery.
// Source: Cyan4973/xxHash, doc/xxhash_spec.md (XXH64).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace hearth {

/// `seed` may be the checksum of what came before: a chain over several pieces.
uint64_t xxh64(std::span<const std::byte> bytes, uint64_t seed = 0);

}  // namespace hearth
