// native/gguf/gguf.cc: opening and mapping a file, and looking things up in it.
#include "gguf/gguf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "gguf/parser.h"

namespace hearth::gguf {
namespace {

Error cannot_open(const std::string& path, const char* why) {
  return {ErrorCode::kFileMissing, path + " cannot be opened: " + why + "; choose an existing, readable .gguf file"};
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<std::shared_ptr<const File>> File::open(const std::string& path) {
  auto file = map(path);
  if (!file.ok()) return file.error();
  if (const uint64_t count = file.value()->find_u64("split.count").value_or(1); count > 1) {
    if (Status status = file.value()->join_parts(count); !status.ok()) return status.error();
  }
  return std::shared_ptr<const File>(std::move(file).value());
}

Result<std::shared_ptr<File>> File::map(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return cannot_open(path, std::strerror(errno));
  struct stat status{};
  if (::fstat(file.fd, &status) != 0) return cannot_open(path, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return cannot_open(path, "it is a folder");
  if (!S_ISREG(status.st_mode)) return cannot_open(path, "it is not a regular file");

  std::shared_ptr<File> result(new File);
  result->path_ = path;
  const auto size = static_cast<size_t>(status.st_size);
  if (size > 0) {  // an empty file cannot be mapped; the parser has the sentence for it
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0);
    if (address == MAP_FAILED) {
      return Error{ErrorCode::kOutOfMemory, path + " cannot be mapped (" + std::to_string(size) +
                                                " bytes): " + std::strerror(errno) + "; close other programs"};
    }
    result->bytes_ = {static_cast<const std::byte*>(address), size};
    result->mapped_ = true;
  }
  return finish(std::move(result), true);
}

Result<std::shared_ptr<const File>> File::parse(std::span<const std::byte> bytes, std::string label) {
  std::shared_ptr<File> result(new File);
  result->path_ = std::move(label);
  result->bytes_ = bytes;
  auto file = finish(std::move(result), false);
  if (!file.ok()) return file.error();
  return std::shared_ptr<const File>(std::move(file).value());
}

Result<std::shared_ptr<File>> File::finish(std::shared_ptr<File> file, bool part_allowed) {
  Parser parser(file->bytes_, part_allowed);
  if (!parser.parse()) return Error{ErrorCode::kModelInvalid, file->path_ + " " + parser.problem()};
  file->metadata_ = std::move(parser.metadata);
  file->tensors_ = std::move(parser.tensors);
  file->tensor_index_ = std::move(parser.tensor_index);
  return file;
}

/// The parts are NAME-00001-of-00003.gguf and so on, as llama-gguf-split writes them; each says which it is.
Status File::join_parts(uint64_t count) {
  const auto number = [](uint64_t value) {
    std::string text = std::to_string(value);
    return std::string(text.size() < 5 ? 5 - text.size() : 0, '0') + text;
  };
  const auto wrong = [](const std::string& path, const std::string& problem) {
    return Error{ErrorCode::kModelInvalid, path + " " + problem};
  };
  const std::string ending = "-of-" + number(count) + ".gguf";
  const std::string first = std::string("-").append(number(1)).append(ending);
  const uint64_t own = find_u64("split.no").value_or(UINT64_MAX);
  if (count > 9999 || own != 0 || !path_.ends_with(first)) {
    return wrong(path_, "is one of " + std::to_string(count) +
                            " parts of a model; open the first of them, whose name ends in " + first);
  }
  const std::string stem = path_.substr(0, path_.size() - first.size());
  for (uint64_t i = 1; i < count; ++i) {
    const std::string path = std::string(stem).append("-").append(number(i + 1)).append(ending);
    auto part = map(path);
    if (!part.ok()) {
      return Error{part.error().code, "Part " + std::to_string(i + 1) + " of " + std::to_string(count) + " of " +
                                          path_ + ": " + part.error().message};
    }
    if (part.value()->find_u64("split.no") != i || part.value()->find_u64("split.count") != count) {
      return wrong(path, "was expected to say that it is part " + std::to_string(i + 1) + " of " +
                             std::to_string(count) + ", and does not; get all parts of one model again");
    }
    for (const Tensor& tensor : part.value()->tensors_) {
      if (!tensor_index_.emplace(tensor.name, tensors_.size()).second) {
        return wrong(path, "holds a tensor that another part holds too; get all parts of one model again");
      }
      tensors_.push_back(tensor);
    }
    others_.push_back(std::move(part).value());
  }
  const uint64_t stated = find_u64("split.tensors.count").value_or(tensors_.size());
  if (stated != tensors_.size()) {
    return wrong(path_, "was expected to have " + std::to_string(stated) + " tensors in its " + std::to_string(count) +
                            " parts, found " + std::to_string(tensors_.size()) + "; get all parts again");
  }
  return Ok{};
}

uint64_t File::file_bytes() const {
  uint64_t sum = bytes_.size();
  for (const auto& other : others_) sum += other->bytes_.size();
  return sum;
}

File::~File() {
  if (mapped_) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

const Value* File::find(std::string_view key) const {
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? nullptr : &found->second;
}

std::optional<uint64_t> File::find_u64(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* u = std::get_if<uint64_t>(value)) return *u;
  if (const auto* i = std::get_if<int64_t>(value); i != nullptr && *i >= 0) return static_cast<uint64_t>(*i);
  return std::nullopt;
}

std::optional<double> File::find_f64(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* d = std::get_if<double>(value)) return *d;
  if (const auto* u = std::get_if<uint64_t>(value)) return static_cast<double>(*u);
  if (const auto* i = std::get_if<int64_t>(value)) return static_cast<double>(*i);
  return std::nullopt;
}

std::optional<bool> File::find_bool(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* b = std::get_if<bool>(value)) return *b;
  return std::nullopt;
}

std::optional<std::string_view> File::find_string(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* s = std::get_if<std::string_view>(value)) return *s;
  return std::nullopt;
}

const Tensor* File::find_tensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

}  // namespace hearth::gguf
