#include "train/pictures/libraries.h"

#include <png.h>

#include "tensor/support/error.h"

#if SONOGRAD_RSVG
#include "train/pictures/rsvg.h"
#endif

namespace sonograd::train {

std::string png_version() {
  return png_get_libpng_ver(nullptr);
}

std::string rsvg_version() {
#if SONOGRAD_RSVG
  const Rsvg& lib = rsvg();
  if (lib.library.why_not() != nullptr) return "";
  return concat(*lib.major_version, '.', *lib.minor_version, '.', *lib.micro_version);
#else
  return "";
#endif
}

}  // namespace sonograd::train
