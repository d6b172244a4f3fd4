// Small pictures with one quantity per pixel.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sonograd::train {

/// Levels 0 (least) to 255 (most), row-major, the top row first.
struct Picture {
  std::int64_t width = 0, height = 0;
  std::vector<std::uint8_t> levels;  ///< [height, width]
};

struct Rgb {
  std::uint8_t red, green, blue;
};

struct Rgba {
  std::uint8_t red, green, blue, alpha;
};

/// Colours of the levels: lightness rises evenly from near black to pale yellow, so that order survives
/// colour blindness and a grey print.
const std::array<Rgb, 256>& heat_palette();

/// From black to light grey, for a picture below another one.
const std::array<Rgb, 256>& grey_palette();
/// Signed quantities over a dark picture: level 128 is transparent, higher ones become orange, lower ones blue.
const std::array<Rgba, 256>& signed_palette();

/// A PNG file with a palette. Throws Error when libpng refuses.
std::string encode_png(const Picture& picture, const std::array<Rgb, 256>& palette = heat_palette());
std::string encode_png(const Picture& picture, const std::array<Rgba, 256>& palette);

/// `data:image/png;base64,…` for `src` and `href`.
std::string data_uri(std::string_view png);

}  // namespace sonograd::train
