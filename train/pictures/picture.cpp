#include "train/pictures/picture.h"

#include <algorithm>
#include <cmath>
#include <png.h>

#include "tensor/support/error.h"

namespace sonograd::train {
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

template <class Colour>
std::string encode(const Picture& picture, const std::array<Colour, 256>& palette, png_uint_32 format) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = format;
  image.colormap_entries = palette.size();
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image) + sizeof palette, '\0');
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.levels.data(), 0, palette.data())) {
    throw Error(concat("[png] a picture of ", picture.width, " x ", picture.height, ": ", image.message));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

const std::array<Rgb, 256>& heat_palette() {
  static const std::array<Rgb, 256> palette = make_heat_palette();
  return palette;
}

const std::array<Rgb, 256>& grey_palette() {
  static const std::array<Rgb, 256> palette = [] {
    constexpr int kBrightest = 160;
    std::array<Rgb, 256> greys{};
    for (int level = 0; level < 256; ++level) {
      const auto grey = static_cast<std::uint8_t>(10 + level * (kBrightest - 10) / 255);
      greys[static_cast<std::size_t>(level)] = {grey, grey, grey};
    }
    return greys;
  }();
  return palette;
}

const std::array<Rgba, 256>& signed_palette() {
  static const std::array<Rgba, 256> palette = [] {
    std::array<Rgba, 256> colours{};
    for (int level = 0; level < 256; ++level) {
      const auto alpha = static_cast<std::uint8_t>(std::min(255, 2 * std::abs(level - 128)) * 230 / 255);
      colours[static_cast<std::size_t>(level)] =
          level < 128 ? Rgba{64, 156, 255, alpha} : Rgba{255, 122, 26, alpha};
    }
    return colours;
  }();
  return palette;
}

std::string encode_png(const Picture& picture, const std::array<Rgb, 256>& palette) {
  return encode(picture, palette, PNG_FORMAT_RGB_COLORMAP);
}

std::string encode_png(const Picture& picture, const std::array<Rgba, 256>& palette) {
  return encode(picture, palette, PNG_FORMAT_RGBA_COLORMAP);
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

}  // namespace sonograd::train
