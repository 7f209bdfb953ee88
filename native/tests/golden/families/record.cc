// native/tests/golden/families/record.cc: what llama.cpp makes of a model file, as JSON and raw logits. Not part of the
// build: it needs llama.cpp's headers and libraries (README.md says which).
//
//   record MODEL LIB PROMPTS TEXTS OUT_FOLDER
//   record MODEL LIB PROMPTS TEXTS OUT_FOLDER PASSAGE     a large model: no logits, but the passage's perplexity
//
// PROMPTS: lines "name hex" of texts; TEXTS: lines of hex. Keys and values in F32, no flash attention, no repacking,
// and GELU evaluated exactly: llama.cpp's CPU backend has an F16 table for it, so each such node's true value is
// computed from its inputs and written over its output.
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "ggml-backend.h"
#include "llama.h"

static std::vector<float> saved;

static double gelu(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }

static float at(const ggml_tensor* t, int64_t i, int64_t row) {
  int64_t r1 = row % t->ne[1], r2 = row / t->ne[1] % t->ne[2];
  return *reinterpret_cast<float*>(static_cast<char*>(t->data) + i * t->nb[0] + r1 * t->nb[1] + r2 * t->nb[2]);
}

static bool exact_gelu(ggml_tensor* t, bool ask, void*) {
  const bool glu = t->op == GGML_OP_GLU && ggml_get_glu_op(t) == GGML_GLU_OP_GEGLU;
  const bool unary = t->op == GGML_OP_UNARY && ggml_get_unary_op(t) == GGML_UNARY_OP_GELU;
  if (!glu && !unary) return true;  // every node is computed before the next is asked for, so inputs are there
  const int64_t cols = t->ne[0], rows = ggml_nrows(t);
  if (ask) {
    saved.resize(cols * rows);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t i = 0; i < cols; ++i) {
        double value = gelu(at(t->src[0], i, r));
        if (glu) value *= t->src[1] != nullptr ? at(t->src[1], i, r) : at(t->src[0], i + cols, r);
        saved[r * cols + i] = static_cast<float>(value);
      }
    }
  } else {
    std::memcpy(t->data, saved.data(), saved.size() * sizeof(float));
  }
  return true;
}

static std::string unhex(const std::string& hex) {
  std::string out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return out;
}

static std::string hex(const std::string& bytes) {
  std::string out;
  char two[3];
  for (const char c : bytes) std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c)), out += two;
  return out;
}

static std::vector<llama_token> tokenize(const llama_vocab* v, const std::string& text, bool bos, bool special) {
  std::vector<llama_token> out(text.size() + 16);
  const int n = llama_tokenize(v, text.data(), static_cast<int>(text.size()), out.data(), static_cast<int>(out.size()),
                               bos, special);
  if (n < 0) std::abort();
  out.resize(n);
  return out;
}

static std::string list(const std::vector<llama_token>& ids) {
  std::string out = "[";
  for (size_t i = 0; i < ids.size(); ++i) out += (i ? "," : "") + std::to_string(ids[i]);
  return out + "]";
}

static llama_model* model;

static llama_context* context() {
  llama_context_params cp = llama_context_default_params();
  cp.n_ctx = 1024, cp.n_batch = cp.n_ubatch = 1024, cp.n_threads = cp.n_threads_batch = 1;
  cp.type_k = cp.type_v = GGML_TYPE_F32;
  cp.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  cp.cb_eval = exact_gelu;
  if (std::getenv("USUAL")) {
    cp = llama_context_default_params();
    cp.n_ctx = cp.n_batch = cp.n_ubatch = 1024, cp.n_threads = cp.n_threads_batch = 1;
  }
  return llama_init_from_model(model, cp);
}

