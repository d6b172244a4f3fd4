// Implicit matrix product on tensor cores with the patch in shared memory: forward and gradient of the input.
//
// A block owns a box of 256 positions and 64 or 128 channels of the written map; each of its 4 or 8 warps 64×64 of
// them: 4×8 accumulators, 128 registers per thread. It sums over the channels of the read map in chunks of 64 bytes.
// Per chunk the patch under the box is staged once and serves all taps: a tap moves the rows of the matrix loads. The
// weights of a tap and a chunk arrive in a ring of 3 buffers (cp.async). The next patch is staged piece by piece: a
// thread loads 4 pieces of 16 bytes before the products of a tap and rounds them into the second patch after them; a table
// has the position in the map of every pixel.
// Pixels and channels lie 80 bytes apart, so that the eight rows of a matrix load are in different banks. Shared memory
// for 3×3: 82 KiB with 128 channels. Weights are rounded, padded and laid out tap by tap in the workspace first.
// It is faster than `tiled` because of the tensor cores, and because the map is read once instead of once per tap.
// Limits: there is one block per multiprocessor, whose barriers (one per tap) no other block hides, and some maps have
// fewer boxes than the device has multiprocessors.
#pragma once

#include "kernels/conv2d/cuda/conv2d_patch.cuh"
#include "kernels/conv2d/cuda/tile_moments.cuh"
#include "kernels/simt/async_copy.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace conv2d_mma {

constexpr int kBoxSize = 8, kRows = 1 << kBoxSize;  // positions of a block
constexpr int kWarpTile = 64, kM = kWarpTile / 16, kN = kWarpTile / 8;
constexpr int kWarpRows = kRows / kWarpTile;
constexpr int kStages = 3;         // buffers of weights
constexpr int kEnoughBlocks = 64;  // half of a large GPU; with more, smaller tiles fill it no better
constexpr int kHeld = 4;  // pieces of the next patch that a thread holds during the products of a tap

template <class T>
inline constexpr int kChunk = 64 / static_cast<int>(sizeof(T));
template <class T>
inline constexpr int kPitch = kChunk<T> + 16 / static_cast<int>(sizeof(T));

// S: element type of the tensors; T: type of the factors of products; here and below.
struct Sizes {
  Box box;
  const void* packed;  // [taps, chunks, out_padded, kChunk] of T
  int chunks;
  int out_padded;   // out channels, whole tiles
  int most_pixels;  // pixels of the largest patch of all phases
};
template <class S>
struct Params : Sizes {
  Gather<S> problem;
  PatchSource<S> source;
  bool pairs;  // alignment allows to write two neighbouring channels at once
};

// ---- weights in the layout of the products

template <class S, class T>
struct PackParams {
  Gather<S> problem;
  T* packed;
  int chunks, out_padded;
  std::int64_t count;
};

constexpr int kPackThreads = 256;

template <class S, class T>
SONOGRAD_KERNEL(kPackThreads, pack_kernel, PackParams<S, T> params) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kPackThreads + threadIdx.x;
  if (i >= params.count) return;
  const Gather<S>& p = params.problem;
  const Digits row = Digits::of(i / kChunk<T>, params.chunks, params.out_padded);  // tap, chunk, out channel
  const int c = row.middle * kChunk<T> + int(i % kChunk<T>);
  const bool inside = c < p.in_channels && row.low < p.out_channels;
  params.packed[i] = rounded<T>(
      inside ? widen(p.weight[row.high * p.tap_step + row.low * p.out_step + c * p.in_step]) : 0.0f);
}

// ---- products

// Part of the result that a block owns: a box of positions of a phase from `first` on, with the patch under it, and
// channels from `first_column` on. Blocks that read the same patch have neighbouring indices, so that it is read from
// memory once.
struct Tile {
  int phase_t, phase_f;
  Phase t, f;
  int chunks;  // 0 for a phase that no tap reaches
  Digits first;
  int first_column;
  PatchAxis axis_t, axis_f;
  Patch patch;

