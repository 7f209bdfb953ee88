// native/tests/ops/thread_pool_test.cc: the pool under many callers, short lives and more threads than cores.
#include "backends/cpu/thread_pool.h"

#include <atomic>

#include "op_test.h"

namespace hearth::test {
namespace {

TEST_CASE("every index runs exactly once, whatever the count and the number of threads") {
  for (uint32_t threads : {1u, 2u, 3u, 8u}) {
    cpu::ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (uint32_t count : {0u, 1u, 2u, 3u, 7u, 64u, 1000u}) {
      for (int repeat = 0; repeat < 20; ++repeat) {
        std::vector<std::atomic<uint32_t>> runs(count);
        std::atomic<bool> strange_worker{false};
        pool.run(count, [&](uint32_t index, uint32_t worker) {
          runs[index].fetch_add(1);
          if (worker >= threads) strange_worker = true;
        });
        uint32_t wrong = 0;
        for (auto& run : runs) wrong += run.load() != 1;
        REQUIRE(wrong == 0);
        REQUIRE(!strange_worker);
      }
    }
  }
}

TEST_CASE("what a loop wrote is there when run returns") {
  cpu::ThreadPool pool(3);
  std::vector<uint32_t> plain(64);  // not atomic on purpose: run itself must order the writes
  for (uint32_t round = 1; round <= 500; ++round) {
    pool.run(64, [&](uint32_t index, uint32_t) { plain[index] += round; });
    REQUIRE(plain[round % 64] == round * (round + 1) / 2);
  }
}

TEST_CASE("several callers share a pool without mixing their loops") {
  cpu::ThreadPool pool(3);
  std::atomic<uint32_t> wrong{0};
  std::vector<std::thread> callers;
  for (uint32_t caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller] {
      for (uint32_t round = 0; round < 200; ++round) {
        std::vector<uint32_t> mine(17 + caller);
        pool.run(static_cast<uint32_t>(mine.size()), [&](uint32_t index, uint32_t) { mine[index] += caller + 1; });
        for (uint32_t value : mine) wrong += value != caller + 1;
      }
    });
  }
  for (auto& caller : callers) caller.join();
  CHECK(wrong == 0);
}

TEST_CASE("two loops of one pool never use a worker's scratch at once") {
  cpu::ThreadPool pool(2);
  std::atomic<int> busy[2] = {};
  std::atomic<bool> shared{false};
  const auto loop = [&] {
    for (int round = 0; round < 200; ++round) {
      pool.run(3, [&](uint32_t, uint32_t worker) {
        if (busy[worker].fetch_add(1) != 0) shared = true;
        std::this_thread::yield();
        busy[worker].fetch_sub(1);
      });
    }
  };
  std::thread other(loop);
  loop();
  other.join();
  CHECK(!shared);
}

TEST_CASE("a pool ends at once, idle, asleep or fresh from work") {
  for (int round = 0; round < 60; ++round) {
    cpu::ThreadPool pool(4);
    std::atomic<uint32_t> done{0};
    if (round % 3 != 0) pool.run(5, [&](uint32_t, uint32_t) { done.fetch_add(1); });
    if (round % 3 == 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(done == (round % 3 == 0 ? 0u : 5u));
  }
}

TEST_CASE("workers that have gone to sleep are woken by the next loop") {
  cpu::ThreadPool pool(2);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    // Two indices that each wait for the other: done only if the worker really takes one.
    std::atomic<uint32_t> here{0};
    pool.run(2, [&](uint32_t, uint32_t) {
      here.fetch_add(1);
      while (here.load() < 2) std::this_thread::yield();
    });
    CHECK(here == 2);
  }
}

TEST_CASE("a device says what it runs on and never has fewer than one thread") {
  CHECK(cpu::usable_cores() >= 1);
  CHECK(cpu::open_cpu(1)->name().find("1 thread)") != std::string::npos);
  CHECK(cpu::open_cpu(2)->name().find("2 threads)") != std::string::npos);
  CHECK(cpu::open_cpu(0)->name().find("cpu (") == 0);
  CHECK(cpu::kernels_named("no such level") == nullptr);
  for (const cpu::Kernels* kernels : cpu::all_kernels()) CHECK(cpu::kernels_named(kernels->name) == kernels);
}

}  // namespace
}  // namespace hearth::test
