// native/tools/gguf_dump.cc: what is in a GGUF file: `gguf-dump FILE [--tensors]`. For people.
// Exit status 0: this engine can run it; 1: it cannot, and the last lines say why.
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "arch/bind.h"
#include "arch/from_gguf.h"
#include "base/printable.h"
#include "gguf/gguf.h"

namespace {

using namespace hearth;

/// A value on one line; long arrays and texts by their beginning.
struct Printer {
  static constexpr size_t kShown = 12;

  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(uint64_t number) const { return std::to_string(number); }
  std::string operator()(int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", number);
    return text;
  }
  std::string operator()(std::string_view text) const { return '"' + printable(text) + '"'; }
  template <typename T>
  std::string operator()(const std::vector<T>& values) const {
    std::string text = "[";
    for (size_t i = 0; i < values.size() && i < kShown; ++i) {
      if (i > 0) text += ", ";
      text += (*this)(static_cast<T>(values[i]));
    }
    if (values.size() > kShown) text.append(", ... ").append(std::to_string(values.size())).append(" in all");
    return text += ']';
  }
};

void print_tensors(const gguf::File& file) {
  for (const gguf::Tensor& tensor : file.tensors()) {
    std::string shape;
    for (uint32_t axis = 0; axis < tensor.rank; ++axis) {
      if (axis > 0) shape += " x ";
      shape += std::to_string(tensor.shape[axis]);
    }
    std::printf("  %-40s %-6s %s\n", printable(tensor.name).c_str(),
                type_name(static_cast<uint32_t>(tensor.type)).c_str(), shape.c_str());
  }
}

}  // namespace

int main(int count, char** arguments) {
  const bool with_tensors = count == 3 && std::strcmp(arguments[2], "--tensors") == 0;
  if (count < 2 || (count > 2 && !with_tensors)) {
    std::fprintf(stderr, "usage: gguf-dump FILE [--tensors]\n");
    return 2;
  }
  const auto file = gguf::File::open(arguments[1]);
  if (!file.ok()) {
    std::fprintf(stderr, "%s\n", file.error().message.c_str());
    return 1;
  }
  const std::map<std::string_view, gguf::Value> by_name(file.value()->metadata().begin(),
                                                        file.value()->metadata().end());
  for (const auto& [key, value] : by_name) {
    std::printf("  %s = %s\n", printable(key).c_str(), std::visit(Printer{}, value).c_str());
  }
  std::printf("%zu tensors, %llu bytes\n", file.value()->tensors().size(),
              static_cast<unsigned long long>(file.value()->file_bytes()));
  if (with_tensors) print_tensors(*file.value());

  const auto spec = arch::spec_from_gguf(*file.value());
  if (!spec.ok()) {
    std::fprintf(stderr, "%s\n", spec.error().message.c_str());
    return 1;
  }
  std::printf("%s", spec.value().print().c_str());
  if (const auto weights = arch::bind(*file.value(), spec.value()); !weights.ok()) {
    std::fprintf(stderr, "%s\n", weights.error().message.c_str());
    return 1;
  }
  return 0;
}