  // Distance in pixels from the beginning of the patch to the pixel that the first position reads through a tap.
  __device__ int tap(int k_t, int k_f) const {
    return patch.pixel(0, axis_t.tap0 + k_t * axis_t.tap_step, axis_f.tap0 + k_f * axis_f.tap_step);
  }
};

// False for a block beyond the last box: phases differ in size.
template <class S>
__device__ bool tile_of(const Params<S>& params, int columns, Tile& tile) {
  const GatherShape& p = params.problem;
  const Box& box = params.box;
  tile.phase_t = int(blockIdx.z) / p.f.phases, tile.phase_f = int(blockIdx.z) % p.f.phases;
  tile.t = p.t.phase(tile.phase_t), tile.f = p.f.phase(tile.phase_f);
  tile.chunks = tile.t.taps * tile.f.taps == 0 ? 0 : params.chunks;
  const Digits counts = box.counts(p.batch, tile.t.positions, tile.f.positions);
  const int column_tiles = params.out_padded / columns, index = int(blockIdx.x) / column_tiles;
  if (index >= counts.high * counts.middle * counts.low) return false;
  tile.first_column = int(blockIdx.x) % column_tiles * columns;
  const Digits which = Digits::of(index, counts.middle, counts.low);
  tile.first = {which.high << box.n, which.middle << box.t, which.low << box.f};
  tile.axis_t = PatchAxis::of(tile.t, p.t.stride, 1 << box.t);
  tile.axis_f = PatchAxis::of(tile.f, p.f.stride, 1 << box.f);
  tile.patch = {{tile.first.high, tile.first.middle * p.t.stride + tile.axis_t.begin,
                 tile.first.low * p.f.stride + tile.axis_f.begin},
                1 << box.n,
                tile.axis_t.extent,
                tile.axis_f.extent};
  return true;
}

// Weights of kColumns out channels, one chunk and tap after the other; kStages - 1 tiles are copied ahead.
template <class T, int kColumns, int kThreads>
class WeightRing {
 public:
  __device__ WeightRing(const Sizes& sizes, const GatherShape& shape, const Tile& tile, T* buffers)
      : sizes_(sizes), shape_(shape), tile_(tile), buffers_(buffers) {
    for (int i = 0; i < kStages - 1; ++i) copy();
  }
  // The next weights [kColumns, kPitch], visible to the whole block. Earlier ones may be overwritten from now on.
  __device__ const T* next() {
    wait_copies<kStages - 2>();
    sync_block();
    copy();
    return buffers_ + step_++ % kStages * kColumns * kPitch<T>;
  }

 private:
  __device__ void copy() {
    if (ahead_.high < tile_.chunks) {
      constexpr int kPieces = 4, kPiece = kChunk<T> / kPieces;  // pieces of 16 bytes
      const int tap = (tile_.t.first_tap + ahead_.middle * tile_.t.tap_step) * shape_.f.taps +
                      tile_.f.first_tap + ahead_.low * tile_.f.tap_step;
      const std::int64_t column =
          (std::int64_t{tap} * sizes_.chunks + ahead_.high) * sizes_.out_padded + tile_.first_column;
      const T* from = static_cast<const T*>(sizes_.packed) + column * kChunk<T>;
      T* to = buffers_ + copied_++ % kStages * kColumns * kPitch<T>;
      for (int i = int(threadIdx.x); i < kColumns * kPieces; i += kThreads) {
        const int row = i / kPieces, c = i % kPieces * kPiece;
        copy_async<16>(to + row * kPitch<T> + c, from + row * kChunk<T> + c);
      }
      ahead_.advance(1, tile_.t.taps, tile_.f.taps);
    }
    commit_copies();
  }

  const Sizes& sizes_;
  const GatherShape& shape_;
  const Tile& tile_;
  T* buffers_;
  Digits ahead_ = {};  // chunk, tap along t, tap along f of the next copy
  int step_ = 0, copied_ = 0;
};

