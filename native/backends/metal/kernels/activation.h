// native/backends/metal/kernels/activation.h: what a gate is put through.
#pragma once
#include "compat.h"

METAL_FUNC float sigmoid(float x) { return 1.0f / (1.0f + precise::exp(-x)); }

/// x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) as x sigmoid(2 sqrt(2/pi) (...)).
METAL_FUNC float gelu(float x) { return x * sigmoid(x * fma(x * x, 0.0713548162726f, 1.59576912161f)); }
