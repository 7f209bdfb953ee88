// native/bench/probe.h: how fast memory can be read right now, by as many threads as the engine has.
//
// A process of its own, forked before the engine is there: its 160 MiB a thread are no part of the engine's memory.
// Each question costs about 30 ms, half of it a pause in which spinning thread pools go quiet.
#pragma once
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

namespace bench {

class Probe {
 public:
  explicit Probe(int threads) {
    int ask[2], answer[2];
    if (pipe(ask) != 0 || pipe(answer) != 0) return;
    child_ = fork();
    if (child_ == 0) {
      close(ask[1]);
      close(answer[0]);
      serve(threads, ask[0], answer[1]);
      _exit(0);
    }
    close(ask[0]);
    close(answer[1]);
    ask_ = ask[1];
    answer_ = answer[0];
  }
  ~Probe() {
    if (child_ <= 0) return;
    close(ask_);
    waitpid(child_, nullptr, 0);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  /// GB/s; 0 where there is no probe.
  double read_gb_per_s() const {
    double rate = 0;
    if (child_ <= 0 || write(ask_, "?", 1) != 1 || read(answer_, &rate, sizeof rate) != sizeof rate) return 0;
    return rate;
  }

 private:
  using Words = uint64_t __attribute__((vector_size(32)));  // lowered to what the target has
  static constexpr size_t kBytes = size_t{160} << 20;       // a thread

  static void serve(int threads, int ask, int answer) {
    std::vector<const std::byte*> buffers;
    for (int i = 0; i < threads; ++i) {
      void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED) return;
#ifdef MADV_HUGEPAGE
      madvise(memory, kBytes, MADV_HUGEPAGE);
#endif
      std::memset(memory, i + 1, kBytes);
      buffers.push_back(static_cast<const std::byte*>(memory));
    }
    char question = 0;
    while (read(ask, &question, 1) == 1) {
      usleep(15000);
      const auto begin = std::chrono::steady_clock::now();
      std::vector<std::thread> others;
      for (int i = 1; i < threads; ++i) others.emplace_back([&, i] { sweep(buffers[static_cast<size_t>(i)]); });
      sweep(buffers[0]);
      for (auto& other : others) other.join();
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      const double rate = static_cast<double>(kBytes) * threads / seconds * 1e-9;
      if (write(answer, &rate, sizeof rate) != sizeof rate) return;
    }
  }

  static void sweep(const std::byte* at) {
    Words a{}, b{}, c{}, d{};
    for (const std::byte* end = at + kBytes; at < end; at += 4 * sizeof(Words)) {
      const auto* words = reinterpret_cast<const Words*>(at);
      a ^= words[0];
      b ^= words[1];
      c ^= words[2];
      d ^= words[3];
    }
    const Words all = a ^ b ^ c ^ d;
    volatile uint64_t sink = all[0] ^ all[1] ^ all[2] ^ all[3];
    (void)sink;
  }

  pid_t child_ = -1;
  int ask_ = -1, answer_ = -1;
};

}  // namespace bench
