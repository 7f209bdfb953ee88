// native/tests/metal_on_cpu/fake/object.h: objects, classes and methods of the fake runtime.
#pragma once
#include <string>

#include "backends/metal/messages.h"

namespace hearth::fake {

using metal::GridSize;
using metal::Id;
using metal::Selector;

/// Every object of the fake runtime. Born with one reference.
struct FakeObject {
  explicit FakeObject(const char* class_name);
  virtual ~FakeObject();
  FakeObject(const FakeObject&) = delete;
  FakeObject& operator=(const FakeObject&) = delete;
  const char* class_name;
  int references = 1;
};

struct FakeString final : FakeObject {
  explicit FakeString(std::string t) : FakeObject("NSString"), text(std::move(t)) {}
  std::string text;
};
struct FakeError final : FakeObject {
  explicit FakeError(std::string t) : FakeObject("NSError"), text(std::move(t)) {}
  std::string text;
};

void complain(const std::string& what);

template <typename Class>
Class* as(Id id) {
  return dynamic_cast<Class*>(reinterpret_cast<FakeObject*>(id));
}
inline Id id_of(FakeObject* object) { return reinterpret_cast<Id>(object); }
Id retain(Id id);
void release(Id id);
/// Released when the calling thread's innermost pool ends.
Id autorelease(FakeObject* object);

/// A method by class and selector. Class methods belong to "class NAME".
void define_erased(const char* class_name, const char* selector, void (*method)());
template <typename Result, typename... Arguments>
void define(const char* class_name, const char* selector, Result (*method)(Id, Selector, Arguments...)) {
  define_erased(class_name, selector, reinterpret_cast<void (*)()>(method));
}
bool has_method(Id id, Selector selector);

/// Those of the runtime itself, for metal::use_runtime.
metal::Runtime entry_points(Id (*default_device)());

}  // namespace hearth::fake
