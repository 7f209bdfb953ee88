// native/tests/support/read_file.h: a whole file as text; a missing one ends the test with its name.
#pragma once
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace hearth::test {

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw std::runtime_error("expected a readable file at " + path + "; build the tests with CMake, which makes it");
  std::stringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace hearth::test