// Adds the products of one tap of one chunk. `pixel(row)`: the pixel that position `row` of the warp reads.
template <class T, class Pixel>
__device__ void add_products(Accumulator (&acc)[kM][kN], const T* patch, const T* weights,
                             const Pixel& pixel) {
  sync_warp();  // lanes may have diverged while fetching, and fragments are loaded by whole warps
  SONOGRAD_UNROLL
  for (int k = 0; k < kChunk<T>; k += kMmaK<T>) {
    FragmentA<T> a[kM];
    FragmentB<T> b[kN];
    SONOGRAD_UNROLL
    for (int i = 0; i < kM; ++i) {
      load_a(a[i], [&](int row, int half) {
        return patch + pixel(i * 16 + row) * kPitch<T> + k + half * kMmaK<T> / 2;
      });
    }
    SONOGRAD_UNROLL
    for (int j = 0; j < kN; ++j) {
      load_b(b[j], [&](int column, int half) {
        return weights + (j * 8 + column) * kPitch<T> + k + half * kMmaK<T> / 2;
      });
    }
    mma(acc, a, b);
  }
}

// Writes the sums of a warp: positions of the box from `row` on, channels from `column` on. Bit i * 2 + h of the result is
// set when row h * 8 of product i belongs to a position.
template <class S>
__device__ unsigned store(const Params<S>& params, const Tile& tile, const Accumulator (&acc)[kM][kN],
                          int row, int column) {
  constexpr int kAtOnce = 4 / int(sizeof(S));  // neighbouring channels in a word
  const Gather<S>& p = params.problem;
  unsigned inside = 0;
  SONOGRAD_UNROLL
  for (int i = 0; i < kM; ++i) {
    SONOGRAD_UNROLL
    for (int value = 0; value < 4; value += kAtOnce) {
      const Digits u = params.box.at(row + i * 16 + acc_row(lane_index(), value));
      const int n = tile.first.high + u.high, u_t = tile.first.middle + u.middle,
                u_f = tile.first.low + u.low;
      if (n >= p.batch || u_t >= tile.t.positions || u_f >= tile.f.positions) continue;
      inside |= 1u << (i * 2 + value / 2);
      S* out = p.out_at(n, u_t * p.t.phases + tile.phase_t, u_f * p.f.phases + tile.phase_f);
      SONOGRAD_UNROLL
      for (int j = 0; j < kN; ++j) {
        const int o = column + j * 8 + acc_col(lane_index(), value);
        const auto sum = [&](int c) {
          const float product = acc[i][j].values[value + c];
          return p.bias ? product + widen(p.bias[o + c]) : product;
        };
        if constexpr (kAtOnce == 2) {
          if (params.pairs) {
            if (o < p.out_channels) write_vec(out + o, Vec<float, 2>{{sum(0), sum(1)}}, p.add);
            continue;
          }
        }
        SONOGRAD_UNROLL
        for (int c = 0; c < kAtOnce; ++c) {
          if (o + c < p.out_channels) write(out[o + c], sum(c), p.add);
        }
      }
    }
  }
  return inside;
}

template <class S, class M>
struct Arguments {
  Params<S> params;
  M moments;
};

