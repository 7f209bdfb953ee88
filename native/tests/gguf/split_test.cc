// native/tests/gguf/split_test.cc: a model in several files is one model, or is refused with the part that is wrong.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "gguf/gguf.h"
#include "support/gguf_builder.h"

using hearth::ErrorCode;
using hearth::gguf::File;
using hearth::test::GgufBuilder;
using hearth::test::GgufType;

namespace {

/// A folder of its own that is gone afterwards.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("hearth-split-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }

  std::string write(const std::string& name, const GgufBuilder& builder) const {
    std::ofstream file(path / name, std::ios::binary);
    const std::string bytes = builder.build();
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return (path / name).string();
  }
};

GgufBuilder part(uint16_t no, uint16_t count, const std::string& tensor, int32_t total = 3) {
  GgufBuilder builder;
  builder.number("split.no", GgufType::kU16, no).number("split.count", GgufType::kU16, count);
  builder.number("split.tensors.count", GgufType::kI32, total);
  if (no == 0) builder.text("general.name", "whole");
  builder.tensor(tensor, {2}, 0, std::string("\0\0\x80\x3f", 4) + std::string(3, '\0') + static_cast<char>(64 + no));
  return builder;
}

std::string refusal(const std::string& path) {
  const auto file = File::open(path);
  REQUIRE_FALSE(file.ok());
  return file.error().message;
}

bool contains(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("a split model opened by its first part has the tensors of all parts and the metadata of the first") {
  const Folder folder;
  const std::string first = folder.write("m-00001-of-00003.gguf", part(0, 3, "a"));
  folder.write("m-00002-of-00003.gguf", part(1, 3, "b"));
  folder.write("m-00003-of-00003.gguf", part(2, 3, "c"));
  const auto file = File::open(first);
  REQUIRE_MESSAGE(file.ok(), (file.ok() ? std::string() : file.error().message));
  CHECK(file.value()->tensors().size() == 3);
  CHECK(file.value()->find_string("general.name") == "whole");
  for (const auto& [name, last] : {std::pair{"a", 64}, {"b", 65}, {"c", 66}}) {
    const auto* tensor = file.value()->find_tensor(name);
    REQUIRE(tensor != nullptr);
    CHECK(static_cast<int>(tensor->data[7]) == last);
  }
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path)) bytes += entry.file_size();
  CHECK(file.value()->file_bytes() == bytes);
}

TEST_CASE("a part that is not the first names the first") {
  const Folder folder;
  CHECK(contains(refusal(folder.write("m-00002-of-00003.gguf", part(1, 3, "b"))),
                 "open the first of them, whose name ends in -00001-of-00003.gguf"));
  CHECK(contains(refusal(folder.write("renamed.gguf", part(0, 3, "a"))), "-00001-of-00003.gguf"));
}

TEST_CASE("a missing, foreign, doubled or damaged part is named") {
  const Folder folder;
  const std::string first = folder.write("m-00001-of-00002.gguf", part(0, 2, "a", 2));
  const auto file = File::open(first);
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().code == ErrorCode::kFileMissing);
  CHECK(contains(file.error().message, "m-00002-of-00002.gguf"));

  folder.write("m-00002-of-00002.gguf", part(0, 2, "b", 2));
  CHECK(contains(refusal(first), "was expected to say that it is part 2 of 2"));
  folder.write("m-00002-of-00002.gguf", part(1, 3, "b", 2));
  CHECK(contains(refusal(first), "was expected to say that it is part 2 of 2"));
  folder.write("m-00002-of-00002.gguf", part(1, 2, "a", 2));
  CHECK(contains(refusal(first), "another part holds too"));
  folder.write("m-00002-of-00002.gguf", GgufBuilder());
  CHECK(contains(refusal(first), "was expected to say that it is part 2 of 2"));
  std::filesystem::resize_file(folder.path / "m-00002-of-00002.gguf", 10);
  CHECK(contains(refusal(first), "Part 2 of 2"));
}

TEST_CASE("fewer tensors in all parts than the first one states are refused") {
  const Folder folder;
  const std::string first = folder.write("m-00001-of-00002.gguf", part(0, 2, "a", 5));
  folder.write("m-00002-of-00002.gguf", part(1, 2, "b", 5));
  CHECK(contains(refusal(first), "expected to have 5 tensors in its 2 parts, found 2"));
}
