// native/backends/metal/objc.h: Objective-C from plain C++: objects, messages with checked types, ownership.
//
// A .mm file could be compiled on a Mac only. The C entry points of the runtime are few and stable; they are found at
// run time, so that the addon starts on any machine, and the tests put a runtime of their own in their place.
// Source: Apple, Objective-C Runtime Programming Guide: objc_msgSend is called through a pointer of the method's own
// type, never as a variadic function.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"

namespace hearth::metal {

struct Object;  // an Objective-C object; nothing is known of it but its address
using Id = Object*;
struct SelectorName;
using Selector = const SelectorName*;

/// What is asked of the system.
struct Runtime {
  Id (*get_class)(const char* name) = nullptr;           // objc_getClass
  Selector (*register_selector)(const char*) = nullptr;  // sel_registerName
  void (*send)() = nullptr;                              // objc_msgSend
  void* (*push_pool)() = nullptr;                        // objc_autoreleasePoolPush
  void (*pop_pool)(void*) = nullptr;                     // objc_autoreleasePoolPop
  Id (*default_device)() = nullptr;                      // MTLCreateSystemDefaultDevice
  uint32_t generation = 0;                               // selectors are registered anew for each runtime
};

/// The runtime in use; only after `load_runtime` has succeeded.
const Runtime& runtime();
/// Finds libobjc and the Metal framework. Errors: kBackend, on a machine that has no Metal.
Status load_runtime();
/// For tests: from now on this one is used, and `load_runtime` finds nothing else to do.
void use_runtime(const Runtime& runtime);

/// A message by name and type, checked when compiled: as many colons as arguments.
///     inline Message<Id(uint64_t, uint64_t)> new_buffer{"newBufferWithLength:options:"};
template <typename Signature>
class Message;
template <typename Result, typename... Arguments>
class Message<Result(Arguments...)> {
 public:
  consteval explicit Message(const char* name) : name_(name) {
    size_t colons = 0;
    for (const char c : std::string_view(name)) colons += c == ':';
    if (colons != sizeof...(Arguments)) throw "a selector has as many colons as the message has arguments";
  }
  Result operator()(Id target, Arguments... arguments) const {
    using Function = Result (*)(Id, Selector, Arguments...);
    return reinterpret_cast<Function>(runtime().send)(target, selector(), arguments...);
  }
  const char* name() const { return name_; }
  Selector selector() const {
    const uint32_t generation = runtime().generation;
    if (generation_.load(std::memory_order_acquire) != generation) {
      selector_.store(runtime().register_selector(name_), std::memory_order_relaxed);
      generation_.store(generation, std::memory_order_release);
    }
    return selector_.load(std::memory_order_relaxed);
  }

 private:
  const char* name_;
  mutable std::atomic<Selector> selector_{nullptr};
  mutable std::atomic<uint32_t> generation_{0};
};

/// Owns one reference.
class Owned {
 public:
  Owned() = default;
  explicit Owned(Id object) : object_(object) {}
  Owned(Owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Owned();
  /// One more reference to an object that somebody else owns.
  static Owned retain(Id object);
  Id get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  Id object_ = nullptr;
};

/// Objects that methods return without "new" or "alloc" live until the pool ends.
class Pool {
 public:
  Pool() : pool_(runtime().push_pool()) {}
  ~Pool() { runtime().pop_pool(pool_); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

 private:
  void* pool_;
};

/// An NSString, released by the pool.
Id to_string(const std::string& text);
/// The text of an NSString, or "" of nil.
std::string from_string(Id text);
/// What an NSError says about itself, or `otherwise` of nil.
std::string description_of(Id error, const char* otherwise);

}  // namespace hearth::metal
