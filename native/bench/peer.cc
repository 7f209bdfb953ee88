// native/bench/peer.cc: llama.cpp in a measuring process (bench/run.h), through its public C interface.
//
// Not part of our build: scripts/bench.mjs compiles it against the headers and libraries that it finds in the peer's
// npm package, outside this repository. Its settings are the peer's own defaults where they matter: repacked weights,
// mapped file, flash attention, ubatch 512, a window-sized cache for sliding layers.
// HEARTH_BENCH_LIBRARIES names the folder with the peer's libggml-cpu-*.so, of which it picks one.
#include <ggml-backend.h>
#include <llama.h>

#include "bench/run.h"

namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "llama.cpp: %s\n", what);
  std::exit(1);
}

class Peer final : public bench::Engine {
 public:
  explicit Peer(const bench::Options& options) {
    llama_log_set(
        [](ggml_log_level level, const char* text, void*) {
          if (level == GGML_LOG_LEVEL_ERROR || std::getenv("HEARTH_BENCH_VERBOSE") != nullptr) std::fputs(text, stderr);
        },
        nullptr);
    if (const char* folder = std::getenv("HEARTH_BENCH_LIBRARIES"); folder != nullptr) {
      ggml_backend_load_all_from_path(folder);
    } else {
      ggml_backend_load_all();
    }
    llama_backend_init();
    llama_model_params model = llama_model_default_params();
    model.n_gpu_layers = 0;
    model_ = llama_model_load_from_file(options.file.c_str(), model);
    if (model_ == nullptr) give_up("the file could not be loaded");
    llama_context_params context = llama_context_default_params();
    context.n_ctx = options.context;
    context.n_batch = context.n_ubatch = kChunk;
    context.n_threads = context.n_threads_batch = options.threads;
    context.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
    context.type_k = context.type_v = GGML_TYPE_F16;
    context.swa_full = false;
    context.no_perf = true;
    context_ = llama_init_from_model(model_, context);
    if (context_ == nullptr) give_up("no context could be made");
    batch_ = llama_batch_init(static_cast<int32_t>(kChunk), 0, 1);
  }
  ~Peer() override {
    llama_batch_free(batch_);
    llama_free(context_);
    llama_model_free(model_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Which of its libraries it loaded.
  std::string name() const override {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      if (const size_t at = line.find("libggml-cpu"); at != std::string::npos) return line.substr(at);
    }
    return "llama.cpp";
  }
  void prefill(std::span<const int32_t> tokens) override {
    llama_memory_clear(llama_get_memory(context_), false);
    held_ = 0;
    compute(tokens, false);
  }
  void append(std::span<const int32_t> tokens) override { compute(tokens, false); }
  std::span<const float> logits() override {
    return {llama_get_logits_ith(context_, -1),
            static_cast<size_t>(llama_vocab_n_tokens(llama_model_get_vocab(model_)))};
  }
  void prepare_verify(std::span<const int32_t> tokens) override {
    prefill(tokens);
    depth_ = held_;
  }
  void verify(std::span<const int32_t> tokens) override {
    if (!llama_memory_seq_rm(llama_get_memory(context_), 0, depth_, -1)) give_up("the cache could not be cut");
    held_ = depth_;
    compute(tokens, true);
  }

 private:
  static constexpr uint32_t kChunk = 512;

  void compute(std::span<const int32_t> tokens, bool all) {
    for (size_t at = 0; at < tokens.size(); at += kChunk) {
      const size_t count = std::min<size_t>(kChunk, tokens.size() - at);
      batch_.n_tokens = static_cast<int32_t>(count);
      for (size_t i = 0; i < count; ++i) {
        batch_.token[i] = tokens[at + i];
        batch_.pos[i] = held_++;
        batch_.n_seq_id[i] = 1;
        batch_.seq_id[i][0] = 0;
        batch_.logits[i] = all || at + i + 1 == tokens.size() ? 1 : 0;
      }
      if (llama_decode(context_, batch_) != 0) give_up("a pass failed");
    }
    llama_synchronize(context_);
  }

  llama_model* model_ = nullptr;
  llama_context* context_ = nullptr;
  llama_batch batch_{};
  llama_pos held_ = 0, depth_ = 0;
};

}  // namespace

std::unique_ptr<bench::Engine> bench::open_engine(const Options& options) { return std::make_unique<Peer>(options); }

int main(int argc, char** argv) { return bench::run(argc, argv); }
