// native/tests/support/spy_device.h: a device that counts what it is asked to do, and may be told to act at one moment.
#pragma once
#include <functional>
#include <memory>

#include "ops/device.h"
#include "ops/encoder.h"

namespace hearth::test {

struct Spy {
  uint64_t ops = 0;     // so far
  uint64_t moment = 0;  // the op before which `act` is called, counted from 1; 0: none
  std::function<void()> act = [] {};
  void op() {
    if (++ops == moment) act();
  }
};

class SpyEncoder final : public ops::Encoder {
 public:
  SpyEncoder(std::unique_ptr<ops::Encoder> inner, std::shared_ptr<Spy> spy)
      : inner_(std::move(inner)), spy_(std::move(spy)) {}

  void embed(ops::Out y, const ops::Weight& table, std::span<const int32_t> ids, float scale) override {
    spy_->op(), inner_->embed(y, table, ids, scale);
  }
  void matmul(ops::Out y, ops::In x, const ops::Weight& w) override { spy_->op(), inner_->matmul(y, x, w); }
  void matmul_experts(ops::Out y, ops::In x, const ops::Weight& w, const ops::Buffer& experts, uint32_t k,
                      bool x_per_choice) override {
    spy_->op(), inner_->matmul_experts(y, x, w, experts, k, x_per_choice);
  }
  void norm(ops::Out y, ops::In x, const ops::Weight& w, uint32_t group, float eps) override {
    spy_->op(), inner_->norm(y, x, w, group, eps);
  }
  void rope(ops::InOut x, const ops::RopeTable& table, uint32_t first) override {
    spy_->op(), inner_->rope(x, table, first);
  }
  void store_kv(const ops::KvView& cache, ops::In k, ops::In v, uint32_t first) override {
    spy_->op(), inner_->store_kv(cache, k, v, first);
  }
  void attend(ops::Out y, ops::In q, const ops::KvView& cache, const ops::AttendParams& params) override {
    spy_->op(), inner_->attend(y, q, cache, params);
  }
  void gate(ops::Out y, ops::In gate, ops::In up, ops::Activation activation) override {
    spy_->op(), inner_->gate(y, gate, up, activation);
  }
  void add(ops::InOut x, ops::In delta) override { spy_->op(), inner_->add(x, delta); }
  void scale(ops::InOut x, float factor) override { spy_->op(), inner_->scale(x, factor); }
  void multiply(ops::InOut x, const ops::Weight& w) override { spy_->op(), inner_->multiply(x, w); }
  void softcap(ops::InOut x, float cap) override { spy_->op(), inner_->softcap(x, cap); }
  void copy(ops::Out y, ops::In x) override { spy_->op(), inner_->copy(y, x); }
  void add_row(ops::InOut x, const ops::Weight& w) override { spy_->op(), inner_->add_row(x, w); }
  void add_scaled(ops::InOut y, ops::In x, ops::In factors) override { spy_->op(), inner_->add_scaled(y, x, factors); }
  void match_length(ops::InOut x, ops::In like) override { spy_->op(), inner_->match_length(x, like); }
  void keep_peaks(ops::InOut x, float deviations) override { spy_->op(), inner_->keep_peaks(x, deviations); }
  void route(ops::Buffer& experts, ops::Buffer& weights, ops::In logits, uint32_t k) override {
    spy_->op(), inner_->route(experts, weights, logits, k);
  }
  void combine_experts(ops::Out y, ops::In x, const ops::Buffer& experts, const ops::Buffer& weights,
                       const ops::Weight& factors, uint32_t k) override {
    spy_->op(), inner_->combine_experts(y, x, experts, weights, factors, k);
  }
  void add_norm(ops::InOut x, ops::InOut delta, const ops::Weight& w, float eps) override {
    spy_->op(), inner_->add_norm(x, delta, w, eps);
  }
  Status finish() override { return inner_->finish(); }

 private:
  std::unique_ptr<ops::Encoder> inner_;
  std::shared_ptr<Spy> spy_;
};

class SpyDevice final : public ops::Device {
 public:
  SpyDevice(std::unique_ptr<ops::Device> inner, std::shared_ptr<Spy> spy)
      : inner_(std::move(inner)), spy_(std::move(spy)) {}
  std::string name() const override { return inner_->name(); }
  Result<std::unique_ptr<ops::Buffer>> allocate(size_t bytes) override { return inner_->allocate(bytes); }
  Result<ops::Weight> prepare(ops::Weight weight) override { return inner_->prepare(weight); }
  uint64_t prepared_bytes() const override { return inner_->prepared_bytes(); }
  std::unique_ptr<ops::Encoder> encoder() override { return std::make_unique<SpyEncoder>(inner_->encoder(), spy_); }

 private:
  std::unique_ptr<ops::Device> inner_;
  std::shared_ptr<Spy> spy_;
};

}  // namespace hearth::test