int main(int count_of_arguments, char** a) {
  const bool large = count_of_arguments > 6;
  ggml_backend_load(a[2]);
  llama_backend_init();
  llama_log_set(
      [](ggml_log_level l, const char* s, void*) {
        if (l == GGML_LOG_LEVEL_ERROR) std::fputs(s, stderr);
      },
      nullptr);
  llama_model_params mp = llama_model_default_params();
  mp.n_gpu_layers = 0, mp.use_extra_bufts = false;
  model = llama_model_load_from_file(a[1], mp);
  if (!model) return 1;
  const llama_vocab* v = llama_model_get_vocab(model);
  const int n_vocab = llama_vocab_n_tokens(v);
  std::string name = a[1];
  name = name.substr(name.rfind('/') + 1), name = name.substr(0, name.rfind('.'));
  const std::string out = std::string(a[5]) + "/";
  std::ofstream json(out + name + ".json");
  json << "{\"model\":\"" << name
       << ".gguf\",\"reference\":\"llama.cpp release v0.5.0, x86-64 CPU backend, as bundled with node-llama-cpp "
          "3.22.1\",\"n_vocab\":"
       << n_vocab << ",\n\"prompts\":[";
  std::string line;
  bool first = true;
  double sum = 0, squares = 0, count = 0;
  for (std::ifstream prompts(a[3]); std::getline(prompts, line);) {
    std::istringstream fields(line);
    std::string label, text;
    fields >> label >> text;
    const auto ids = tokenize(v, unhex(text), true, true);
    llama_context* ctx = context();
    llama_batch b = llama_batch_init(1024, 0, 1);
    const auto eval = [&](const std::vector<llama_token>& t, int pos) {
      b.n_tokens = static_cast<int>(t.size());
      for (size_t i = 0; i < t.size(); ++i)
        b.token[i] = t[i], b.pos[i] = pos + static_cast<int>(i), b.n_seq_id[i] = 1, b.seq_id[i][0] = 0, b.logits[i] = 1;
      if (llama_decode(ctx, b)) std::abort();
    };
    eval(ids, 0);
    const std::string file = name + "." + label + ".exact.bin";
    std::ofstream bin(large ? "/dev/null" : out + file, std::ios::binary);
    const float* logits = llama_get_logits(ctx);
    bin.write(reinterpret_cast<const char*>(logits), static_cast<std::streamsize>(ids.size() * n_vocab * 4));
    for (size_t i = 0; i < ids.size() * n_vocab; ++i)
      sum += logits[i], squares += double(logits[i]) * logits[i], ++count;
    std::vector<llama_token> greedy;
    std::string margins;
    for (int i = 0; i < 32; ++i) {
      const float* last = llama_get_logits_ith(ctx, -1);
      int best = 0;
      for (int t = 1; t < n_vocab; ++t)
        if (last[t] > last[best]) best = t;
      float second = -1e30f;
      for (int t = 0; t < n_vocab; ++t)
        if (t != best) second = std::max(second, last[t]);
      greedy.push_back(best);
      char number[32];
      std::snprintf(number, sizeof number, "%s%g", i ? "," : "", static_cast<double>(last[best] - second));
      margins += number;
      eval({best}, static_cast<int>(ids.size()) + i);
    }
    json << (first ? "" : ",") << "\n{\"name\":\"" << label << "\",\"bytes_hex\":\"" << text
         << "\",\"tokens\":" << list(ids) << ",\n\"logits\":{" << (large ? "" : "\"exact\":\"" + file + "\"")
         << "},\"top50\":{},\"greedy\":{\"exact\":{\"tokens\":" << list(greedy) << ",\"margins\":[" << margins
         << "]}}}";
    first = false;
    llama_batch_free(b);
    llama_free(ctx);
  }
  json << "],\n\"logit_std\":" << std::sqrt(squares / count - sum / count * (sum / count)) << ",\n\"cases\":[";
  first = true;
  for (std::ifstream texts(a[4]); std::getline(texts, line);) {
    for (const bool both : {true, false}) {
      json << (first ? "" : ",") << "\n{\"bytes_hex\":\"" << line << "\",\"add_bos\":" << (both ? "true" : "false")
           << ",\"parse_special\":" << (both ? "true" : "false")
           << ",\"tokens\":" << list(tokenize(v, unhex(line), both, both)) << "}";
      first = false;
    }
  }
  if (large) {
    std::ifstream passage(a[6]);
    std::string text{std::istreambuf_iterator<char>(passage), {}};
    const auto ids = tokenize(v, text, true, false);
    llama_context* ctx = context();
    llama_batch b = llama_batch_init(1024, 0, 1);
    b.n_tokens = static_cast<int>(ids.size());
    for (size_t i = 0; i < ids.size(); ++i)
      b.token[i] = ids[i], b.pos[i] = static_cast<int>(i), b.n_seq_id[i] = 1, b.seq_id[i][0] = 0, b.logits[i] = 1;
    if (llama_decode(ctx, b)) std::abort();
    double total = 0;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      const float* row = llama_get_logits_ith(ctx, static_cast<int>(i));
      double top = row[0], rest = 0;
      for (int t = 1; t < n_vocab; ++t) top = std::max(top, double(row[t]));
      for (int t = 0; t < n_vocab; ++t) rest += std::exp(row[t] - top);
      total += std::log(rest) + top - row[ids[i + 1]];
    }
    json << "],\n\"passage_tokens\":" << list(ids) << ",\n\"perplexity\":" << std::exp(total / double(ids.size() - 1))
         << "}\n";
    return 0;
  }
  json << "],\n\"pieces\":[";
  for (int id = 0; id < n_vocab; ++id) {
    std::string text[2];
    for (const bool special : {true, false}) {
      char buffer[256];
      const int n = llama_token_to_piece(v, id, buffer, sizeof buffer, 0, special);
      text[special].assign(buffer, std::max(n, 0));
    }
    json << (id ? ",\n" : "\n") << "{\"id\":" << id << ",\"special_hex\":\"" << hex(text[1]) << "\",\"plain_hex\":\""
         << hex(text[0]) << "\",\"eog\":" << (llama_vocab_is_eog(v, id) ? "true" : "false") << "}";
  }
  json << "]}\n";
}
