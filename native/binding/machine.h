// native/binding/machine.h: what this computer runs the engine on, for people and bug reports.
#pragma once
#include <string>

namespace hearth::binding {

struct Machine {
  std::string backend;  // "cpu"
  std::string simd;     // "avx512", "avx2", "neon", "scalar"
  int threads;          // as many as the engine takes when nobody says a number
};

Machine describe_machine();

}  // namespace hearth::binding
