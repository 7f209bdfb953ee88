// native/backends/metal/kernels/map.metal: the ops that touch each value once. Which one is a function constant.
#include "activation.h"
#include "arguments.h"
#include "compat.h"

using namespace hearth::metal_kernel;

FUNCTION_CONSTANT(uint, kOperation, 3);

/// One thread a value; y may be a or b.
kernel void map(device float* y [[buffer(0)]], device const float* a [[buffer(1)]], device const float* b [[buffer(2)]],
                constant MapArguments& arguments [[buffer(3)]], uint3 at [[thread_position_in_grid]]) {
  if (at.x >= arguments.cols) return;
  const uint to = at.y * arguments.y_stride + at.x;
  const uint from = at.y * arguments.a_stride + at.x;
  const uint other = at.y * arguments.b_stride;
  switch (kOperation) {
    case kMapAdd:
      y[to] += a[from];
      break;
    case kMapScale:
      y[to] *= arguments.factor;
      break;
    case kMapMultiply:
      y[to] *= b[at.x];
      break;
    case kMapAddRow:
      y[to] += b[at.x];
      break;
    case kMapSoftcap:
      y[to] = precise::tanh(y[to] / arguments.factor) * arguments.factor;
      break;
    case kMapCopy:
      y[to] = a[from];
      break;
    case kMapGelu:
      y[to] = gelu(a[from]) * b[other + at.x];
      break;
    case kMapSilu:
      y[to] = a[from] * sigmoid(a[from]) * b[other + at.x];
      break;
    case kMapAddScaled:
      y[to] = fma(b[other], a[from], y[to]);
      break;
  }
}
