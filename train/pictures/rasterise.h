// Drawings as pixels.
#pragma once

#include <string>
#include <string_view>

namespace sonograd::train {

/// A PNG file of an SVG file, `scale` pixels per unit, by librsvg. Throws Error, with what to install, when the
/// program was built without it or it is not there, and when it refuses.
std::string svg_to_png(std::string_view svg, double scale = 2);

}  // namespace sonograd::train
