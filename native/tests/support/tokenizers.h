// native/tests/support/tokenizers.h: the two vocabularies that tokenizer tests use, loaded once.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>

#include "core/tokenizer.h"

namespace hearth::test {

inline std::unique_ptr<const Tokenizer> load_tokenizer(const std::string& path) {
  auto file = gguf::File::open(path);
  if (!file) throw std::runtime_error(file.error().message + " (build the tests with CMake, which makes it)");
  auto tokenizer = Tokenizer::from_gguf(file.value());
  if (!tokenizer) throw std::runtime_error(tokenizer.error().message);
  return std::move(tokenizer).value();
}

/// The real vocabulary of Gemma 4, 262144 entries.
inline const Tokenizer& gemma4() {
  static const auto tokenizer = load_tokenizer(HEARTH_VOCABULARY);
  return *tokenizer;
}
/// The 512 entries that all golden models share.
inline const Tokenizer& small512() {
  static const auto tokenizer = load_tokenizer(HEARTH_GOLDEN "/models/e2b-q4_0.gguf");
  return *tokenizer;
}

}  // namespace hearth::test
