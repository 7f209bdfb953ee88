// native/backends/cpu/usable_cores.cc: how many threads are worth having. Two threads of one core share its arithmetic.
#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "backends/cpu/thread_pool.h"

#if defined(__linux__)
#include <sched.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace hearth::cpu {

uint32_t usable_cores() {
#if defined(__linux__)
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) > 0) {
    std::set<std::string> cores;  // named by the list of their hardware threads
    uint32_t unknown = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (!CPU_ISSET(cpu, &allowed)) continue;
      std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
      std::string siblings;
      if (std::getline(file, siblings) && !siblings.empty()) {
        cores.insert(siblings);
      } else {
        ++unknown;
      }
    }
    return std::max<uint32_t>(1, static_cast<uint32_t>(cores.size()) + unknown);
  }
#elif defined(__APPLE__)
  for (const char* name : {"hw.perflevel0.physicalcpu", "hw.physicalcpu"}) {
    int cores = 0;
    size_t size = sizeof(cores);
    if (sysctlbyname(name, &cores, &size, nullptr, 0) == 0 && cores > 0) return static_cast<uint32_t>(cores);
  }
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace hearth::cpu
