#include "train/report/picture.h"

#include <algorithm>
#include <cmath>
#include <png.h>

#include "tensor/support/error.h"

namespace sonograd::train::report {
namespace {

std::array<Rgb, 256> make_heat_palette() {
  constexpr std::array<std::array<double, 3>, 6> kAnchors = {
      {{8, 8, 28}, {56, 26, 112}, {138, 38, 124}, {214, 76, 92}, {246, 158, 74}, {252, 246, 206}}};
  std::array<Rgb, 256> palette{};
  for (std::size_t level = 0; level < palette.size(); ++level) {
    const double position = static_cast<double>(level) / 255 * (kAnchors.size() - 1);
    const std::size_t below = std::min<std::size_t>(static_cast<std::size_t>(position), kAnchors.size() - 2);
    const double share = position - static_cast<double>(below);
    const auto channel = [&](std::size_t i) {
      return static_cast<std::uint8_t>(
          std::lround(std::lerp(kAnchors[below][i], kAnchors[below + 1][i], share)));
    };
    palette[level] = {channel(0), channel(1), channel(2)};
  }
  return palette;
}

}  // namespace

const std::array<Rgb, 256>& heat_palette() {
  static const std::array<Rgb, 256> palette = make_heat_palette();
  return palette;
}

std::string encode_png(const Picture& picture, const std::array<Rgb, 256>& palette) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB_COLORMAP;
  image.colormap_entries = palette.size();
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image) + 3 * palette.size(), '\0');
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.levels.data(), 0, palette.data())) {
    throw Error(concat("[png] a picture of ", picture.width, " x ", picture.height, ": ", image.message));
  }
  bytes.resize(size);
  return bytes;
}

std::string data_uri(std::string_view png) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string uri = "data:image/png;base64,";
  for (std::size_t i = 0; i < png.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, png.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < count ? static_cast<std::uint8_t>(png[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) uri += k <= count ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return uri;
}

}  // namespace sonograd::train::report
