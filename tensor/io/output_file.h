// The file that a command was asked to write.
#pragma once

#include "tensor/io/atomic_file.h"
#include "tensor/io/owner_lock.h"

namespace sonograd::io {

/// An AtomicFile for one process at a time: its OwnerLock is held until this object goes. Throws as the two do.
class OutputFile : private OwnerLock, public AtomicFile {
 public:
  explicit OutputFile(const std::filesystem::path& target)
      : OwnerLock(OwnerLock::of_file(target)), AtomicFile(target) {}
};

}  // namespace sonograd::io
