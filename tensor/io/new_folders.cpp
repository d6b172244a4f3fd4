#include "tensor/io/new_folders.h"

#include <cerrno>
#include <unistd.h>

#include "tensor/io/output_path.h"

namespace sonograd::io {
namespace fs = std::filesystem;

NewFolders::NewFolders(const fs::path& folder) {
  std::error_code ignored;
  for (fs::path above = folder; !fs::exists(above, ignored) && above != folder_of(above);
       above = folder_of(above))
    missing_.insert(missing_.begin(), above);
}

NewFolders::~NewFolders() {
  while (!missing_.empty() && (rmdir(missing_.back().c_str()) == 0 || errno == ENOENT)) missing_.pop_back();
}

}  // namespace sonograd::io
