// native/core/model.h and session.h: the two nouns that carry the engine. A model is loaded once and never changes;
// sessions share it. Everything outside native/ goes through these two headers.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "core/tokenizer.h"
#include "ops/device.h"

namespace hearth::constraint {
class TokenTrie;
}

namespace hearth {

struct ModelOptions {
  std::string backend = "auto";                                   // "cpu", "metal", "auto"
  int threads = 0;                                                // 0: one per physical core
  std::string drafter = {};                                       // path of a drafter's file; empty: none
  std::optional<ops::Numerics> numerics = ops::Numerics::kExact;  // nothing: `usual_numerics` of the file
  /// Files that may be its drafter: the first that fits is taken, and none that does not is an error.
  std::vector<std::string> drafter_candidates = {};
};

/// What a person or a program may want to know about a loaded file.
struct ModelFacts {
  std::string name;  // general.name, or the file's name
  std::string path;
  std::string architecture;  // general.architecture
  std::string backend;
  uint64_t file_bytes;
  uint64_t parameters;
  uint32_t layers;
  uint32_t dim;
  uint32_t vocabulary;
  uint32_t trained_context;   // tokens
  std::string chat_template;  // Jinja text; empty when the file has none
  std::string spec;           // the ArchSpec, printed for people
  std::string drafter;        // path of the drafter's file; empty without
};

class HistoryIndex;

/// What a person gets who did not choose: fast numerics for large files; exact ones for small files, which are quick
/// enough with them and whose logits lie closer together.
ops::Numerics usual_numerics(uint64_t file_bytes);

class Model {
 public:
  /// Maps, parses, claims every tensor. Errors: kFileMissing, kModelInvalid (all misfits in one message), kOutOfMemory.
  static Result<std::shared_ptr<const Model>> load(const std::string& path, const ModelOptions& options);
  virtual ~Model() = default;

  virtual const ModelFacts& facts() const = 0;
  virtual const Tokenizer& tokenizer() const = 0;
  /// Bytes of memory the model itself holds beyond the file's mapping.
  virtual uint64_t memory_bytes() const = 0;
  /// The vocabulary as constraints need it: made at the first call, shared by all sessions. Thread-safe.
  std::shared_ptr<const constraint::TokenTrie> token_trie() const;
  /// What this person's earlier answers looked like under this very file: made, empty, at the first call, shared by all
  /// sessions that were given a `HistoryDrafter` over it. Thread-safe.
  std::shared_ptr<HistoryIndex> history() const;

 protected:
  /// Names this file, its vocabulary included, for what is kept on disk beside it.
  virtual std::string key() const = 0;

 private:
  mutable std::once_flag history_once_;
  mutable std::shared_ptr<HistoryIndex> history_;
  mutable std::once_flag trie_once_;
  mutable std::shared_ptr<const constraint::TokenTrie> trie_;
};

}  // namespace hearth
