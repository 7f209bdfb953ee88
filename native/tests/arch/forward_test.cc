// native/tests/arch/forward_test.cc: spellings of the same model give the same bits.
#include <doctest/doctest.h>

#include <cstring>

#include "core/model_loaded.h"
#include "core/session.h"
#include "support/tiny_model.h"

using namespace hearth;
using hearth::test::TinyModel;
using hearth::test::TinyOptions;
using hearth::test::TinyTensor;

namespace {

const std::vector<TokenId> kTokens{2, 70, 71, 72, 100, 9, 33, 200, 5, 70, 70, 12};

/// Logits of all positions, and that they are numbers.
std::vector<float> logits_of(const TinyModel& tiny) {
  const std::string bytes = tiny.build();
  auto file = gguf::File::parse(test::bytes_of(bytes), "tiny.gguf");
  REQUIRE(file.ok());
  const auto model = load_model(std::move(file).value(), {.backend = "cpu", .threads = 1});
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? std::string() : model.error().message));
  auto session = Session::create(model.value(), {.kv = KvType::kF32});
  REQUIRE(session.ok());
  std::vector<float> all;
  REQUIRE(session.value()
              ->logits_of(kTokens,
                          [&](uint32_t, std::span<const float> row) { all.insert(all.end(), row.begin(), row.end()); })
              .ok());
  REQUIRE(all.size() == kTokens.size() * TinyModel::kVocabulary);
  for (const float logit : all) REQUIRE(logit == logit);
  return all;
}

/// Rows of several matrices of one width, one after the other.
TinyTensor stacked(const TinyModel& model, const std::vector<std::string>& names) {
  TinyTensor all;
  for (const std::string& name : names) {
    const TinyTensor& part = model.tensors.at(name);
    if (all.shape.empty()) all.shape = {part.shape[0], 0};
    all.shape[1] += part.shape[1];
    all.values.insert(all.values.end(), part.values.begin(), part.values.end());
  }
  return all;
}

TinyModel with_fused_qkv(TinyModel model) {
  for (uint32_t il = 0; il < TinyModel::kLayers; ++il) {
    const std::string b = test::block(il);
    std::vector<std::string> names;
    for (const char* name : {"attn_q.weight", "attn_k.weight", "attn_v.weight"}) {
      if (model.tensors.contains(b + name)) names.push_back(b + name);
    }
    TinyTensor fused = stacked(model, names);
    for (const std::string& name : names) model.tensors.erase(name);
    model.tensors[b + "attn_qkv.weight"] = std::move(fused);
  }
  return model;
}

}  // namespace

TEST_CASE("a fused qkv matrix is its rows: q, then k, then v") {
  for (const TinyOptions& options : {TinyOptions{}, TinyOptions{.values_from_keys = true}, TinyOptions{.shared = 2}}) {
    const TinyModel split(options);
    CHECK(logits_of(with_fused_qkv(split)) == logits_of(split));
  }
}

TEST_CASE("fused gate and up of experts are gate rows, then up rows, of each expert") {
  const TinyModel fused({.experts = true});
  TinyModel split = fused;
  for (uint32_t il = 0; il < TinyModel::kLayers; ++il) {
    const std::string b = test::block(il);
    const TinyTensor both = fused.tensors.at(b + "ffn_gate_up_exps.weight");
    const size_t half = size_t{TinyModel::kDim} * TinyModel::kExpertWidth;
    TinyTensor gate{{TinyModel::kDim, TinyModel::kExpertWidth, TinyModel::kExperts}, {}};
    TinyTensor up = gate;
    for (size_t expert = 0; expert < TinyModel::kExperts; ++expert) {
      const auto begin = both.values.begin() + static_cast<ptrdiff_t>(2 * expert * half);
      gate.values.insert(gate.values.end(), begin, begin + static_cast<ptrdiff_t>(half));
      up.values.insert(up.values.end(), begin + static_cast<ptrdiff_t>(half), begin + static_cast<ptrdiff_t>(2 * half));
    }
    split.tensors.erase(b + "ffn_gate_up_exps.weight");
    split.tensors[b + "ffn_gate_exps.weight"] = std::move(gate);
    split.tensors[b + "ffn_up_exps.weight"] = std::move(up);
  }
  CHECK(logits_of(split) == logits_of(fused));
}

TEST_CASE("a head of its own that equals the embedding changes nothing, another one does") {
  TinyModel model({.per_layer = true});
  const auto tied = logits_of(model);
  model.tensors["output.weight"] = model.tensors.at("token_embd.weight");
  CHECK(logits_of(model) == tied);
  model.matrix("output.weight", {TinyModel::kDim, TinyModel::kVocabulary});
  CHECK(logits_of(model) != tied);
}

TEST_CASE("dead keys and values of sharing layers are not read") {
  TinyModel model({.shared = 2});
  const auto clean = logits_of(model);
  model.matrix("blk.2.attn_k.weight", {TinyModel::kDim, 32});
  model.matrix("blk.2.attn_v.weight", {TinyModel::kDim, 32});
  model.norm("blk.2.attn_k_norm.weight", 16);
  CHECK(logits_of(model) == clean);
}

TEST_CASE("suppressed tokens can never be the best") {
  TinyModel model;
  model.suppressed = {5, 263};
  const auto logits = logits_of(model);
  for (size_t position = 0; position < kTokens.size(); ++position) {
    CHECK(logits[position * TinyModel::kVocabulary + 5] == -INFINITY);
    CHECK(logits[position * TinyModel::kVocabulary + 263] == -INFINITY);
    CHECK(logits[position * TinyModel::kVocabulary + 6] > -INFINITY);
  }
}
