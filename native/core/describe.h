// native/core/describe.h: what a model file is and what it will need, without computing anything with it.
#pragma once
#include <cstdint>
#include <string>

#include "base/status.h"

namespace hearth {

/// Bytes, predicted from the file's own numbers by the code that will ask for them.
struct Fit {
  uint32_t context;      // tokens, lowered to what the model was trained for
  uint64_t weights;      // tensors that are read in full
  uint64_t looked_up;    // tensors of which a row a token is read, and which stay in the file (per-layer embeddings)
  uint64_t vocabulary;   // texts, their tables, merges
  uint64_t keys_values;  // with the context full
  uint64_t keys_values_at_start;
  uint64_t scratch;
  // Of the drafter, 0 without one. It owns no keys and values: it reads the model's.
  uint64_t drafter_weights;     // a head that is sorted into groups is there twice
  uint64_t drafter_vocabulary;  // its file's lists; what they say is the model's
  uint64_t drafter_scratch;

  uint64_t drafter() const { return drafter_weights + drafter_vocabulary + drafter_scratch; }
  uint64_t at_start() const { return weights + vocabulary + keys_values_at_start + scratch + drafter(); }
  uint64_t full() const { return weights + vocabulary + keys_values + scratch + drafter(); }
};

struct Description {
  std::string name, architecture, licence, spec;
  uint64_t file_bytes, parameters, tensors;
  uint32_t layers, trained_context;
  Fit fit;
};

/// `context`: 0 for the default. `drafter`: path of the drafter that will be loaded beside it; empty: none. Maps the
/// files, checks all tensors. Errors: those of `Model::load`.
Result<Description> describe_model(const std::string& path, uint32_t context, const std::string& drafter = {});

}  // namespace hearth
