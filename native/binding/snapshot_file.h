// native/binding/snapshot_file.h: a session's snapshot as a file. On the session's thread, so that neither the disk nor
// a large copy holds up JavaScript.
#pragma once
#include <string>

#include "core/session.h"

namespace hearth::binding {

/// Makes `path`, which must not exist, readable by its owner alone. Answers its bytes; 0, with no file, where the
/// session holds nothing. A file that could not be written to its end is removed. Errors: kBackend, kCancelled.
Result<double> save_snapshot(Session& session, const std::string& path, const std::string& build);
/// Answers the tokens held afterwards. Errors: kFileMissing, kInvalidArgument (not a snapshot for this session),
/// kOutOfMemory.
Result<double> restore_snapshot(Session& session, const std::string& path, const std::string& build);

}  // namespace hearth::binding
