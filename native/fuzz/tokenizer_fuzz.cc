// native/fuzz/tokenizer_fuzz.cc: any text with any options, on the vocabulary of the golden models.
//
// The first byte chooses markers, guard and bos; the rest is the text. Checked: nothing crashes, ids are in range,
// valid UTF-8 comes back, and under kNone no marker appears.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "core/tokenizer.h"

namespace {

using namespace hearth;

const Tokenizer& tokenizer() {
  static const auto tokenizer = [] {
    auto file = gguf::File::open(HEARTH_FUZZ_MODEL);
    if (!file) std::puts(file.error().message.c_str()), std::abort();
    auto loaded = Tokenizer::from_gguf(file.value());
    if (!loaded) std::puts(loaded.error().message.c_str()), std::abort();
    return std::move(loaded).value();
  }();
  return *tokenizer;
}

bool valid_utf8(std::string_view text) {
  Utf8Stream stream;
  return stream.push(text) + stream.finish() == text;
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::puts(what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr char32_t kGuard = 0xE000;
  EncodeOptions options;
  options.markers = static_cast<Markers>(data[0] % 3);
  options.bos = (data[0] & 4) != 0;
  if ((data[0] & 8) != 0) options.guard = kGuard;

  const Tokenizer& t = tokenizer();
  static const auto markers = t.markers();
  const auto ids = t.encode(text, options);
  for (size_t i = options.bos ? 1 : 0; i < ids.size(); ++i) {
    require(ids[i] >= 0 && static_cast<uint32_t>(ids[i]) < t.size(), "an id is outside the vocabulary");
    if (options.markers == Markers::kNone) {
      require(std::ranges::find(markers, t.piece(ids[i], true)) == markers.end(), "plain text became a marker");
    }
  }
  const std::string decoded = t.decode(ids, true);
  const bool plain = !options.bos && !options.guard && text.find("\xE2\x96\x81") == text.npos;
  if (plain && valid_utf8(text)) require(decoded == text, "valid text did not come back");
  // The pieces of ids, cut anywhere, make the same text.
  Utf8Stream whole, pieces;
  std::string shown;
  for (const TokenId id : ids) shown += pieces.push(t.piece(id, true));
  shown += pieces.finish();
  require(whole.push(decoded) + whole.finish() == shown, "a stream depends on where tokens end");
  require(valid_utf8(shown), "a stream gave broken UTF-8");
  return 0;
}
