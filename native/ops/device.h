// native/ops/device.h: what an engine may ask of a machine: memory, weights, and an encoder for work.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/tensor_type.h"

namespace hearth::ops {

class Encoder;

/// Memory of a device, zeroed when made. On every machine we run on it is also the host's memory; `host()` may be
/// read and written only while no submitted work touches it.
class Buffer {
 public:
  virtual ~Buffer() = default;
  virtual std::byte* host() = 0;
  virtual size_t bytes() const = 0;
};

/// A matrix of floats in a buffer: element (r, c) is at `offset + r * stride + c`, all counted in floats.
struct Rows {
  Buffer* buffer = nullptr;
  uint64_t offset = 0;
  uint32_t rows = 0;
  uint32_t cols = 0;
  uint32_t stride = 0;

  Rows row(uint32_t r, uint32_t count = 1) const {
    return {buffer, offset + uint64_t{r} * stride, count, cols, stride};
  }
  Rows slice(uint32_t first, uint32_t count) const { return {buffer, offset + first, rows, count, stride}; }
  Rows head(uint32_t count) const { return row(0, count); }
};

/// A weight as it lies in the file: `count` matrices of [rows, cols], each row contiguous, in blocks of `type`.
/// Norm vectors are weights with rows = 1. `prepared` belongs to the device (a repacked copy, a GPU buffer) or is null.
struct Weight {
  TensorType type = TensorType::kF32;
  uint32_t cols = 0;   // input dimension
  uint32_t rows = 0;   // output dimension
  uint32_t count = 1;  // experts
  const std::byte* data = nullptr;
  const void* prepared = nullptr;
  bool mapped = false;   // data lies in a file's mapping, whose pages a device may give back once it has its own copy
  bool by_rows = false;  // rows are looked up and nothing is multiplied: not worth a copy

  explicit operator bool() const { return data != nullptr; }
};

/// How matrices are multiplied. kExact: f32 activations times the exact values of the weights. kFast: activations in
/// eight bits, integer products, where the device has them; the rows of a result keep their independence.
enum class Numerics { kExact, kFast };

class Device {
 public:
  virtual ~Device() = default;
  virtual std::string name() const = 0;  // "cpu (avx512, 2 threads)"
  /// Errors: kOutOfMemory, with the bytes asked for.
  virtual Result<std::unique_ptr<Buffer>> allocate(size_t bytes) = 0;
  /// Makes a weight usable; `weight.data` must outlive the device. May repack.
  virtual Result<Weight> prepare(Weight weight) = 0;
  /// Bytes held for prepared weights beyond the mapping.
  virtual uint64_t prepared_bytes() const = 0;
  /// A new encoder; one per session. Its work ends with `Encoder::finish`.
  virtual std::unique_ptr<Encoder> encoder() = 0;
};

}  // namespace hearth::ops
