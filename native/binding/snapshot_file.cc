// native/binding/snapshot_file.cc: see snapshot_file.h.
#include "binding/snapshot_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace hearth::binding {
namespace {

constexpr size_t kMostAtOnce = size_t{1} << 24;  // bytes a call, so that no system's limit is met

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error failed(const char* what, ErrorCode code = ErrorCode::kBackend) {
  return {code, std::string("The snapshot could not be ") + what + ": " + std::strerror(errno) + "."};
}

bool write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), std::min(bytes.size(), kMostAtOnce));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(wrote));
  }
  return true;
}

}  // namespace

Result<double> save_snapshot(Session& session, const std::string& path, const std::string& build) {
  if (session.timeline().empty()) return 0.0;
  const Descriptor file(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (file.get() < 0) return failed("created");
  double size = 0;
  bool full = false;
  const auto saved = session.save(build, [&](std::span<const std::byte> piece) {
    full = !write_all(file.get(), piece);
    size += static_cast<double>(piece.size());
    return !full;
  });
  if (saved.ok() && saved.value() > 0) return size;
  const Error problem = full ? failed("written") : saved.ok() ? Error{} : saved.error();
  ::unlink(path.c_str());
  if (saved.ok()) return 0.0;
  return problem;
}

Result<double> restore_snapshot(Session& session, const std::string& path, const std::string& build) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed("opened", ErrorCode::kFileMissing);
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return failed("read", ErrorCode::kInvalidArgument);
  // Read and not mapped: a file that shrinks meanwhile is then a wrong length and not a fault.
  std::vector<std::byte> bytes(static_cast<size_t>(facts.st_size));
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t got = ::read(file.get(), bytes.data() + at, std::min(bytes.size() - at, kMostAtOnce));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed("read", ErrorCode::kInvalidArgument);
    at += static_cast<size_t>(got);
  }
  const auto restored = session.restore(bytes, build);
  if (!restored.ok()) return restored.error();
  return double{1} * restored.value();
}

}  // namespace hearth::binding
