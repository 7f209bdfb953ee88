// native/tools/bench_engine.cc: our engine in a measuring process (bench/run.h).
//
// Everything goes through `Session`, as in the app.
#include <cstdio>
#include <cstdlib>

#include "bench/run.h"
#include "core/session.h"

namespace {

using namespace hearth;

[[noreturn]] void give_up(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  std::exit(1);
}
template <typename T>
T need(Result<T> result) {
  if (!result.ok()) give_up(result.error());
  return std::move(result).value();
}
void need(const Status& status) {
  if (!status.ok()) give_up(status.error());
}

class OurEngine final : public bench::Engine {
 public:
  explicit OurEngine(const bench::Options& options)
      : model_(
            need(Model::load(options.file, {.backend = "cpu",
                                            .threads = options.threads,
                                            .numerics = options.fast ? ops::Numerics::kFast : ops::Numerics::kExact}))),
        session_(need(Session::create(model_, {.context = options.context, .kv = KvType::kF16}))) {}

  std::string name() const override { return model_->facts().backend; }
  void prefill(std::span<const int32_t> tokens) override {
    session_->truncate(0);
    held_.assign(tokens.begin(), tokens.end());
    need(session_->sync(held_));
  }
  void append(std::span<const int32_t> tokens) override {
    if (tokens.size() == 1) {
      need(session_->step(tokens[0]));
    } else {
      held_.assign(session_->timeline().begin(), session_->timeline().end());
      held_.insert(held_.end(), tokens.begin(), tokens.end());
      need(session_->sync(held_));
    }
  }
  std::span<const float> logits() override { return session_->logits(); }

  void prepare_verify(std::span<const int32_t> tokens) override {
    prefill(tokens);
    depth_ = static_cast<uint32_t>(tokens.size());
  }
  void verify(std::span<const int32_t> tokens) override {
    session_->truncate(depth_);
    need(session_->verify(tokens));
    session_->keep(1);
  }

 private:
  std::shared_ptr<const Model> model_;
  std::unique_ptr<Session> session_;
  std::vector<TokenId> held_;
  uint32_t depth_ = 0;
};

}  // namespace

std::unique_ptr<bench::Engine> bench::open_engine(const Options& options) {
  return std::make_unique<OurEngine>(options);
}

int main(int argc, char** argv) { return bench::run(argc, argv); }
