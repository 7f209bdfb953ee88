// native/arch/claims.cc: the registry behind bind.cc.
#include "arch/claims.h"

#include <cstring>

#include "base/printable.h"

namespace hearth::arch {
namespace {

std::string print_shape(uint64_t cols, uint64_t rows, uint64_t count) {
  std::string text = "[";
  text += std::to_string(cols);
  if (rows != 1 || count != 1) text.append(", ").append(std::to_string(rows));
  if (count != 1) text.append(", ").append(std::to_string(count));
  return text += ']';
}

}  // namespace

float read_float(const ops::Weight& vector, uint32_t index) {
  float value;
  std::memcpy(&value, vector.data + size_t{index} * sizeof value, sizeof value);
  return value;
}

const gguf::Tensor* Claims::take(const std::string& name, Shape shape) {
  const gguf::Tensor* tensor = file_.find_tensor(name);
  if (tensor == nullptr) {
    misfit(name + ": expected " + print_shape(shape.cols, shape.rows, shape.count) + ", found no such tensor");
    return nullptr;
  }
  claimed_.insert(tensor->name);
  if (tensor->shape[0] != shape.cols || tensor->shape[1] != shape.rows || tensor->shape[2] != shape.count ||
      tensor->shape[3] != 1) {
    std::string found = "[";
    for (uint32_t axis = 0; axis < tensor->rank && axis < 4; ++axis) {
      found.append(axis > 0 ? ", " : "").append(std::to_string(tensor->shape[axis]));
    }
    misfit(name + ": expected " + print_shape(shape.cols, shape.rows, shape.count) + ", found " + found + "]");
    return nullptr;
  }
  return tensor;
}

ops::Weight Claims::matrix(const std::string& name, Shape shape) {
  const gguf::Tensor* tensor = take(name, shape);
  if (tensor == nullptr) return {};
  if (tensor->type == kTensorI32) {
    misfit(name + ": expected weights, found integers (I32)");
    return {};
  }
  parameters_ += tensor->elements();
  return {.type = tensor->type,
          .cols = shape.cols,
          .rows = shape.rows,
          .count = shape.count,
          .data = tensor->data.data(),
          .mapped = file_.is_mapped()};
}

ops::Weight Claims::vector(const std::string& name, uint32_t length) {
  const ops::Weight weight = matrix(name, {length});
  if (weight && weight.type != TensorType::kF32) {
    misfit(name + ": expected F32, found " + type_name(static_cast<uint32_t>(weight.type)));
    return {};
  }
  return weight;
}

std::vector<int32_t> Claims::integers(const std::string& name, uint32_t length) {
  const gguf::Tensor* tensor = take(name, {length});
  if (tensor == nullptr) return {};
  if (tensor->type != kTensorI32) {
    misfit(name + ": expected I32, found " + type_name(static_cast<uint32_t>(tensor->type)));
    return {};
  }
  std::vector<int32_t> values(length);
  std::memcpy(values.data(), tensor->data.data(), size_t{length} * sizeof(int32_t));
  return values;
}

void Claims::dead(const std::string& name) {
  if (const gguf::Tensor* tensor = file_.find_tensor(name)) claimed_.insert(tensor->name);
}

Status Claims::settle() const {
  std::vector<std::string> lines = misfits_;
  for (const gguf::Tensor& tensor : file_.tensors()) {
    if (!claimed_.contains(tensor.name))
      lines.push_back(printable(tensor.name) + ": expected no such tensor, found one");
  }
  if (lines.empty()) return Ok{};
  std::string message = file_.path() + " does not fit its own description in " + std::to_string(lines.size()) +
                        (lines.size() == 1 ? " tensor:" : " tensors:");
  for (const std::string& line : lines) message += "\n  " + line;
  return Error{ErrorCode::kModelInvalid, std::move(message)};
}

}  // namespace hearth::arch
