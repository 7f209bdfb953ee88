// native/tests/metal_on_cpu/emulator/trace.cc: see trace.h. A shadow holds, for each word of four bytes, the numbers of
// the dispatches that wrote it and read it last.
#include "metal_on_cpu/emulator/trace.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "metal_on_cpu/emulator/machine.h"

namespace hearth::emulator {
namespace {

constexpr size_t kReserved = size_t{16} << 30;
constexpr size_t kPage = 16384;

struct Word {
  uint32_t writer, reader, other_reader;
};

void* reserve(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    std::fputs("emulator: no address space for device memory\n", stderr);
    std::abort();
  }
  return memory;
}

struct Memory {
  std::byte* base = static_cast<std::byte*>(reserve(kReserved));
  Word* shadow = static_cast<Word*>(reserve(kReserved / 4 * sizeof(Word)));
  size_t used = kPage;
};
Memory& memory() {
  static Memory the_memory;
  return the_memory;
}

struct Trace {
  std::byte* base = nullptr;  // null: off
  Word* shadow = nullptr;
  uint32_t number = 0, interval = 0;
  std::span<const std::span<std::byte>> bound;
  std::span<std::byte> last;  // the bound buffer that the last access lay in: mostly this one's as well
};
Trace trace;

[[noreturn]] void outside(const std::byte* at, size_t bytes, bool writes) {
  // Describes before it faults: the number of the nearest bound buffer below.
  std::string nearest;
  for (size_t i = 0; i < trace.bound.size(); ++i) {
    const auto& span = trace.bound[i];
    if (span.empty() || at < span.data()) continue;
    const auto offset = static_cast<size_t>(at - span.data());
    if (offset < span.size() + kPage)
      nearest = "; it is byte " + std::to_string(offset) + " of buffer(" + std::to_string(i) + "), which has " +
                std::to_string(span.size());
  }
  fault(std::string(writes ? "writes " : "reads ") + std::to_string(bytes) + " bytes of memory that is not bound" +
            nearest,
        {});
}

/// Whether a dispatch that may run at the same time as this one did it.
bool was_other(uint32_t number) { return number >= trace.interval && number != trace.number; }

bool lies_in(std::span<std::byte> span, const std::byte* at, size_t bytes) {
  const auto offset = static_cast<uint64_t>(at - span.data());
  return offset < span.size() && bytes <= span.size() - offset;
}

void touch(void* address, size_t bytes, bool writes) {
  if (trace.base == nullptr) return;
  auto* at = static_cast<std::byte*>(address);
  const auto offset = static_cast<uint64_t>(at - trace.base);
  if (offset >= kReserved) return;
  if (!lies_in(trace.last, at, bytes)) {
    const auto found = std::ranges::find_if(trace.bound, [&](const auto& span) { return lies_in(span, at, bytes); });
    if (found == trace.bound.end()) outside(at, bytes, writes);
    trace.last = *found;
  }
  for (uint64_t word = offset / 4; word <= (offset + bytes - 1) / 4; ++word) {
    Word& seen = trace.shadow[word];
    const bool other_wrote = was_other(seen.writer);
    const bool other_read = writes && (was_other(seen.reader) || was_other(seen.other_reader));
    if (other_wrote || other_read) {
      fault(std::string("no barrier between this dispatch and one before it: this one ") +
                (writes ? "writes" : "reads") + " what that one " + (other_wrote ? "wrote" : "reads"),
            {});
    }
    if (writes) {
      seen.writer = trace.number;
    } else if (seen.reader != trace.number) {
      seen.other_reader = seen.reader;  // of two readers one is another than whoever writes next
      seen.reader = trace.number;
    }
  }
}

}  // namespace

std::byte* device_memory(size_t bytes) {
  Memory& all = memory();
  const size_t pages = (bytes + kPage - 1) / kPage * kPage;
  if (all.used + pages + kPage > kReserved) return nullptr;
  std::byte* start = all.base + all.used + (pages - (bytes + 63) / 64 * 64);
  all.used += pages + kPage;  // one page between two buffers
  return start;
}

void trace_dispatch(uint32_t number, uint32_t interval, std::span<const std::span<std::byte>> bound) {
  Memory& all = memory();
  trace = {.base = all.base, .shadow = all.shadow, .number = number, .interval = interval, .bound = bound, .last = {}};
}
void trace_off() { trace.base = nullptr; }

}  // namespace hearth::emulator

using hearth::emulator::touch;
extern "C" {
void __sanitizer_cov_bool_flag_init(bool*, bool*) {}
void __sanitizer_cov_load1(void* at) { touch(at, 1, false); }
void __sanitizer_cov_load2(void* at) { touch(at, 2, false); }
void __sanitizer_cov_load4(void* at) { touch(at, 4, false); }
void __sanitizer_cov_load8(void* at) { touch(at, 8, false); }
void __sanitizer_cov_load16(void* at) { touch(at, 16, false); }
void __sanitizer_cov_store1(void* at) { touch(at, 1, true); }
void __sanitizer_cov_store2(void* at) { touch(at, 2, true); }
void __sanitizer_cov_store4(void* at) { touch(at, 4, true); }
void __sanitizer_cov_store8(void* at) { touch(at, 8, true); }
void __sanitizer_cov_store16(void* at) { touch(at, 16, true); }
}
