#include "tensor/io/zip_version.h"

#include <zip.h>

namespace sonograd::io {

std::string zip_version() {
  return zip_libzip_version();
}

}  // namespace sonograd::io
