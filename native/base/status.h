// native/base/status.h: error values for the world's mistakes (files, prompts, memory); assertions are for our own.
//
// A message is one sentence that says what was expected and what was found, with names and numbers in it.
#pragma once
#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace hearth {

enum class ErrorCode {
  kFileMissing,    // no such file, or it cannot be opened
  kModelInvalid,   // not a model this engine can run: truncated, corrupt, another family, unknown format
  kPromptTooLong,  // the prompt does not fit the context
  kOutOfMemory,
  kCancelled,
  kInvalidArgument,  // a caller's request makes no sense (a token id outside the vocabulary)
  kBackend,          // the device failed
};

struct Error {
  ErrorCode code;
  std::string message;
};

/// A value or an `Error`. `value()` and `error()` assert that they are asked of the right one.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}
  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

struct Ok {};
using Status = Result<Ok>;

}  // namespace hearth
