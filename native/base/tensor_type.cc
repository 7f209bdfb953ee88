// native/base/tensor_type.cc: sizes of the readable formats and names of the others.
#include "base/tensor_type.h"

#include <iterator>

namespace hearth {
namespace {

/// Formats that exist in files but that this engine does not read, for messages. Null where ggml has left a gap.
const char* foreign_name(uint32_t id) {
  switch (id) {
    case 4:
      return "Q4_2";
    case 5:
      return "Q4_3";
    case 9:
      return "Q8_1";
    case 15:
      return "Q8_K";
    case 16:
      return "IQ2_XXS";
    case 17:
      return "IQ2_XS";
    case 18:
      return "IQ3_XXS";
    case 19:
      return "IQ1_S";
    case 21:
      return "IQ3_S";
    case 22:
      return "IQ2_S";
    case 24:
      return "I8";
    case 25:
      return "I16";
    case 27:
      return "I64";
    case 28:
      return "F64";
    case 29:
      return "IQ1_M";
    case 31:
      return "Q4_0_4_4";
    case 32:
      return "Q4_0_4_8";
    case 33:
      return "Q4_0_8_8";
    case 34:
      return "TQ1_0";
    case 35:
      return "TQ2_0";
    case 36:
      return "IQ4_NL_4_4";
    case 37:
      return "IQ4_NL_4_8";
    case 38:
      return "IQ4_NL_8_8";
    case 40:
      return "NVFP4";
    default:
      return nullptr;
  }
}

}  // namespace

const TypeTraits* traits_of(TensorType type) {
  // Indexed by id; a null name is an id that cannot be read.
  static constexpr TypeTraits kTraits[] = {
      {"F32", 1, 4},      {"F16", 1, 2},      {"Q4_0", 32, 18},   {"Q4_1", 32, 20},     {nullptr, 0, 0},
      {nullptr, 0, 0},    {"Q5_0", 32, 22},   {"Q5_1", 32, 24},   {"Q8_0", 32, 34},     {nullptr, 0, 0},
      {"Q2_K", 256, 84},  {"Q3_K", 256, 110}, {"Q4_K", 256, 144}, {"Q5_K", 256, 176},   {"Q6_K", 256, 210},
      {nullptr, 0, 0},    {nullptr, 0, 0},    {nullptr, 0, 0},    {nullptr, 0, 0},      {nullptr, 0, 0},
      {"IQ4_NL", 32, 18}, {nullptr, 0, 0},    {nullptr, 0, 0},    {"IQ4_XS", 256, 136}, {nullptr, 0, 0},
      {nullptr, 0, 0},    {"I32", 1, 4},      {nullptr, 0, 0},    {nullptr, 0, 0},      {nullptr, 0, 0},
      {"BF16", 1, 2},     {nullptr, 0, 0},    {nullptr, 0, 0},    {nullptr, 0, 0},      {nullptr, 0, 0},
      {nullptr, 0, 0},    {nullptr, 0, 0},    {nullptr, 0, 0},    {nullptr, 0, 0},      {"MXFP4", 32, 17},
  };
  const auto id = static_cast<uint32_t>(type);
  return id < std::size(kTraits) && kTraits[id].name != nullptr ? &kTraits[id] : nullptr;
}

std::string type_name(uint32_t id) {
  if (const TypeTraits* traits = traits_of(static_cast<TensorType>(id))) return traits->name;
  const char* name = foreign_name(id);
  return std::string(name != nullptr ? name : "unknown") + " (" + std::to_string(id) + ")";
}

}  // namespace hearth
