// native/fuzz/gguf_fuzz.cc: any bytes as a model file. Reads every byte that the loader says belongs to a tensor, and
// builds the tokenizer where there is one, since it is the first to trust the metadata.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/tokenizer.h"
#include "gguf/gguf.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using hearth::gguf::File;
  const auto file = File::parse({reinterpret_cast<const std::byte*>(data), size}, "fuzz");
  if (!file.ok()) {
    if (file.error().message.empty()) std::abort();
    return 0;
  }
  unsigned sum = 0;
  for (const auto& tensor : file.value()->tensors()) {
    for (const std::byte byte : tensor.data) sum += static_cast<unsigned>(byte);
    if (file.value()->find_tensor(tensor.name) != &tensor) std::abort();
  }
  volatile unsigned keep = sum;
  (void)keep;
  const auto tokenizer = hearth::Tokenizer::from_gguf(file.value());
  if (!tokenizer) return 0;
  for (const auto markers : {hearth::Markers::kAll, hearth::Markers::kText, hearth::Markers::kNone}) {
    const auto ids = tokenizer.value()->encode("<bos>Hello  \n\n w\xC3\xB6rld\xFF", {.bos = true, .markers = markers});
    if (tokenizer.value()->decode(ids, true).empty()) std::abort();
  }
  return 0;
}
