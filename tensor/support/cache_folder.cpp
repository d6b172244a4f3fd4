#include "tensor/support/cache_folder.h"

#include <cstdlib>

namespace sonograd {

namespace fs = std::filesystem;

fs::path cache_folder(std::string_view name) {
  // The XDG Base Directory specification ignores relative paths.
  if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return fs::path(cache) / "sonograd" / name;
  }
  const char* const home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? fs::path() : fs::path(home) / ".cache" / "sonograd" / name;
}

}  // namespace sonograd
