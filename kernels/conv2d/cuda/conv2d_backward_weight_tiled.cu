// Gradient of the weight as a tiled product of matrices, products in IEEE float32.
//
// The rows of the product are out channels, its columns the elements of a filter (tap, in channel), its depth the
// positions of y. A block of 256 threads owns a tile of 128×128 of one slab (conv2d_split.cuh), each thread 8×8
// elements; for small filters 64×64 and 4×4. Per step it stages 16 positions of dy and the pixels of x that they read
// through the taps of its columns. Neighbouring threads read neighbouring channels. 16.5 KiB of shared memory. It is
// faster than `naive` because of its reuse and because it fills the device. Limits: 16 loaded values for 64
// multiplications, and one global read of x per tap.
#include "kernels/conv2d/cuda/conv2d_split.cuh"
#include "kernels/conv2d/cuda/digits.cuh"
#include "kernels/gemm/float_tile.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kStep = 16, kThreads = 256;
constexpr std::int64_t kShortest = 64 * kStep;  // positions of a stretch

template <class T>
struct Params {
  WeightGradient<T> problem;
  std::int64_t stretch;
};

// kEach: rows and columns of a thread, and lines that it stages, kStep apart.
template <class T, int kEach>
SONOGRAD_KERNEL_RESIDENT(kThreads, 2, weight_kernel, Params<T> params) {
  using Tile = FloatTile<kEach>;
  static_assert(Tile::kStep == kStep && Tile::kThreads == kThreads && Tile::kLines == kEach * kStep);
  constexpr int kTile = Tile::kLines;
  struct Smem {
    Tile dy, x;
  };
  Smem& smem = shared<Smem>();
  const WeightGradient<T>& p = params.problem;
  const std::int64_t columns = p.columns();
  const int first_row = int(blockIdx.y) * kTile;
  const std::int64_t first_column = std::int64_t{blockIdx.x} * kTile;
  const std::int64_t begin = blockIdx.z * params.stretch;
  const std::int64_t end = begin + params.stretch < p.positions() ? begin + params.stretch : p.positions();

  const int lane = int(threadIdx.x) % kStep, l = int(threadIdx.x) / kStep;
  Digits filter[kEach];  // columns: tap along t, tap along f, channel
  for (int r = 0; r < kEach; ++r) {
    const std::int64_t column = first_column + lane + r * kStep;
    filter[r] = Digits::of(column < columns ? column : first_column, p.f.taps, p.in_channels);
  }
  Digits at = Digits::of(begin + l, p.t.written, p.f.written);
  FloatSums<kEach> sums;
  for (std::int64_t first = begin; first < end; first += kStep) {
    const bool inside = first + l < end;
    const T* dy = p.dy + (first + l) * p.out_channels;
    SONOGRAD_UNROLL
    for (int r = 0; r < kEach; ++r) {
      const int line = lane + r * kStep, o = first_row + line;
      smem.dy.at[l][line] = inside && o < p.out_channels ? widen(dy[o]) : 0.0f;
      const auto& [tap_t, tap_f, c] = filter[r];
      const T* x = p.read_at(at.high, at.middle * p.t.stride + p.t.offset + tap_t * p.t.dilation,
                             at.low * p.f.stride + p.f.offset + tap_f * p.f.dilation);
      smem.x.at[l][line] = inside && x ? widen(x[c]) : 0.0f;
    }
    sync_block();
    sums.add(smem.dy, smem.x);
    at.advance(kStep, p.t.written, p.f.written);
    sync_block();
  }
  float* dw = p.dw + blockIdx.z * p.out_channels * columns;
  sums.each([&](int row, int column, float sum) {
    const int o = first_row + row;
    const std::int64_t j = first_column + column;
    if (o < p.out_channels && j < columns) write(dw[o * columns + j], sum, p.add);
  });
}

// True for filters that fill more than half of a wide tile.
bool wide(const Conv2dProblem& p) {
  constexpr int kSmall = FloatTile<4>::kLines;
  return p.out_channels > kSmall && p.kernel.t * p.kernel.f * p.in_channels > kSmall;
}

Dim tiles_of(const Conv2dProblem& p) {
  const int tile = wide(p) ? FloatTile<8>::kLines : FloatTile<4>::kLines;
  return {blocks_for(p.kernel.t * p.kernel.f * p.in_channels, tile), blocks_for(p.out_channels, tile)};
}

Split split_of(const Conv2dProblem& p) {
  return Split::of(p.batch * p.out_t * p.out_f, kShortest, std::int64_t(tiles_of(p).count()));
}

void run(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Context&,
         Workspace workspace) {
  const Split split = split_of(p);
  Dim blocks = tiles_of(p);
  blocks.z = static_cast<unsigned>(split.slabs);
  sum_slabs(p, args, split, workspace, [&]<class T>(const WeightGradient<T>& slabs) {
    launch("conv2d_backward_weight_tiled", wide(p) ? weight_kernel<T, 8> : weight_kernel<T, 4>,
           {blocks, {kThreads}}, {slabs, split.stretch});
  });
}

}  // namespace

extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_tiled = {
    .name = "tiled",
    .target = kTarget,
    .why_not = why_not_conv2d_tiles,
    .workspace = [](const Conv2dProblem& p) { return split_of(p).workspace(p); },
    .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
