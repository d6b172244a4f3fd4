#include "train/pictures/rasterise.h"

#include <memory>

#include "tensor/support/error.h"

#if SONOGRAD_RSVG
#include "train/pictures/rsvg.h"
#endif

namespace sonograd::train {

#if SONOGRAD_RSVG
namespace {

template <auto release>
struct Releases {
  template <class T>
  void operator()(T* object) const {
    (rsvg().*release)(object);
  }
};

cairo_status_t append(void* out, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

const Rsvg& rsvg() {
  static const Rsvg instance;
  return instance;
}

std::string svg_to_png(std::string_view svg, double scale) {
  const Rsvg& lib = rsvg();
  if (const char* reason = lib.library.why_not()) {
    throw Error(concat("PNG files are drawn by librsvg, which cannot be used: ", reason,
                       "; write an .svg file, or install librsvg2-2"));
  }
  GError* failure = nullptr;
  const std::unique_ptr<RsvgHandle, Releases<&Rsvg::g_object_unref>> drawing(
      lib.rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &failure));
  double width = 0, height = 0;
  if (drawing) lib.rsvg_handle_get_intrinsic_size_in_pixels(drawing.get(), &width, &height);
  const std::unique_ptr<cairo_surface_t, Releases<&Rsvg::cairo_surface_destroy>> surface(
      lib.cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(scale * width),
                                     static_cast<int>(scale * height)));
  const std::unique_ptr<cairo_t, Releases<&Rsvg::cairo_destroy>> canvas(lib.cairo_create(surface.get()));
  const RsvgRectangle whole = {0, 0, scale * width, scale * height};
  std::string png;
  if (!drawing || !lib.rsvg_handle_render_document(drawing.get(), canvas.get(), &whole, &failure) ||
      lib.cairo_surface_write_to_png_stream(surface.get(), append, &png) != CAIRO_STATUS_SUCCESS) {
    const std::unique_ptr<GError, Releases<&Rsvg::g_error_free>> reason(failure);
    throw Error(
        concat("[png] the drawing cannot be rendered", reason ? ": " : "", reason ? reason->message : ""));
  }
  return png;
}
#else
std::string svg_to_png(std::string_view, double) {
  throw Error(
      "this sonograd was built without librsvg, which draws PNG files; write an .svg file, or install "
      "librsvg2-dev and build again");
}
#endif

}  // namespace sonograd::train
