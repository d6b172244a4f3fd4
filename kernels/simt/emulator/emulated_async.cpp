#include "kernels/simt/emulator/emulated_async.h"

namespace sonograd::kernels::emulator {
namespace {

constexpr int kRowBytes = 128, kColumns = 64;

// The 128-byte swizzle: bits 4 to 6 of an address are combined with bits 7 to 9.
std::size_t swizzled(std::size_t address) {
  return address ^ (address >> 3 & 0x70);
}

// Element (row, k) of the operand of a descriptor.
float element(const std::byte* shared, std::uint64_t descriptor, int row, int k) {
  const std::size_t start = (descriptor & 0x3fff) << 4, eight_rows = (descriptor >> 32 & 0x3fff) << 4;
  const auto r = static_cast<std::size_t>(row);
  bf16 value;
  std::memcpy(
      &value,
      shared + swizzled(start + r / 8 * eight_rows + r % 8 * kRowBytes + static_cast<std::size_t>(k) * 2),
      sizeof(value));
  return static_cast<float>(value);
}

}  // namespace

void TileCopy::land() const {
  for (int r = 0; r < map.tile_rows; ++r) {
    for (int c = 0; c < kColumns; ++c) {
      const std::int64_t i = row + r, j = column + c;
      const bool inside = i >= 0 && i < map.rows && j >= 0 && j < map.columns;
      const bf16 value = inside ? map.data[i * map.pitch + j] : bf16(0.0f);
      std::memcpy(to + swizzled(static_cast<std::size_t>(r * kRowBytes + c * 2)), &value, sizeof(value));
    }
  }
  barrier->complete(map.tile_rows * kRowBytes);
}

void Wgmma::land() const {
  constexpr int kColumnTiles = 8, kDepth = 16;
  const int first_row = static_cast<int>(rank / 32 * 16 + rank % 32 / 4),
            first_column = static_cast<int>(rank % 4 * 2);
  for (int i = 0; i < 4 * kColumnTiles; ++i) {
    const int row = first_row + i % 4 / 2 * 8, column = i / 4 * 8 + first_column + i % 2;
    for (int k = 0; k < kDepth; ++k) acc[i] += element(shared, a, row, k) * element(shared, b, column, k);
  }
}

}  // namespace sonograd::kernels::emulator
