// native/tests/gguf/gguf_test.cc: what a right file gives, and that a wrong one gives one useful sentence.
#include "gguf/gguf.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/gguf_builder.h"

using hearth::ErrorCode;
using hearth::gguf::File;
using hearth::test::append;
using hearth::test::append_text;
using hearth::test::bytes_of;
using hearth::test::GgufBuilder;
using hearth::test::GgufType;

namespace {

GgufBuilder small() {
  GgufBuilder b;
  b.text("general.architecture", "gemma4").u32("n", 7).f32("eps", 0.5f).flag("yes", true);
  b.number("minus", GgufType::kI16, int16_t{-3}).number("big", GgufType::kU64, UINT64_MAX);
  b.number("small", GgufType::kI8, int8_t{9}).number("double", GgufType::kF64, 2.25);
  b.texts("words", {"one", "", "drei"}).numbers<int32_t>("list", GgufType::kI32, {1, -2});
  b.numbers<uint8_t>("flags", GgufType::kBool, {1, 0, 1}).numbers<float>("floats", GgufType::kF32, {0.5f});
  b.tensor("a", {4}, 0, std::string(16, 'a')).tensor("b", {32, 2, 3}, 8, std::string(6 * 34, 'b'));
  return b;
}

/// The message of a file that must not load.
std::string refusal(const std::string& bytes) {
  const auto file = File::parse(bytes_of(bytes), "x.gguf");
  REQUIRE(!file.ok());
  CHECK(file.error().code == ErrorCode::kModelInvalid);
  CHECK(file.error().message.starts_with("x.gguf "));
  return file.error().message;
}

bool says(const std::string& message, std::initializer_list<const char*> parts) {
  for (const char* part : parts) {
    if (message.find(part) != std::string::npos) continue;
    MESSAGE("\"", message, "\" does not say \"", std::string(part), "\"");
    return false;
  }
  return true;
}

std::string with_tensor(const std::vector<uint64_t>& shape, uint32_t type, size_t bytes,
                        std::optional<uint64_t> offset = std::nullopt) {
  return GgufBuilder().tensor("w", shape, type, std::string(bytes, 'x'), offset).build();
}

}  // namespace

TEST_CASE("a file gives back every key and tensor that was written") {
  const std::string bytes = small().build();
  const auto file = File::parse(bytes_of(bytes), "x.gguf");
  REQUIRE(file.ok());
  const File& f = *file.value();
  CHECK(f.find_string("general.architecture") == "gemma4");
  CHECK(f.find_u64("n") == 7);
  CHECK(f.find_u64("small") == 9);
  CHECK(f.find_u64("big") == UINT64_MAX);
  CHECK(!f.find_u64("minus"));
  CHECK(f.find_f64("minus") == -3.0);
  CHECK(f.find_f64("eps") == 0.5);
  CHECK(f.find_f64("double") == 2.25);
  CHECK(f.find_bool("yes") == true);
  CHECK(!f.find_bool("n"));
  CHECK(!f.find_string("n"));
  CHECK(f.find("absent") == nullptr);
  CHECK(std::get<std::vector<std::string_view>>(*f.find("words")) == std::vector<std::string_view>{"one", "", "drei"});
  CHECK(std::get<std::vector<int64_t>>(*f.find("list")) == std::vector<int64_t>{1, -2});
  CHECK(std::get<std::vector<bool>>(*f.find("flags")) == std::vector<bool>{true, false, true});
  CHECK(std::get<std::vector<double>>(*f.find("floats")) == std::vector<double>{0.5});
  REQUIRE(f.tensors().size() == 2);
  const auto* b = f.find_tensor("b");
  REQUIRE(b != nullptr);
  CHECK(b->rank == 3);
  CHECK(b->elements() == 192);
  CHECK(b->rows() == 6);
  CHECK(b->data.size() == 6 * 34);
  CHECK(std::string_view(reinterpret_cast<const char*>(b->data.data()), b->data.size()) == std::string(6 * 34, 'b'));
  CHECK(reinterpret_cast<const char*>(b->data.data()) + b->data.size() <= bytes.data() + bytes.size());
}

