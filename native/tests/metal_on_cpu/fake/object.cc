// native/tests/metal_on_cpu/fake/object.cc: references, pools, and the way from a message to its method.
#include "metal_on_cpu/fake/object.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "metal_on_cpu/fake/fake_metal.h"

namespace hearth::fake {
namespace {

struct Everything {
  std::mutex mutex;
  std::map<std::string, int> live;  // by class
  std::vector<std::string> complaints;
  std::map<std::string, std::map<std::string, void (*)()>> methods;
  std::set<std::string> selectors;
  std::map<std::string, FakeObject*> classes;
};
Everything& everything() {
  static auto* all = new Everything;  // outlives every static object of a test
  return *all;
}

thread_local std::vector<std::vector<Id>> pools;

const char* text_of(Selector selector) { return reinterpret_cast<const char*>(selector); }

Id get_class(const char* name) {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  auto& made = all.classes[name];
  if (made == nullptr) {
    const auto* title = new std::string(std::string("class ") + name);
    made = new FakeObject(title->c_str());
  }
  return id_of(made);
}

Selector register_selector(const char* name) {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  return reinterpret_cast<Selector>(all.selectors.insert(name).first->c_str());
}

void* push_pool() {
  pools.emplace_back();
  return reinterpret_cast<void*>(pools.size());
}
void pop_pool(void* pool) {
  while (pools.size() >= reinterpret_cast<size_t>(pool)) {
    const std::vector<Id> objects = std::move(pools.back());
    pools.pop_back();
    for (const Id object : objects) release(object);
  }
}

void (*find_method(Id id, Selector selector))() {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  const char* class_name = reinterpret_cast<FakeObject*>(id)->class_name;
  for (const char* place : {class_name, "NSObject"}) {
    const auto found = all.methods.find(place);
    if (found == all.methods.end()) continue;
    const auto method = found->second.find(text_of(selector));
    if (method != found->second.end()) return method->second;
  }
  return nullptr;
}

}  // namespace
}  // namespace hearth::fake

/// Where a message goes. What the system's own does: an exception that ends the program.
extern "C" void (*hearth_fake_method(hearth::metal::Id id, hearth::metal::Selector selector))() {
  if (auto* method = hearth::fake::find_method(id, selector)) return method;
  std::fprintf(stderr, "fake Metal: -[%s %s]: no such method\n",
               reinterpret_cast<hearth::fake::FakeObject*>(id)->class_name, hearth::fake::text_of(selector));
  std::abort();
}

// A message keeps all arguments where they are, in registers and on the stack, and jumps. To nil it answers 0.
extern "C" void hearth_fake_send();
#if defined(__x86_64__)
asm(R"(
.text
.globl hearth_fake_send
.type hearth_fake_send,@function
hearth_fake_send:
  testq %rdi, %rdi
  jz 1f
  pushq %rbp
  movq %rsp, %rbp
  pushq %rdi
  pushq %rsi
  pushq %rdx
  pushq %rcx
  pushq %r8
  pushq %r9
  call hearth_fake_method
  movq %rax, %r11
  popq %r9
  popq %r8
  popq %rcx
  popq %rdx
  popq %rsi
  popq %rdi
  popq %rbp
  jmp *%r11
1:
  xorl %eax, %eax
  xorps %xmm0, %xmm0
  ret
)");
#elif defined(__aarch64__)
asm(R"(
.text
.globl hearth_fake_send
.type hearth_fake_send,%function
hearth_fake_send:
  cbz x0, 1f
  stp x29, x30, [sp, #-80]!
  stp x0, x1, [sp, #16]
  stp x2, x3, [sp, #32]
  stp x4, x5, [sp, #48]
  stp x6, x7, [sp, #64]
  bl hearth_fake_method
  mov x16, x0
  ldp x0, x1, [sp, #16]
  ldp x2, x3, [sp, #32]
  ldp x4, x5, [sp, #48]
  ldp x6, x7, [sp, #64]
  ldp x29, x30, [sp], #80
  br x16
1:
  movi d0, #0
  ret
)");
#else
#error "The fake runtime knows how to pass a message on x86-64 and aarch64 only; add this machine's to object.cc."
#endif

namespace hearth::fake {

FakeObject::FakeObject(const char* name) : class_name(name) {
  if (std::string_view(name).starts_with("class ")) return;  // classes are never released
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  ++all.live[name];
}
FakeObject::~FakeObject() {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  --all.live[class_name];
}

void complain(const std::string& what) {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  all.complaints.push_back(what);
}
std::vector<std::string> complaints() {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  return all.complaints;
}
void forget_complaints() {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  all.complaints.clear();
}

std::string live_objects() {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  std::string text;
  for (const auto& [name, count] : all.live) {
    if (count != 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  }
  return text;
}

Id retain(Id id) {
  ++reinterpret_cast<FakeObject*>(id)->references;
  return id;
}
void release(Id id) {
  auto* object = reinterpret_cast<FakeObject*>(id);
  if (object->references <= 0) return complain(std::string("a released ") + object->class_name + " is released again");
  if (--object->references == 0) delete object;
}
Id autorelease(FakeObject* object) {
  if (pools.empty()) {
    complain(std::string("a ") + object->class_name + " is made without a pool to release it");
  } else {
    pools.back().push_back(id_of(object));
  }
  return id_of(object);
}

void define_erased(const char* class_name, const char* selector, void (*method)()) {
  Everything& all = everything();
  const std::lock_guard lock(all.mutex);
  all.methods[class_name][selector] = method;
}
bool has_method(Id id, Selector selector) { return find_method(id, selector) != nullptr; }

metal::Runtime entry_points(Id (*default_device)()) {
  return {.get_class = get_class,
          .register_selector = register_selector,
          .send = hearth_fake_send,
          .push_pool = push_pool,
          .pop_pool = pop_pool,
          .default_device = default_device};
}

}  // namespace hearth::fake
