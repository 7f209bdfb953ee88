// native/backends/metal/objc.cc: finds the runtime, and the few objects everything else is made of.
#include "backends/metal/objc.h"

#include <dlfcn.h>

#include <mutex>

#include "backends/metal/messages.h"

namespace hearth::metal {
namespace {

Runtime current;
std::mutex loading;

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

const Runtime& runtime() { return current; }

void use_runtime(const Runtime& runtime) {
  const std::lock_guard lock(loading);
  const uint32_t generation = current.generation + 1;
  current = runtime;
  current.generation = generation;
}

Status load_runtime() {
  const std::lock_guard lock(loading);
  if (current.send != nullptr) return Ok{};
  const Error absent{ErrorCode::kBackend, "This machine has no Metal; choose \"cpu\" or \"auto\"."};
  // Both stay loaded for good: objects of theirs may outlive any place that could unload them.
  void* objc = dlopen("/usr/lib/libobjc.A.dylib", RTLD_NOW | RTLD_LOCAL);
  void* metal =
      objc != nullptr ? dlopen("/System/Library/Frameworks/Metal.framework/Metal", RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (metal == nullptr) return absent;
  Runtime found;
  const bool all = find(objc, "objc_getClass", found.get_class) &&
                   find(objc, "sel_registerName", found.register_selector) && find(objc, "objc_msgSend", found.send) &&
                   find(objc, "objc_autoreleasePoolPush", found.push_pool) &&
                   find(objc, "objc_autoreleasePoolPop", found.pop_pool) &&
                   find(metal, "MTLCreateSystemDefaultDevice", found.default_device);
  if (!all) return absent;
  found.generation = current.generation + 1;
  current = found;
  return Ok{};
}

Owned::~Owned() {
  if (object_ != nullptr) message::release(object_);
}

Owned Owned::retain(Id object) { return Owned(object != nullptr ? message::retain(object) : nullptr); }

Id to_string(const std::string& text) { return message::string_of(runtime().get_class("NSString"), text.c_str()); }

std::string from_string(Id text) {
  const char* bytes = text != nullptr ? message::utf8(text) : nullptr;
  return bytes != nullptr ? bytes : "";
}

std::string description_of(Id error, const char* otherwise) {
  const std::string text = error != nullptr ? from_string(message::localized_description(error)) : std::string();
  return text.empty() ? otherwise : text;
}

}  // namespace hearth::metal
