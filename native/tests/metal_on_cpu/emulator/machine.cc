// native/tests/metal_on_cpu/emulator/machine.cc: the scheduler, the meeting points, threadgroup memory.
//
// Compiled without ThreadSanitizer's instrumentation and without growing containers on a fibre: the sanitizer would
// take the scheduler's own work for that of the kernel.
#include "metal_on_cpu/emulator/machine.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include "metal_on_cpu/emulator/fibre.h"
#include "metal_on_cpu/emulator/trace.h"

namespace hearth::emulator {
namespace {

constexpr uint32_t kMostThreads = 1024;

enum class State : uint8_t { kReady, kWaiting, kDone };

struct Thread {
  Fibre fibre;
  State state = State::kDone;
  ThreadIds ids;
  Place waits_at;
};

/// Threads that meet: a simdgroup, or a whole threadgroup. Two sets of slots, so that a quick member may hand in the
/// next value while a slow one still reads the last.
struct Meeting {
  uint32_t size = 0, arrived = 0, generation = 0;
  int operation = 0;
  Place place;
  std::vector<std::byte> slots[2];
  std::vector<Thread*> waiting;

  void prepare(uint32_t members) {
    size = members;
    arrived = 0;
    for (auto& set : slots) {
      if (set.size() < members * kSlotBytes) set.resize(members * kSlotBytes);
    }
    waiting.clear();
    waiting.reserve(members);
  }
};

struct Block {
  Place place;
  std::byte* memory;
};

struct Machine {
  Fibre scheduler;
  std::vector<std::unique_ptr<Thread>> threads;
  std::vector<Meeting> simdgroups;
  Meeting threadgroup;
  std::vector<Thread*> ready;
  Thread* running = nullptr;
  const Dispatch* dispatch = nullptr;
  const Schedule* schedule = nullptr;
  std::string error;
  bool dead = false;
  uint64_t random_state = 1;

  std::unique_ptr<std::byte[]> arena = std::make_unique<std::byte[]>(2 * kThreadgroupBytes);
  std::array<Block, 32> blocks;
  uint32_t block_count = 0;
  size_t arena_used = 0, threadgroup_bytes = 0;