TEST_CASE("a mapped file equals its parsed bytes, and a missing or empty one is named") {
  const auto folder = std::filesystem::temp_directory_path() / ("hearth-gguf-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = (folder / "m.gguf").string();
  std::ofstream(path, std::ios::binary) << small().build();
  {
    const auto file = File::open(path);
    REQUIRE(file.ok());
    CHECK(file.value()->file_bytes() == small().build().size());
    CHECK(file.value()->find_u64("n") == 7);
    CHECK(file.value()->path() == path);
  }
  const auto missing = File::open((folder / "none.gguf").string());
  REQUIRE(!missing.ok());
  CHECK(missing.error().code == ErrorCode::kFileMissing);
  CHECK(says(missing.error().message, {"none.gguf", "No such file"}));
  const auto directory = File::open(folder.string());
  REQUIRE(!directory.ok());
  CHECK(says(directory.error().message, {"it is a folder"}));
  std::ofstream(path, std::ios::binary | std::ios::trunc).flush();
  const auto empty = File::open(path);
  REQUIRE(!empty.ok());
  CHECK(empty.error().code == ErrorCode::kModelInvalid);
  CHECK(says(empty.error().message, {"is empty (0 bytes)"}));
  std::filesystem::remove_all(folder);
}

TEST_CASE("a file of another kind is told apart by its first bytes") {
  CHECK(says(refusal(""), {"is empty (0 bytes)"}));
  CHECK(says(refusal("GG"), {"is not a GGUF file"}));
  CHECK(says(refusal("lmgg" + std::string(60, '\0')), {"older than GGUF"}));
  CHECK(says(refusal("<!DOCTYPE html><html>"), {"looks like a web page"}));
  CHECK(says(refusal("version https://git-lfs.github.com/spec/v1\n"), {"Git LFS pointer"}));
  CHECK(says(refusal(std::string("\x10\0\0\0\0\0\0\0{\"a\":1}", 15)), {"safetensors"}));
  CHECK(says(refusal(std::string("\x01\x02\xff\n", 4)), {"starts with \"\\x01\\x02\\xff\\x0a\""}));
  GgufBuilder b = small();
  b.version = 1;
  CHECK(says(refusal(b.build()), {"GGUF version 1", "version 3 was expected", "newer conversion"}));
  b.version = 2;
  CHECK(says(refusal(b.build()), {"GGUF version 2"}));
  b.version = 4;
  CHECK(says(refusal(b.build()), {"GGUF version 4", "update the app"}));
  b.version = 0x03000000;
  CHECK(says(refusal(b.build()), {"big-endian"}));
  CHECK(says(refusal(GgufBuilder().u32("split.count", 3).number("split.no", GgufType::kU16, uint16_t{1}).build()),
             {"part 2 of 3", "llama-gguf-split --merge"}));
  CHECK(File::parse(bytes_of(GgufBuilder().u32("split.count", 1).build()), "x").ok());
}

TEST_CASE("counts and lengths beyond the file are refused before any memory is reserved for them") {
  for (const uint64_t count : {uint64_t{1000}, uint64_t{1} << 40, UINT64_MAX}) {
    GgufBuilder b = small();
    b.key_count = count;
    CHECK(says(refusal(b.build()), {"metadata keys, more than its"}));
    GgufBuilder c = small();
    c.tensor_count = count;
    CHECK(says(refusal(c.build()), {"tensors, more than its"}));
    std::string array;
    append(array, GgufType::kI32);
    append(array, count);
    CHECK(says(refusal(GgufBuilder().raw_key("many", 9, array).build()), {"\"many\" claims", "elements, but only"}));
    std::string text;
    append(text, count);
    CHECK(says(refusal(GgufBuilder().raw_key("long", 8, text + "abc").build()), {"the value of \"long\" needs bytes"}));
    std::string strings;
    append(strings, GgufType::kString);
    append(strings, uint64_t{1});
    append(strings, count);
    CHECK(says(refusal(GgufBuilder().raw_key("texts", 9, strings + "abc").build()), {"a string of \"texts\" needs"}));
  }
}

TEST_CASE("a wrong key is refused by its name") {
  CHECK(says(refusal(GgufBuilder().u32("n", 1).u32("n", 2).build()), {"key \"n\" occurs twice"}));
  CHECK(says(refusal(GgufBuilder().u32("", 1).build()), {"metadata key 0 has no name"}));
  CHECK(says(refusal(GgufBuilder().raw_key("odd", 13, "xxxxxxxx").build()), {"\"odd\" has the value type 13"}));
  CHECK(says(refusal(GgufBuilder().number("b", GgufType::kBool, uint8_t{2}).build()), {"\"b\" is a bool and holds 2"}));
  std::string nested;
  append(nested, GgufType::kArray);
  append(nested, uint64_t{1});
  append(nested, GgufType::kI32);
  append(nested, uint64_t{0});
  CHECK(says(refusal(GgufBuilder().raw_key("deep", 9, nested).build()), {"array of arrays", "\"deep\""}));
  std::string unknown;
  append(unknown, uint32_t{99});
  append(unknown, uint64_t{0});
  CHECK(says(refusal(GgufBuilder().raw_key("odd", 9, unknown).build()), {"elements of type 99"}));
  CHECK(says(refusal(GgufBuilder().numbers<uint64_t>("u", GgufType::kU64, {UINT64_MAX}).build()), {"exceeds 2^63"}));
  for (const uint32_t alignment : {0u, 3u, 48u}) {
    CHECK(says(refusal(GgufBuilder().u32("general.alignment", alignment).build()), {"a power of two was expected"}));
  }
  CHECK(says(refusal(GgufBuilder().text("general.alignment", "32").build()), {"a positive integer"}));
  CHECK(says(refusal(GgufBuilder().u32("a\nb\xff", 1).u32("a\nb\xff", 1).build()), {"a\\x0ab\\xff"}));
}

TEST_CASE("a wrong tensor is refused by its name") {
  CHECK(File::parse(bytes_of(with_tensor({32}, 8, 34)), "x").ok());
  CHECK(says(refusal(GgufBuilder().tensor("w", {1}, 0, "abcd").tensor("w", {1}, 0, "abcd").build()),
             {"tensor \"w\" occurs twice"}));
  CHECK(says(refusal(with_tensor({}, 0, 4)), {"\"w\" has 0 dimensions"}));
  CHECK(says(refusal(with_tensor({1, 1, 1, 1, 1}, 0, 4)), {"\"w\" has 5 dimensions"}));
  CHECK(says(refusal(with_tensor({4, 0}, 0, 4)), {"a dimension of 0"}));
  CHECK(says(refusal(with_tensor({256}, 16, 66)), {"\"w\" is stored as IQ2_XXS (16)", "Q4_0"}));
  CHECK(says(refusal(with_tensor({256}, 777, 66)), {"stored as unknown (777)"}));
  CHECK(says(refusal(with_tensor({33}, 8, 34)), {"rows of 33 elements", "Q8_0 needs a multiple of 32"}));
  CHECK(says(refusal(with_tensor({8}, 0, 32, 4)), {"starts at offset 4", "alignment 32"}));
  CHECK(says(refusal(with_tensor({1000}, 0, 32)), {"tensor \"w\" needs bytes 64..4064", "the file ends at 96"}));
  CHECK(says(refusal(with_tensor({8}, 0, 32, uint64_t{1} << 40)), {"tensor \"w\" needs bytes"}));
  CHECK(says(refusal(with_tensor({8}, 0, 32, UINT64_MAX - 31)), {"bytes beyond 2^64"}));
  CHECK(says(refusal(with_tensor({uint64_t{1} << 32, uint64_t{1} << 32}, 0, 32)), {"more than 2^64 elements"}));
  CHECK(says(refusal(with_tensor({uint64_t{1} << 31, uint64_t{1} << 32}, 0, 32)), {"more than 2^64 bytes"}));
  CHECK(says(refusal(with_tensor({uint64_t{1} << 61}, 0, 32)), {"tensor \"w\" needs bytes"}));
  CHECK(says(refusal(GgufBuilder().tensor("v", {16}, 0, std::string(64, 'v')).tensor("w", {8}, 0, "", 32).build()),
             {"tensors \"v\" and \"w\" overlap"}));
  CHECK(says(refusal(GgufBuilder().tensor("", {8}, 0, std::string(32, 'v')).build()), {"tensor 0 has no name"}));
}

TEST_CASE("a file with another alignment is placed by it") {
  GgufBuilder b;
  b.alignment = 128;
  b.u32("general.alignment", 128).tensor("a", {1}, 0, "aaaa").tensor("b", {1}, 0, "bbbb");
  const std::string bytes = b.build();
  const auto file = File::parse(bytes_of(bytes), "x");
  REQUIRE(file.ok());
  CHECK(static_cast<char>(file.value()->find_tensor("b")->data[3]) == 'b');
}

TEST_CASE("a file cut at any byte is refused or whole, and never read beyond its end") {
  const std::string whole = small().build();
  size_t accepted = 0;
  for (size_t size = 0; size < whole.size(); ++size) {
    // A copy of exactly this size, so that the address sanitizer sees a byte too far.
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto file = File::parse(bytes_of({cut.data(), cut.size()}), "x.gguf");
    if (file.ok()) {
      ++accepted;  // only the padding behind the last tensor is missing
      CHECK(file.value()->find_tensor("b")->data.size() == 6 * 34);
    } else {
      CHECK(file.error().message.starts_with("x.gguf "));
    }
  }
  CHECK(accepted < 32);
}

TEST_CASE("a file with any one bit flipped is refused or readable, and every byte of every tensor is in the file") {
  const std::string whole = small().build();
  unsigned sum = 0;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::vector<char> flipped(whole.begin(), whole.end());
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const auto file = File::parse(bytes_of({flipped.data(), flipped.size()}), "x.gguf");
    if (!file.ok()) continue;
    for (const auto& tensor : file.value()->tensors()) {
      for (const std::byte byte : tensor.data) sum += static_cast<unsigned>(byte);
      REQUIRE(file.value()->find_tensor(tensor.name) == &tensor);
    }
  }
  CHECK(sum > 0);
}
