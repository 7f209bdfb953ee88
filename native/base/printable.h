// native/base/printable.h: untrusted bytes made fit for an error message.
#pragma once
#include <string>
#include <string_view>

namespace hearth {

/// `text` with everything but printable ASCII as \xNN, cut after `limit` bytes of input with "…".
/// Names from a model file pass through here, so that a message is one readable line whatever the file holds.
std::string printable(std::string_view text, size_t limit = 80);

}  // namespace hearth
