// Libraries that end the process.
#pragma once

namespace sonograd::app {

/// libgomp calls `exit` when it cannot start a thread of a team, from any thread and with a message that silence_libraries
/// takes away. From now on an `exit` of a library ends the process at once, with a line on stderr and kRuntimeError, so that
/// nothing waits for threads that are not there. Undone when the object is destroyed.
class LibraryExit {
 public:
  LibraryExit();
  ~LibraryExit();
  LibraryExit(const LibraryExit&) = delete;
  LibraryExit& operator=(const LibraryExit&) = delete;
};

}  // namespace sonograd::app
