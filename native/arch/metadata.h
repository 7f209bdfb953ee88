// native/arch/metadata.h: reads `{arch}.*` keys, checks each number, and collects every complaint for one message.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gguf/gguf.h"

namespace hearth::arch {

struct Range {
  double least, most;
};

/// A missing or senseless value is noted in `problems()` and read as the range's least, so that reading can go on.
class Metadata {
 public:
  Metadata(const gguf::File& file, std::string_view architecture)
      : file_(file), prefix_(std::string(architecture) + ".") {}

  uint32_t required(std::string_view key, Range range);
  uint32_t optional(std::string_view key, uint32_t fallback, Range range);
  double required_number(std::string_view key, Range range);
  double optional_number(std::string_view key, double fallback, Range range);
  std::optional<double> maybe_number(std::string_view key, Range range);
  /// One value a layer; a scalar in the file counts for all layers.
  std::vector<uint32_t> required_per_layer(std::string_view key, uint32_t layers, Range range);
  /// As above for flags; all false where the key is missing.
  std::vector<bool> flags_per_layer(std::string_view key, uint32_t layers);

  /// Notes a complaint, once.
  void problem(std::string text);
  const std::vector<std::string>& problems() const { return problems_; }
  /// The key with its prefix, for messages.
  std::string full(std::string_view key) const { return prefix_ + std::string(key); }

 private:
  uint32_t checked(std::string_view key, std::optional<uint64_t> value, Range range);
  double checked_number(std::string_view key, std::optional<double> value, Range range);
  bool has(std::string_view key) const { return file_.find(full(key)) != nullptr; }

  const gguf::File& file_;
  std::string prefix_;
  std::vector<std::string> problems_;
};

}  // namespace hearth::arch
