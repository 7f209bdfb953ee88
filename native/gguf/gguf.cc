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
  return finish(std::move(result));
}

Result<std::shared_ptr<const File>> File::parse(std::span<const std::byte> bytes, std::string label) {
  std::shared_ptr<File> result(new File);
  result->path_ = std::move(label);
  result->bytes_ = bytes;
  return finish(std::move(result));
}

Result<std::shared_ptr<const File>> File::finish(std::shared_ptr<File> file) {
  Parser parser(file->bytes_);
  if (!parser.parse()) return Error{ErrorCode::kModelInvalid, file->path_ + " " + parser.problem()};
  file->metadata_ = std::move(parser.metadata);
  file->tensors_ = std::move(parser.tensors);
  file->tensor_index_ = std::move(parser.tensor_index);
  return std::shared_ptr<const File>(std::move(file));
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
