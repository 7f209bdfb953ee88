// native/tests/ops/none_test.cc: what a build without a backend says.
#include <doctest/doctest.h>

#include "backends/none/metal_device.h"

TEST_CASE("a build without Metal refuses it by name and says what to choose instead") {
  const auto refused = hearth::metal::open_metal();
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == hearth::ErrorCode::kBackend);
  CHECK(refused.error().message.find("\"metal\"") != std::string::npos);
  CHECK(refused.error().message.find("choose \"cpu\"") != std::string::npos);
}
