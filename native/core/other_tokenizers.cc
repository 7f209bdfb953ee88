// native/core/other_tokenizers.cc: markers, then text between them. A subclass says how plain text becomes ids.
//
// User-defined runs of white space are no markers but text of one token, so they are found in every mode.
// Source: ggml-org/llama.cpp src/llama-vocab.cpp.
#include "core/other_tokenizers.h"

#include "base/printable.h"
#include "core/bpe.h"
#include "core/spm.h"
#include "core/word_split.h"

namespace hearth {
namespace {

/// User-defined entries of nothing but white space.
MarkerFinder spaces_of(const Vocabulary& vocabulary) {
  std::vector<MarkerFinder::Marker> markers;
  for (TokenId id = 0; id < static_cast<TokenId>(vocabulary.size()); ++id) {
    const bool user_defined = vocabulary.type(id) == TokenType::kUserDefined;
    if (user_defined && !vocabulary.reserved(id) && !vocabulary.text(id).empty())
      markers.push_back({vocabulary.text(id), id});
  }
  return MarkerFinder(std::move(markers));
}

Error misfit(const gguf::File& file, std::string_view key, const std::string& problem) {
  return {ErrorCode::kModelInvalid, file.path() + " cannot be used: " + std::string(key) + " " + problem +
                                        "; take another GGUF file of this model"};
}

class FragmentTokenizer : public Tokenizer {
 public:
  std::vector<TokenId> encode(std::string_view utf8, const EncodeOptions& options) const override {
    std::vector<TokenId> ids;
    ids.reserve(utf8.size() / 3 + 8);
    if (options.bos && adds_bos_) ids.push_back(vocabulary_->bos());
    const MarkerFinder& finder = options.markers == Markers::kAll    ? all_markers_
                                 : options.markers == Markers::kText ? text_markers_
                                                                     : space_markers_;
    size_t from = 0;
    bool after_marker = true;  // so is the start
    for (const auto& [begin, end, marker] : finder.find(utf8)) {
      if (begin > from) encode_fragment(utf8.substr(from, begin - from), options.guard, after_marker, ids);
      ids.push_back(finder.markers()[marker].id);
      after_marker = true;
      from = end;
    }
    if (from < utf8.size()) encode_fragment(utf8.substr(from), options.guard, after_marker, ids);
    return ids;
  }

  std::string_view piece(TokenId id, bool show_special) const override { return vocabulary_->piece(id, show_special); }
  bool ends_generation(TokenId id) const override { return vocabulary_->ends_generation(id); }
  uint32_t size() const override { return vocabulary_->size(); }
  TokenId bos() const override { return adds_bos_ ? vocabulary_->bos() : -1; }
  TokenId eos() const override { return vocabulary_->eos(); }

  std::vector<std::string_view> markers() const override {
    std::vector<std::string_view> texts;
    for (const auto& marker : all_markers_.markers()) {
      if (vocabulary_->reserved(marker.id)) texts.push_back(marker.text);
    }
    return texts;
  }

 protected:
  FragmentTokenizer(std::unique_ptr<const Vocabulary> vocabulary, bool adds_bos)
      : vocabulary_(std::move(vocabulary)),
        all_markers_(markers_of(*vocabulary_, true)),
        text_markers_(markers_of(*vocabulary_, false)),
        space_markers_(spaces_of(*vocabulary_)),
        adds_bos_(adds_bos && vocabulary_->bos() >= 0) {}

  /// `first`: nothing or a marker comes before.
  virtual void encode_plain(std::string_view text, bool first, std::vector<TokenId>& ids) const = 0;

  std::unique_ptr<const Vocabulary> vocabulary_;

 private:
  void encode_fragment(std::string_view text, std::optional<char32_t> guard, bool& after_marker,
                       std::vector<TokenId>& ids) const {
    std::string kept;
    if (guard) {
      std::string spelt;
      append_utf8(spelt, *guard);
      kept.reserve(text.size());
      for (size_t at = text.find(spelt); at != text.npos; at = text.find(spelt)) {
        kept.append(text.substr(0, at));
        text.remove_prefix(at + spelt.size());
      }
      kept.append(text);
      text = kept;
      if (text.empty()) return;
    }
    encode_plain(text, after_marker, ids);
    after_marker = false;
  }

  MarkerFinder all_markers_, text_markers_, space_markers_;
  bool adds_bos_;
};

class SpmTokenizer final : public FragmentTokenizer {
 public:
  SpmTokenizer(std::unique_ptr<const Vocabulary> vocabulary, std::unique_ptr<const Spm> spm, bool adds_bos,
               bool space_prefix)
      : FragmentTokenizer(std::move(vocabulary), adds_bos), spm_(std::move(spm)), space_prefix_(space_prefix) {}

 private:
  void encode_plain(std::string_view text, bool first, std::vector<TokenId>& ids) const override {
    constexpr std::string_view kBlank = "\xE2\x96\x81";
    std::string escaped;
    escaped.reserve(text.size() + text.size() / 2);
    if (first && space_prefix_) escaped += kBlank;
    for (const char c : text) {
      if (c == ' ') {
        escaped += kBlank;
      } else {
        escaped += c;
      }
    }
    spm_->encode(escaped, ids);
  }

