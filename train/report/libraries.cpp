#include "train/report/libraries.h"

#include <png.h>

#include "tensor/support/error.h"

#if SONOGRAD_RSVG
#include <librsvg/rsvg.h>
#endif

namespace sonograd::train::report {

std::string png_version() {
  return png_get_libpng_ver(nullptr);
}

std::string rsvg_version() {
#if SONOGRAD_RSVG
  return concat(rsvg_major_version, '.', rsvg_minor_version, '.', rsvg_micro_version);
#else
  return "";
#endif
}

}  // namespace sonograd::train::report
