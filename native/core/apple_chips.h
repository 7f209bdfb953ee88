// native/core/apple_chips.h: what is public about Apple's chips: how fast their memory is and how much they compute.
// Source: Apple's technical specifications of the machines they come in; arithmetic from cores and clocks. Rounded.
#pragma once
#include <span>
#include <string>

namespace hearth {

struct AppleChip {
  const char* name;             // "M2 Pro"
  double gigabytes_per_second;  // of memory, the larger variant
  double teraflops;             // f32 multiply-adds of the GPU, each two
};

inline constexpr AppleChip kAppleChips[] = {
    {"M1", 68, 2.6},       {"M1 Pro", 200, 5.3},  {"M1 Max", 400, 10.6}, {"M1 Ultra", 800, 21}, {"M2", 100, 3.6},
    {"M2 Pro", 200, 6.8},  {"M2 Max", 400, 13.6}, {"M2 Ultra", 800, 27}, {"M3", 100, 3.8},      {"M3 Pro", 150, 6.9},
    {"M3 Max", 400, 14.2}, {"M3 Ultra", 819, 28}, {"M4", 120, 4.2},      {"M4 Pro", 273, 8.4},  {"M4 Max", 546, 17.5},
    {"M5", 153, 4.2},      {"M5 Pro", 307, 8.5},  {"M5 Max", 614, 18}};

/// The chip of a device's name, such as "metal (Apple M2 Pro)", or null.
inline const AppleChip* chip_of(const std::string& device_name) {
  const AppleChip* best = nullptr;  // the longest that fits: "M2 Pro" before "M2"
  for (const AppleChip& chip : kAppleChips) {
    if (device_name.find(std::string("Apple ") + chip.name) == std::string::npos) continue;
    if (best == nullptr || std::string(chip.name).size() > std::string(best->name).size()) best = &chip;
  }
  return best;
}

}  // namespace hearth