  uint64_t random() {
    random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
    return random_state;
  }
};

Machine* machine = nullptr;  // while `run` runs; the caller lets one run at a time

std::vector<Kernel>& registry() {
  static std::vector<Kernel> kernels;
  return kernels;
}

const char* file_of(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash != nullptr ? slash + 1 : path;
}

void leave(bool last) { switch_fibre(machine->running->fibre, machine->scheduler, last); }

void thread_main() {
  Thread& thread = *machine->running;
  arrived_on(thread.fibre);
  order_acquire(machine);             // what the host wrote, and dispatches before a barrier
  order_acquire(thread.fibre.stack);  // whoever used this stack before
  machine->dispatch->kernel->run(machine->dispatch->arguments, thread.ids);
  order_release(thread.fibre.stack);
  order_release(&machine->scheduler);
  thread.state = State::kDone;
  leave(true);
  std::abort();
}

void meet(Meeting& meeting, int operation, bool orders, const void* value, size_t bytes, Place place) {
  Thread& thread = *machine->running;
  if (meeting.arrived == 0) {
    meeting.operation = operation;
    meeting.place = place;
  } else if (meeting.operation != operation || meeting.place.line != place.line ||
             std::strcmp(meeting.place.file, place.file) != 0) {
    fault("threads that must meet are at different places: one is at " + std::string(file_of(meeting.place.file)) +
              ":" + std::to_string(meeting.place.line),
          place);
  }
  const uint32_t member = &meeting == &machine->threadgroup ? thread.ids.index : thread.ids.lane;
  if (bytes > 0) std::memcpy(meeting.slots[meeting.generation & 1].data() + member * kSlotBytes, value, bytes);
  if (orders) order_release(&meeting);
  if (++meeting.arrived == meeting.size) {
    meeting.arrived = 0;
    ++meeting.generation;
    for (Thread* other : meeting.waiting) {
      other->state = State::kReady;
      machine->ready.push_back(other);
    }
    meeting.waiting.clear();
  } else {
    thread.state = State::kWaiting;
    thread.waits_at = place;
    meeting.waiting.push_back(&thread);
    leave(false);
  }
  if (orders) order_acquire(&meeting);
}

Meeting& meeting_of(Among among) {
  return among == Among::kThreadgroup ? machine->threadgroup : machine->simdgroups[machine->running->ids.simdgroup];
}

/// A quiet NaN with a payload of this threadgroup, so that memory nobody wrote shows in every result.
void poison(std::byte* memory, size_t bytes) {
  const uint32_t pattern = 0x7fc00000u | static_cast<uint32_t>(machine->random() & 0xffff);
  for (size_t at = 0; at + sizeof pattern <= bytes; at += sizeof pattern) std::memcpy(memory + at, &pattern, 4);
}

void prepare_group(Size group) {
  const Dispatch& dispatch = *machine->dispatch;
  const auto count = static_cast<uint32_t>(dispatch.threads.count());
  const uint32_t simdgroups = (count + kLanes - 1) / kLanes;
  machine->block_count = 0;
  machine->arena_used = machine->threadgroup_bytes = 0;
  if (machine->simdgroups.size() < simdgroups) machine->simdgroups.resize(simdgroups);
  for (uint32_t s = 0; s < simdgroups; ++s)
    machine->simdgroups[s].prepare(s + 1 < simdgroups ? kLanes : count - s * kLanes);
  machine->threadgroup.prepare(count);
  while (machine->threads.size() < count) {
    machine->threads.push_back(std::make_unique<Thread>());
    give_stack(machine->threads.back()->fibre);
  }
  auto& threads = machine->threads;
  if (machine->schedule->shuffle) {  // also which stack a thread gets: a fixed one would hide races from the sanitizer
    for (size_t i = count; i > 1; --i) std::swap(threads[i - 1], threads[machine->random() % i]);
  }
  machine->ready.clear();
  machine->ready.reserve(count * 64);
  for (uint32_t i = 0; i < count; ++i) {
    Thread& thread = *threads[i];
    const Size& extent = dispatch.threads;
    thread.ids = {.group_at = group,
                  .thread_at = {i % extent.x, i / extent.x % extent.y, i / (extent.x * extent.y)},
                  .groups = dispatch.groups,
                  .threads = extent,
                  .index = i,
                  .lane = i % kLanes,
                  .simdgroup = i / kLanes,
                  .simdgroups = simdgroups};
    order_fresh(thread.fibre);
    start_at(thread.fibre, thread_main);
    thread.state = State::kReady;
    machine->ready.push_back(&thread);
  }
}

void run_group(Size group) {
  prepare_group(group);
  const auto count = static_cast<uint32_t>(machine->dispatch->threads.count());
  uint32_t alive = count;
  size_t head = 0;
  auto& ready = machine->ready;
  while (head < ready.size() && !machine->dead) {
    if (machine->schedule->shuffle) std::swap(ready[head], ready[head + machine->random() % (ready.size() - head)]);
    Thread& thread = *ready[head++];
    machine->running = &thread;
    switch_fibre(machine->scheduler, thread.fibre, false);
    if (thread.state == State::kDone) --alive;
    if (head >= size_t{count} * 32) {
      ready.erase(ready.begin(), ready.begin() + static_cast<std::ptrdiff_t>(head));
      head = 0;
    }
  }
  if (machine->dead || alive == 0) return;
  machine->dead = true;
  for (uint32_t i = 0; i < count; ++i) {
    const Thread& thread = *machine->threads[i];
    if (thread.state != State::kWaiting) continue;
    machine->error = std::to_string(alive) + " of " + std::to_string(count) + " threads wait for ever, one at " +
                     file_of(thread.waits_at.file) + ":" + std::to_string(thread.waits_at.line) +
                     ", for others that left the kernel or wait elsewhere";
    return;
  }
}

}  // namespace

void register_kernel(Kernel kernel) { registry().push_back(std::move(kernel)); }
std::span<const Kernel> all_kernels() { return registry(); }
const Kernel* find_kernel(std::string_view name) {
  for (const Kernel& kernel : registry()) {
    if (name == kernel.name) return &kernel;
  }
  return nullptr;
}

const ThreadIds& self() { return machine->running->ids; }
const Schedule& schedule() { return *machine->schedule; }
int32_t function_constant(uint32_t index) { return machine->dispatch->constants[index]; }
uint32_t members(Among among) { return meeting_of(among).size; }
uint32_t rank(Among among) {
  return among == Among::kThreadgroup ? machine->running->ids.index : machine->running->ids.lane;
}

const std::byte* exchange(Among among, int operation, const void* value, size_t bytes, Place place) {
  if (bytes > kSlotBytes) fault("the emulator hands over at most 128 bytes a lane", place);
  Meeting& meeting = meeting_of(among);
  const uint32_t set = meeting.generation & 1;
  meet(meeting, operation, false, value, bytes, place);
  return meeting.slots[set].data();
}

void barrier(Among among, bool orders, Place place) { meet(meeting_of(among), -1, orders, nullptr, 0, place); }

void* threadgroup_memory(size_t bytes, Place place) {
  for (uint32_t i = 0; i < machine->block_count; ++i) {
    const Block& block = machine->blocks[i];
    if (block.place.line == place.line && block.place.file == place.file) return block.memory;
  }
  machine->threadgroup_bytes += bytes;
  if (machine->threadgroup_bytes > kThreadgroupBytes) fault("more than 32 KiB of threadgroup memory", place);
  if (machine->block_count == machine->blocks.size()) fault("more threadgroup arrays than the emulator keeps", place);
  std::byte* memory = machine->arena.get() + machine->arena_used;
  machine->arena_used += (bytes + 63) / 64 * 64;
  poison(memory, bytes);
  machine->blocks[machine->block_count++] = {place, memory};
  return memory;
}

void fault(const std::string& message, Place place) {
  if (machine->error.empty()) {
    const ThreadIds& ids = self();
    machine->error = message;
    if (place.line > 0) machine->error += " at " + std::string(file_of(place.file)) + ":" + std::to_string(place.line);
    machine->error += " (threadgroup " + std::to_string(ids.group_at.x) + "," + std::to_string(ids.group_at.y) + "," +
                      std::to_string(ids.group_at.z) + ", thread " + std::to_string(ids.index) + ")";
  }
  machine->dead = true;
  machine->running->state = State::kWaiting;
  leave(true);
  std::abort();
}

std::optional<std::string> run(const Dispatch& dispatch, const Schedule& schedule) {
  if (dispatch.threads.count() == 0 || dispatch.threads.count() > kMostThreads)
    return std::to_string(dispatch.threads.count()) + " threads in a threadgroup; 1 to 1024 were expected";
  static Machine the_machine;
  machine = &the_machine;
  machine->dispatch = &dispatch;
  machine->schedule = &schedule;
  machine->error.clear();
  machine->dead = false;
  machine->random_state = schedule.seed * 0x9e3779b97f4a7c15u | 1;
  adopt_thread(machine->scheduler);
  order_release(machine);

  const auto total = static_cast<uint32_t>(dispatch.groups.count());
  std::vector<uint32_t> order(total);
  for (uint32_t i = 0; i < total; ++i) order[i] = i;
  if (schedule.shuffle) {
    for (uint32_t i = total; i > 1; --i) std::swap(order[i - 1], order[machine->random() % i]);
  }
  for (const uint32_t i : order) {
    if (machine->dead) break;
    run_group({i % dispatch.groups.x, i / dispatch.groups.x % dispatch.groups.y,
               i / (dispatch.groups.x * dispatch.groups.y)});
  }
  order_acquire(&machine->scheduler);
  std::optional<std::string> error;
  if (machine->dead) error = std::string(dispatch.kernel->name) + ": " + machine->error;
  machine = nullptr;
  return error;
}

}  // namespace hearth::emulator
