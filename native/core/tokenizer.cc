// native/core/tokenizer.cc: markers, then runs, then pieces.
#include "core/tokenizer.h"

#include <algorithm>

#include "base/printable.h"
#include "core/bpe.h"
#include "core/marker_finder.h"
#include "core/other_tokenizers.h"

namespace hearth {
namespace {

constexpr char32_t kBlank = 0x2581;  // what a space is inside the vocabulary

class GemmaTokenizer final : public Tokenizer {
 public:
  GemmaTokenizer(std::unique_ptr<const Vocabulary> vocabulary, std::unique_ptr<const Bpe> bpe)
      : vocabulary_(std::move(vocabulary)),
        bpe_(std::move(bpe)),
        all_markers_(markers_of(*vocabulary_, true)),
        text_markers_(markers_of(*vocabulary_, false)) {}

  std::vector<TokenId> encode(std::string_view utf8, const EncodeOptions& options) const override {
    std::vector<TokenId> ids;
    ids.reserve(utf8.size() / 4 + 8);
    if (options.bos) ids.push_back(vocabulary_->bos());
    BpeScratch scratch;
    const MarkerFinder& finder = options.markers == Markers::kAll ? all_markers_ : text_markers_;
    size_t from = 0;
    if (options.markers != Markers::kNone) {
      for (const auto& [begin, end, marker] : finder.find(utf8)) {
        encode_plain(utf8.substr(from, begin - from), options.guard, scratch, ids);
        ids.push_back(finder.markers()[marker].id);
        from = end;
      }
    }
    encode_plain(utf8.substr(from), options.guard, scratch, ids);
    return ids;
  }

  std::string_view piece(TokenId id, bool show_special) const override { return vocabulary_->piece(id, show_special); }
  bool ends_generation(TokenId id) const override { return vocabulary_->ends_generation(id); }
  uint32_t size() const override { return vocabulary_->size(); }
  TokenId bos() const override { return vocabulary_->bos(); }
  TokenId eos() const override { return vocabulary_->eos(); }

  std::vector<std::string_view> markers() const override {
    std::vector<std::string_view> texts;
    for (const auto& marker : all_markers_.markers()) texts.push_back(marker.text);
    return texts;
  }

 private:
  /// Text without markers: runs of line feeds and of anything else, the latter cut where no merge can cross.
  void encode_plain(std::string_view text, std::optional<char32_t> guard, BpeScratch& scratch,
                    std::vector<TokenId>& ids) const {
    std::vector<char32_t>& piece = scratch.code_points;
    piece.clear();
    for (size_t at = 0; at < text.size();) {
      char32_t c = decode_lenient(text, at);
      if (c == guard) continue;
      if (c == U' ') c = kBlank;
      if (!piece.empty()) {
        const bool newline = c == U'\n';
        const bool after_newline = piece.back() == U'\n';
        // Line feeds stay together whatever the merges say: a run of them may be one entry.
        if (newline != after_newline || (!newline && bpe_->cuts(piece.back(), c))) flush(scratch, ids);
      }
      piece.push_back(c);
    }
    flush(scratch, ids);
  }

  void flush(BpeScratch& scratch, std::vector<TokenId>& ids) const {
    std::vector<char32_t>& piece = scratch.code_points;
    if (piece.empty()) return;
    const TokenId newlines = piece.front() == U'\n' ? vocabulary_->of_newlines(piece.size()) : -1;
    if (newlines >= 0) {
      ids.push_back(newlines);
    } else {
      bpe_->encode(scratch, ids);
    }
    piece.clear();
  }

  std::unique_ptr<const Vocabulary> vocabulary_;
  std::unique_ptr<const Bpe> bpe_;
  MarkerFinder all_markers_, text_markers_;
};

}  // namespace

Result<std::unique_ptr<const Tokenizer>> Tokenizer::from_gguf(std::shared_ptr<const gguf::File> file) {
  constexpr std::string_view kModel = "tokenizer.ggml.model", kPre = "tokenizer.ggml.pre",
                             kMerges = "tokenizer.ggml.merges";
  const auto misfit = [&](std::string_view key, const std::string& problem) -> Error {
    return {ErrorCode::kModelInvalid, file->path() + " cannot be used: " + std::string(key) + " " + problem};
  };
  const gguf::Value* value = file->find(kMerges);
  const auto* merges = value == nullptr ? nullptr : std::get_if<std::vector<std::string_view>>(value);
  const bool have_merges = merges != nullptr && !merges->empty();
  const std::optional<std::string_view> model = file->find_string(kModel);
  // Another converter's spelling of the same tokenizer: "llama" with "gemma4" as its pre-tokenizer.
  const bool dialect = model == "llama" && file->find_string(kPre) == "gemma4" && have_merges;
  if (model == "llama" && !dialect) return make_spm_tokenizer(std::move(file));
  if (model == "gpt2") return make_byte_tokenizer(std::move(file));
  if (model != "gemma4" && !dialect) {
    const std::string found = model ? "is " + printable(*model, 32) : "is missing";
    return misfit(kModel, "was expected to be gemma4, llama or gpt2 and " + found + "; take another model");
  }
  if (!have_merges) {
    return misfit(kMerges,
                  "was expected to be a list of texts and is missing or empty; take another GGUF file of this model");
  }
  if (merges->size() >= UINT32_MAX) return misfit(kMerges, "has more than 2^32 - 2 entries; take another GGUF file");
  auto vocabulary = Vocabulary::from_gguf(file);
  if (!vocabulary) return vocabulary.error();
  auto bpe = Bpe::build(*vocabulary.value(), *merges, file->path());
  if (!bpe) return bpe.error();
  return std::unique_ptr<const Tokenizer>(
      std::make_unique<GemmaTokenizer>(std::move(vocabulary).value(), std::move(bpe).value()));
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool show_special) const {
  std::string out;
  for (const TokenId id : ids) out += piece(id, show_special);
  return out;
}

}  // namespace hearth