template <class S, class T, int kWarpColumns, TileMoments M>
SONOGRAD_KERNEL(kWarpRows* kWarpColumns* kWarpSize, gather_kernel, Arguments<S, M> arguments) {
  const Params<S>& params = arguments.params;
  constexpr int kThreads = kWarpRows * kWarpColumns * int(kWarpSize), kColumns = kWarpColumns * kWarpTile;
  constexpr int kWidth = kVectorWidth<S>, kPieces = kChunk<T> / kWidth;  // pieces of a pixel
  const Gather<S>& p = params.problem;
  Tile tile;
  if (!tile_of(params, kColumns, tile)) return;
  const int row = int(warp_index()) / kWarpColumns * kWarpTile;
  const int column = int(warp_index()) % kWarpColumns * kWarpTile;
  T* weights = dynamic_shared<T>();                       // [kStages, kColumns, kPitch]
  T* patches = weights + kStages * kColumns * kPitch<T>;  // [2, most_pixels, kPitch]
  int* positions = reinterpret_cast<int*>(patches + 2 * params.most_pixels * kPitch<T>);  // [most_pixels]

  const auto patch_of = [&](int chunk) { return patches + chunk % 2 * params.most_pixels * kPitch<T>; };
  const auto pixel = [&](int i) {
    const Digits u = params.box.at(row + i);
    return tile.patch.pixel(u.high, u.middle * p.t.stride, u.low * p.f.stride);
  };
  const int pieces = tile.patch.pixels() * kPieces;
  for (int i = int(threadIdx.x); i < tile.patch.pixels(); i += kThreads)
    positions[i] = tile.patch.position(params.source, Digits::of(i, tile.patch.t, tile.patch.f));
  sync_block();
  HeldPieces<S, kHeld, kThreads> held;
  int coming = 0;  // chunk whose patch is being staged
  const auto fetch = [&](unsigned i) {
    return params.source.load(positions[i / kPieces], coming * kChunk<T> + int(i % kPieces) * kWidth);
  };
  const auto place = [&](unsigned i, const Piece<S>& piece) {
    store_rounded(patch_of(coming) + i / kPieces * kPitch<T> + i % kPieces * kWidth, piece);
  };

  Accumulator acc[kM][kN] = {};
  WeightRing<T, kColumns, kThreads> ring(params, p, tile, weights);
  if (tile.chunks > 0) held.rest(pieces, fetch, place);
  for (int chunk = 0; chunk < tile.chunks; ++chunk) {
    coming = chunk + 1;
    held.restart();
    const int end = coming < tile.chunks ? pieces : 0;
    for (int k_t = 0; k_t < tile.t.taps; ++k_t) {
      for (int k_f = 0; k_f < tile.f.taps; ++k_f) {
        const T* tap_weights = ring.next() + column * kPitch<T>;
        held.load(end, fetch);
        add_products(acc, patch_of(chunk) + tile.tap(k_t, k_f) * kPitch<T>, tap_weights, pixel);
        held.store(end, place);
      }
    }
    held.rest(end, fetch, place);
  }
  const unsigned inside = store(params, tile, acc, row, tile.first_column + column);
  if constexpr (M::kStored) {
    // A thread holds two rows and two columns of a product.
    const auto column_of = [&](int j) { return column + j / 2 * 8 + acc_col(lane_index(), j % 2); };
    arguments.moments.template store<kWarpRows, kColumns, 4, 2 * kN>(
        {int(blockIdx.x) / (params.out_padded / kColumns), tile.first_column,
         int(warp_index()) / kWarpColumns, p.out_channels},
        column_of, [&](int j) {
          return moments_of<2 * kM>(inside,
                                    [&](int i) { return acc[i / 2][j / 2].values[i % 2 * 2 + j % 2]; });
        });
  }
}

// ---- on the host

inline Box box_of(const GatherShape& p) {
  return Box::of(kBoxSize, p.t.phase(0).positions, p.f.phase(0).positions);
}

inline int most_pixels(const GatherShape& p) {
  const Box box = box_of(p);
  const auto widest = [](const Axis& axis, int length) {
    int extent = 0;
    for (int i = 0; i < axis.phases; ++i)
      extent = std::max(extent, PatchAxis::of(axis.phase(i), axis.stride, length).extent);
    return extent;
  };
  return widest(p.t, 1 << box.t) * widest(p.f, 1 << box.f) << box.n;
}

// Boxes of the widest phase. Forward has one phase; `moments` of a launch has one row per box.
inline std::int64_t boxes(const GatherShape& p) {
  const Digits counts = box_of(p).counts(p.batch, p.t.phase(0).positions, p.f.phase(0).positions);
  return std::int64_t{counts.high} * counts.middle * counts.low;
}

// Channels of a block: 64 where there are no more, or where blocks of 128 would be too few to fill half a device.
inline int columns_of(const GatherShape& p) {
  const std::int64_t wide = boxes(p) * p.t.phases * p.f.phases * blocks_for(p.out_channels, 2 * kWarpTile);
  return p.out_channels > kWarpTile && wide >= kEnoughBlocks ? 2 * kWarpTile : kWarpTile;
}

