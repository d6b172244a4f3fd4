// librsvg, opened when a PNG file is first drawn: it loads forty libraries, which would double the time every command starts in.
#pragma once

#include <librsvg/rsvg.h>

#include "tensor/support/shared_library.h"

namespace sonograd::train {

struct Rsvg {
  SharedLibrary library{"librsvg-2.so.2"};
  SONOGRAD_LIBRARY_FUNCTION(rsvg_handle_new_from_data);
  SONOGRAD_LIBRARY_FUNCTION(rsvg_handle_get_intrinsic_size_in_pixels);
  SONOGRAD_LIBRARY_FUNCTION(rsvg_handle_render_document);
  SONOGRAD_LIBRARY_FUNCTION(g_object_unref);
  SONOGRAD_LIBRARY_FUNCTION(g_error_free);
  SONOGRAD_LIBRARY_FUNCTION(cairo_image_surface_create);
  SONOGRAD_LIBRARY_FUNCTION(cairo_surface_destroy);
  SONOGRAD_LIBRARY_FUNCTION(cairo_create);
  SONOGRAD_LIBRARY_FUNCTION(cairo_destroy);
  SONOGRAD_LIBRARY_FUNCTION(cairo_surface_write_to_png_stream);
  const unsigned* major_version = library.find<const unsigned>("rsvg_major_version");
  const unsigned* minor_version = library.find<const unsigned>("rsvg_minor_version");
  const unsigned* micro_version = library.find<const unsigned>("rsvg_micro_version");
};

/// librsvg of this process; its functions may be called when `library.why_not()` is nullptr.
const Rsvg& rsvg();

}  // namespace sonograd::train
