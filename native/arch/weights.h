// native/arch/weights.h: the tensors of a model by the part they play. Shapes are [rows, cols] = [output, input].
//
// Sizes: d width, H query heads, K key heads, D head dimension, F feed-forward width, P per-layer embedding width,
// L layers, V vocabulary, E experts, W expert width. An empty weight is one that the spec says is absent.
#pragma once
#include <vector>

#include "arch/spec.h"
#include "ops/device.h"

namespace hearth::arch {

struct AttentionWeights {
  ops::Weight norm;       // [d]
  ops::Weight q, k, v;    // [H*D, d], [K*D, d], [K*D, d]; k and v only where the layer owns a cache, v not if K=V
  ops::Weight q_norm;     // [D]
  ops::Weight k_norm;     // [D]
  ops::Weight output;     // [d, H*D]
  ops::Weight post_norm;  // [d]
  ops::Weight q_bias, k_bias, v_bias, output_bias;  // [H*D], [K*D], [K*D], [d]; each may be empty
  std::vector<double> frequencies;  // radians a position, one a pair; pairs behind the last do not rotate
};

struct DenseWeights {
  ops::Weight norm;                           // [d]
  ops::Weight gate, up;                       // [F, d]
  ops::Weight down;                           // [d, F]
  ops::Weight gate_bias, up_bias, down_bias;  // [F], [F], [d]; each may be empty
};

struct ExpertWeights {
  ops::Weight dense_post_norm;  // [d], on the dense branch's output
  ops::Weight router;           // [E, d]
  ops::Weight router_scale;     // [d], gain of the router's input
  ops::Weight norm;             // [d], on the experts' input
  ops::Weight gate_up;          // E x [2W, d], gate rows first; or
  ops::Weight gate, up;         // E x [W, d]
  ops::Weight down;             // E x [d, W]
  ops::Weight down_scale;       // [E]; may be empty
  ops::Weight post_norm;        // [d], on the experts' sum
};

struct PerLayerWeights {
  ops::Weight gate;        // [P, d]
  ops::Weight projection;  // [d, P]
  ops::Weight post_norm;   // [d]
};

/// Streams beside the residual; n of them, r the rank of the matrix pair beside attention.
struct StreamWeights {
  ops::Weight router_norm;    // [d]
  ops::Weight router;         // [n, d]
  ops::Weight predict;        // [n*n, n]: row n*i + j says how much of stream j goes into the prediction of stream i
  ops::Weight correct;        // [n, n]
  ops::Weight correct_scale;  // [d], gain of the per-layer input's gate
  ops::Weight low, high;      // [r, d], [d, r]
  ops::Weight low_rank_norm;  // [d]
};

struct LayerWeights {
  AttentionWeights attention;
  DenseWeights dense;
  ExpertWeights experts;      // empty where the layer is dense
  ops::Weight post_ffn_norm;  // [d]
  PerLayerWeights per_layer;  // empty where P = 0
  StreamWeights streams;      // empty where the spec has none
  float output_scale = 1;     // multiplies the whole residual
};

struct ModelWeights {
  ops::Weight embedding;                    // [V, d]
  ops::Weight head;                         // [V, d]; the embedding where the head is tied
  ops::Weight output_norm;                  // [d]
  ops::Weight per_layer_table;              // [V, P*L]
  ops::Weight per_layer_projection;         // [P*L, d]
  ops::Weight per_layer_norm;               // [P]
  std::vector<ops::Weight> spread, gather;  // n - 1 x [d, d]: the residual to each other stream, and back
  std::vector<LayerWeights> layers;
  uint64_t parameters = 0;  // numbers in the tensors that are used

  /// Lets the device make each weight usable. Errors: those of `Device::prepare`, with the tensor's part added.
  Status prepare(ops::Device& device);
};

}  // namespace hearth::arch
