// native/gguf/parser.cc: the header of a file and the bounds that every later read goes through.
#include "gguf/parser.h"

#include "base/printable.h"

namespace hearth::gguf {
namespace {

/// What a file that does not start with "GGUF" most likely is, from its first bytes; for a person who took the wrong
/// one.
std::string guess(std::string_view head) {
  if (head.starts_with("FUGG")) return "it is a big-endian GGUF file; convert it to little-endian or take another";
  if (head.starts_with("lmgg") || head.starts_with("tjgg") || head.starts_with("algg") || head.starts_with("fmgg")) {
    return "it is in a format older than GGUF; take a GGUF version of this model";
  }
  if (head.starts_with("version https://git-lfs")) {
    return "it is a Git LFS pointer and not the model; download the file itself";
  }
  if (head.starts_with("<")) return "it looks like a web page; download the file itself";
  if (head.starts_with("PK")) return "it looks like a PyTorch or ZIP archive; take a GGUF version of this model";
  if (head.size() > 9 && head[8] == '{') return "it looks like a safetensors file; take a GGUF version of this model";
  return "choose a file that ends in .gguf, or download it again";
}

}  // namespace

bool Parser::fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
  return false;
}

bool Parser::truncated(const std::string& what, uint64_t need) {
  // `need` may be anything up to 2^64 - 1, and at_ + need may not fit.
  const std::string end = need > UINT64_MAX - at_ ? "2^64" : std::to_string(at_ + need);
  return fail("is truncated or damaged: " + what + " needs bytes " + std::to_string(at_) + ".." + end +
              " but the file ends at " + std::to_string(bytes_.size()) + "; download it again");
}

bool Parser::short_of(const char* what, std::string_view of, uint64_t need) {
  return truncated(of.empty() ? std::string(what) : std::string(what) + " of \"" + printable(of) + "\"", need);
}

bool Parser::take_string(std::string_view& out, const char* what, std::string_view of) {
  uint64_t length = 0;
  if (!take(length, what, of)) return false;
  if (length > left()) return short_of(what, of, length);
  out = std::string_view(reinterpret_cast<const char*>(bytes_.data()) + at_, length);
  at_ += length;
  return true;
}

bool Parser::header() {
  if (bytes_.empty()) return fail("is empty (0 bytes); download it again");
  const std::string_view head(reinterpret_cast<const char*>(bytes_.data()), std::min<size_t>(bytes_.size(), 64));
  if (!head.starts_with("GGUF")) {
    return fail("is not a GGUF file: it was expected to start with \"GGUF\" and starts with \"" +
                printable(head.substr(0, 4)) + "\"; " + guess(head));
  }
  at_ = 4;
  uint32_t version = 0;
  if (!take(version, "the version")) return false;
  if (version != 0 && (version & 0xffff) == 0) {
    return fail("is a big-endian GGUF file; convert it to little-endian or take another");
  }
  if (version != 3) {
    const bool old = version == 1 || version == 2;
    return fail("is GGUF version " + std::to_string(version) + " and version 3 was expected; " +
                (old ? "take a newer conversion of this model" : "update the app, or download the file again"));
  }
  if (!take(tensor_count_, "the tensor count") || !take(metadata_count_, "the metadata count")) return false;
  // The smallest records: a key of one byte with a one-byte value, a tensor of one dimension with a one-byte name.
  constexpr uint64_t kSmallestKey = 8 + 4 + 1;
  constexpr uint64_t kSmallestTensor = 8 + 4 + 8 + 4 + 8;
  if (metadata_count_ > left() / kSmallestKey) {
    return fail("is truncated or damaged: it claims " + std::to_string(metadata_count_) +
                " metadata keys, more than its " + std::to_string(bytes_.size()) +
                " bytes can hold; download it again");
  }
  if (tensor_count_ > left() / kSmallestTensor) {
    return fail("is truncated or damaged: it claims " + std::to_string(tensor_count_) + " tensors, more than its " +
                std::to_string(bytes_.size()) + " bytes can hold; download it again");
  }
  return true;
}

bool Parser::parse() { return header() && read_metadata() && check_split() && read_alignment() && read_tensors(); }

}  // namespace hearth::gguf