  std::unique_ptr<const Spm> spm_;
  bool space_prefix_;
};

class ByteTokenizer final : public FragmentTokenizer {
 public:
  ByteTokenizer(std::unique_ptr<const Vocabulary> vocabulary, std::unique_ptr<const Bpe> bpe, bool adds_bos,
                size_t digits, bool whole_words)
      : FragmentTokenizer(std::move(vocabulary), adds_bos),
        bpe_(std::move(bpe)),
        digits_(digits),
        whole_words_(whole_words) {
    for (int byte = 0; byte < 256; ++byte) stand_ins_[static_cast<size_t>(byte)] = stand_in(static_cast<uint8_t>(byte));
  }

 private:
  void encode_plain(std::string_view text, bool, std::vector<TokenId>& ids) const override {
    std::vector<char32_t> code_points;
    code_points.reserve(text.size());
    for (size_t at = 0; at < text.size();) code_points.push_back(decode_lenient(text, at));
    BpeScratch scratch;
    std::string bytes, spelt;
    for (std::span<const char32_t> rest(code_points); !rest.empty();) {
      const size_t length = first_word(rest, digits_);
      bytes.clear();
      for (const char32_t c : rest.first(length)) append_utf8(bytes, c);
      rest = rest.subspan(length);
      scratch.code_points.clear();
      for (const char byte : bytes) scratch.code_points.push_back(stand_ins_[static_cast<uint8_t>(byte)]);
      if (whole_words_) {  // llama.cpp's ignore_merges: an entry that is the word stands for it, whatever the merges
                           // say
        spelt.clear();
        for (const char32_t c : scratch.code_points) append_utf8(spelt, c);
        if (const TokenId id = vocabulary_->table().find(spelt); id >= 0 && !vocabulary_->reserved(id)) {
          ids.push_back(id);
          continue;
        }
      }
      bpe_->encode(scratch, ids);
    }
  }

  std::unique_ptr<const Bpe> bpe_;
  size_t digits_;
  bool whole_words_;
  std::array<char32_t, 256> stand_ins_{};
};

}  // namespace

MarkerFinder markers_of(const Vocabulary& vocabulary, bool with_control) {
  std::vector<MarkerFinder::Marker> markers;
  for (TokenId id = 0; id < static_cast<TokenId>(vocabulary.size()); ++id) {
    if (vocabulary.text(id).empty()) continue;
    const bool control = vocabulary.control(id);
    const bool user_defined = vocabulary.type(id) == TokenType::kUserDefined;
    if (control ? with_control : user_defined) markers.push_back({vocabulary.text(id), id});
  }
  return MarkerFinder(std::move(markers));
}

Result<std::unique_ptr<const Tokenizer>> make_spm_tokenizer(std::shared_ptr<const gguf::File> file) {
  auto vocabulary = Vocabulary::from_gguf(file);
  if (!vocabulary) return vocabulary.error();
  auto spm = Spm::build(*vocabulary.value(), *file);
  if (!spm) return spm.error();
  const bool adds_bos = file->find_bool("tokenizer.ggml.add_bos_token").value_or(true);
  const bool space_prefix = file->find_bool("tokenizer.ggml.add_space_prefix").value_or(true);
  return std::unique_ptr<const Tokenizer>(
      std::make_unique<SpmTokenizer>(std::move(vocabulary).value(), std::move(spm).value(), adds_bos, space_prefix));
}

Result<std::unique_ptr<const Tokenizer>> make_byte_tokenizer(std::shared_ptr<const gguf::File> file) {
  constexpr std::string_view kMerges = "tokenizer.ggml.merges", kPre = "tokenizer.ggml.pre";
  const auto pre = file->find_string(kPre);
  const bool llama = pre == "llama-bpe" || pre == "llama3" || pre == "llama-v3";
  if (!llama && pre != "qwen2") {
    return misfit(*file, kPre,
                  "was expected to be llama-bpe or qwen2 and " + (pre ? "is " + printable(*pre, 32) : "is missing"));
  }
  const gguf::Value* value = file->find(kMerges);
  const auto* merges = value == nullptr ? nullptr : std::get_if<std::vector<std::string_view>>(value);
  if (merges == nullptr || merges->empty() || merges->size() >= UINT32_MAX) {
    return misfit(*file, kMerges, "was expected to be a list of texts and is missing, empty or too long");
  }
  auto vocabulary = Vocabulary::from_gguf(file, Spelling::kBytes);
  if (!vocabulary) return vocabulary.error();
  auto bpe = Bpe::build(*vocabulary.value(), *merges, file->path());
  if (!bpe) return bpe.error();
  const bool adds_bos = file->find_bool("tokenizer.ggml.add_bos_token").value_or(llama);
  return std::unique_ptr<const Tokenizer>(std::make_unique<ByteTokenizer>(
      std::move(vocabulary).value(), std::move(bpe).value(), adds_bos, llama ? 3 : 1, llama));
}

}  // namespace hearth
