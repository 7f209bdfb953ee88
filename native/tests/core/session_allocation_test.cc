// native/tests/core/session_allocation_test.cc: this program counts what it allocates, to see that decoding does not.
// Not under ThreadSanitizer, which brings its own `new`.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HEARTH_OWN_NEW 0
#endif
#endif
#ifndef HEARTH_OWN_NEW
#define HEARTH_OWN_NEW 1
#endif
#if HEARTH_OWN_NEW
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "core/session.h"

namespace {
thread_local uint64_t allocations = 0;  // through `new`, by this thread
}

// Not inlined, so that the compiler does not take `new` and `free` for a mismatch.
[[gnu::noinline]] void* operator new(size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes > 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

TEST_CASE("a decode step allocates nothing") {
  using namespace hearth;
  // One thread: a worker sizes its scratch at the first piece of work that happens to fall to it.
  struct Case {
    std::string name;
    ops::Numerics numerics;
  };
  for (const auto& [name, numerics] :
       {Case{"e2b-q8_0", ops::Numerics::kExact}, Case{"26b-f32", ops::Numerics::kExact},
        Case{"e2bk-q4_k_m", ops::Numerics::kFast}, Case{"26b-q4_0", ops::Numerics::kFast}}) {
    CAPTURE(name);
    const auto model =
        Model::load(HEARTH_GOLDEN "/models/" + name + ".gguf", {.backend = "cpu", .threads = 1, .numerics = numerics});
    REQUIRE(model.ok());
    const auto session = Session::create(model.value(), {});
    REQUIRE(session.ok());
    const std::vector<TokenId> prompt{2, 10, 11, 12, 13, 14};
    REQUIRE(session.value()->sync(prompt).ok());
    for (TokenId id = 20; id < 24; ++id)
      REQUIRE(session.value()->step(id).ok());  // a backend may size its scratch here
    REQUIRE(allocations > 0);                   // the counter is alive
    const uint64_t before = allocations;
    bool good = true;
    for (TokenId id = 30; id < 60; ++id) good = session.value()->step(id).ok() && good;
    const uint64_t after = allocations;
    CHECK(good);
    CHECK(after == before);
  }
}
#endif  // HEARTH_OWN_NEW
