// native/arch/metadata.cc: the readers of metadata.h.
#include "arch/metadata.h"

#include <algorithm>
#include <cstdio>

namespace hearth::arch {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string between(Range range) { return "expected " + number(range.least) + " to " + number(range.most); }

}  // namespace

void Metadata::problem(std::string text) {
  if (std::find(problems_.begin(), problems_.end(), text) == problems_.end()) problems_.push_back(std::move(text));
}

uint32_t Metadata::checked(std::string_view key, std::optional<uint64_t> value, Range range) {
  if (!value) {
    problem(full(key) + ": " + between(range) +
            (has(key) ? ", found something that is not a whole number" : ", found no such key"));
  } else if (!(static_cast<double>(*value) >= range.least && static_cast<double>(*value) <= range.most)) {
    problem(full(key) + ": " + between(range) + ", found " + std::to_string(*value));
  } else {
    return static_cast<uint32_t>(*value);
  }
  return static_cast<uint32_t>(range.least);
}

double Metadata::checked_number(std::string_view key, std::optional<double> value, Range range) {
  if (!value) {
    problem(full(key) + ": " + between(range) +
            (has(key) ? ", found something that is not a number" : ", found no such key"));
  } else if (!(*value >= range.least && *value <= range.most)) {  // so that NaN is refused too
    problem(full(key) + ": " + between(range) + ", found " + number(*value));
  } else {
    return *value;
  }
  return range.least;
}

uint32_t Metadata::required(std::string_view key, Range range) {
  return checked(key, file_.find_u64(full(key)), range);
}

uint32_t Metadata::optional(std::string_view key, uint32_t fallback, Range range) {
  return has(key) ? required(key, range) : fallback;
}

double Metadata::required_number(std::string_view key, Range range) {
  return checked_number(key, file_.find_f64(full(key)), range);
}

double Metadata::optional_number(std::string_view key, double fallback, Range range) {
  return has(key) ? required_number(key, range) : fallback;
}

std::optional<double> Metadata::maybe_number(std::string_view key, Range range) {
  if (!has(key)) return std::nullopt;
  return required_number(key, range);
}

std::vector<uint32_t> Metadata::required_per_layer(std::string_view key, uint32_t layers, Range range) {
  const gguf::Value* value = file_.find(full(key));
  const auto* array = value != nullptr ? std::get_if<std::vector<int64_t>>(value) : nullptr;
  if (array == nullptr) return std::vector<uint32_t>(layers, required(key, range));
  if (array->size() != layers) {
    problem(full(key) + ": expected " + std::to_string(layers) + " values, one a layer, found " +
            std::to_string(array->size()));
    return std::vector<uint32_t>(layers, static_cast<uint32_t>(range.least));
  }
  std::vector<uint32_t> values(layers);
  for (uint32_t il = 0; il < layers; ++il) {
    const int64_t found = (*array)[il];
    const bool sane = static_cast<double>(found) >= range.least && static_cast<double>(found) <= range.most;
    values[il] = static_cast<uint32_t>(sane ? static_cast<double>(found) : range.least);
    if (!sane)
      problem(full(key) + "[" + std::to_string(il) + "]: " + between(range) + ", found " + std::to_string(found));
  }
  return values;
}

std::vector<bool> Metadata::flags_per_layer(std::string_view key, uint32_t layers) {
  const gguf::Value* value = file_.find(full(key));
  if (value == nullptr) return std::vector<bool>(layers, false);
  if (const auto* one = std::get_if<bool>(value)) return std::vector<bool>(layers, *one);

  std::vector<bool> flags;
  if (const auto* array = std::get_if<std::vector<bool>>(value)) {
    flags = *array;
  } else if (const auto* numbers = std::get_if<std::vector<int64_t>>(value)) {
    for (int64_t number : *numbers) flags.push_back(number != 0);
  } else {
    problem(full(key) + ": expected " + std::to_string(layers) + " flags, one a layer, found something else");
    return std::vector<bool>(layers, false);
  }
  if (flags.size() != layers) {
    problem(full(key) + ": expected " + std::to_string(layers) + " flags, one a layer, found " +
            std::to_string(flags.size()));
    flags.assign(layers, false);
  }
  return flags;
}

}  // namespace hearth::arch
