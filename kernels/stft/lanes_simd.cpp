#include "kernels/stft/lanes_simd.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

constexpr int kBlock = 8;
typedef float Row __attribute__((vector_size(kBlock * sizeof(float))));

Row load(const float* x) {
  Row row;
  __builtin_memcpy(&row, x, sizeof(row));
  return row;
}

// An 8x8 block in registers: row i of the result is column i of the argument.
struct Block {
  Row row[kBlock];

  void transpose() {
    Row pairs[kBlock], fours[kBlock];
    for (int i = 0; i < kBlock; i += 2) {
      pairs[i] = __builtin_shufflevector(row[i], row[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
      pairs[i + 1] = __builtin_shufflevector(row[i], row[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < kBlock; i += 4) {
      for (int j = 0; j < 2; ++j) {
        fours[i + 2 * j] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        fours[i + 2 * j + 1] =
            __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
      }
    }
    for (int i = 0; i < 4; ++i) {
      row[i] = __builtin_shufflevector(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
      row[i + 4] = __builtin_shufflevector(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
  }
};

}  // namespace

void rows_to_lanes(const float* rows, std::int64_t pitch, std::int64_t columns, float* lanes,
                   std::int64_t step) {
  std::int64_t c = 0;
  for (; c + kBlock <= columns; c += kBlock) {
    for (std::int64_t r = 0; r < kLanes; r += kBlock) {
      Block block;
      for (int i = 0; i < kBlock; ++i) block.row[i] = load(rows + (r + i) * pitch + c);
      block.transpose();
      for (int i = 0; i < kBlock; ++i)
        __builtin_memcpy(lanes + (c + i) * step + r, &block.row[i], sizeof(Row));
    }
  }
  for (; c < columns; ++c) {
    for (std::int64_t r = 0; r < kLanes; ++r) lanes[c * step + r] = rows[r * pitch + c];
  }
}

void lanes_to_rows(const float* lanes, std::int64_t columns, std::int64_t count, bool add, float* rows,
                   std::int64_t pitch) {
  std::int64_t c = 0;
  for (; c + kBlock <= columns; c += kBlock) {
    for (std::int64_t r = 0; r < count; r += kBlock) {
      Block block;
      for (int i = 0; i < kBlock; ++i) block.row[i] = load(lanes + (c + i) * kLanes + r);
      block.transpose();
      for (int i = 0; i < kBlock && r + i < count; ++i) {
        float* to = rows + (r + i) * pitch + c;
        const Row value = add ? load(to) + block.row[i] : block.row[i];
        __builtin_memcpy(to, &value, sizeof(Row));
      }
    }
  }
  for (; c < columns; ++c) {
    for (std::int64_t r = 0; r < count; ++r) {
      const float value = lanes[c * kLanes + r];
      rows[r * pitch + c] = add ? rows[r * pitch + c] + value : value;
    }
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