inline std::size_t shared_bytes(const GatherShape& p) {
  const auto pixels = std::size_t(most_pixels(p));
  return (std::size_t(kStages * columns_of(p)) + 2 * pixels) * kPitch<float> * sizeof(float) +
         pixels * sizeof(int);
}

template <class T>
Sizes sizes_of(const GatherShape& p) {
  return {.box = box_of(p),
          .packed = nullptr,
          .chunks = (p.in_channels + kChunk<T> - 1) / kChunk<T>,
          .out_padded = int(blocks_for(p.out_channels, columns_of(p))) * columns_of(p),
          .most_pixels = most_pixels(p)};
}

template <class T>
std::int64_t packed_count(const GatherShape& p) {
  const Sizes sizes = sizes_of<T>(p);
  return std::int64_t{p.t.taps} * p.f.taps * sizes.chunks * sizes.out_padded * kChunk<T>;
}

template <class T, class S, TileMoments M>
void run_as(std::string_view name, const Gather<S>& p, const M& moments, Workspace& workspace) {
  Params<S> params = {sizes_of<T>(p), p,
                      PatchSource<S>::of(p.map, p.batch, p.t.read, p.f.read, p.in_channels),
                      p.out_channels % 2 == 0 && vector_aligned(p.out)};
  const std::int64_t count = packed_count<T>(p);
  T* packed = workspace.take<T>(std::size_t(count));
  launch("conv2d_pack_weight", pack_kernel<S, T>, {{blocks_for(count, kPackThreads)}, {kPackThreads}},
         {p, packed, params.chunks, params.out_padded, count});
  params.packed = packed;
  const int columns = columns_of(p);
  const Dim blocks = {static_cast<unsigned>(boxes(p) * (params.out_padded / columns)), 1,
                      static_cast<unsigned>(p.t.phases * p.f.phases)};
  const unsigned threads = static_cast<unsigned>(kWarpRows * columns / kWarpTile) * kWarpSize;
  const Grid grid = {blocks, {threads}, shared_bytes(p)};
  if (columns == kWarpTile) {
    launch(name, gather_kernel<S, T, 1, M>, grid, {params, moments});
  } else {
    launch(name, gather_kernel<S, T, 2, M>, grid, {params, moments});
  }
}

/// Bytes of shared memory of a block for moments.
inline constexpr std::size_t kMomentBytes = std::size_t{kWarpRows} * 2 * kWarpTile * sizeof(Moments);

/// Runs the direction of `args`, with products in the precision of the context.
template <class Args, TileMoments M>
void run(std::string_view name, const Conv2dProblem& p, const Args& args, const M& moments,
         const Context& context, Workspace& workspace) {
  with_operands(p, context, [&](auto stored, auto multiplied) {
    run_as<decltype(multiplied)>(name, gather<decltype(stored)>(p, args), moments, workspace);
  });
}

/// `g`: geometry of the direction. `more_shared`: further bytes of shared memory of a block.
inline const char* why_not(const Conv2dProblem& p, const GatherShape& g, const Context& context,
                           std::size_t more_shared = 0) {
  if (const char* reason = why_not_tensor_cores(p, context)) return reason;
  const bool fits = shared_bytes(g) + more_shared <= shared_memory_of_block(context.device);
  return fits ? nullptr : "the patch under a block exceeds shared memory";
}

/// Bytes of scratch memory that `run` takes. `g`: geometry of the direction.
inline std::size_t workspace(const Conv2dProblem& p, const GatherShape& g, const Context& context) {
  return multiplies_bf16(p, context) ? Workspace::bytes<bf16>(std::size_t(packed_count<bf16>(g)))
                                     : Workspace::bytes<float>(std::size_t(packed_count<float>(g)));
}

}  // namespace conv2d_mma
}  // namespace sonograd::kernels::SONOGRAD_TARGET
