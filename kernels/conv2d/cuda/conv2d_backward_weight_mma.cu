// Gradient of the weight on tensor cores: products of dy and x over boxes of 64 positions.
//
// A block owns 64 out channels × 32 in channels × 9 taps of one slab (conv2d_split.cuh), or × 128 in channels × 3
// taps where the filter has no more; each of its 8 warps 32 out channels × a quarter of the in channels × all taps.
// Per box it stages dy and the patch of x under it; the fragments of dy are reused for all taps, which only move
// the rows of x that a load takes. Both tiles have positions as rows, so that positions are the depth of transposed
// loads; rows are padded by 8 elements, so that such loads use different banks. There are two buffers: a thread loads
// the first pieces (16 bytes) of the next box before the products and rounds them into the other buffer after them. Tables
// have the positions in the maps of all pixels, one of the next box and one of the box behind it.
// Shared memory for 3×3: 37 KiB (bf16), 70 KiB (tf32). It is faster than `tiled` because of the tensor cores and because
// x is read once instead of once per tap. Limits: a warp loads 2 fragments of dy and 9 of x for 18 products, there is one
// block per multiprocessor, and with a filter of one tap two thirds of the products are idle.
#include "kernels/conv2d/cuda/conv2d_patch.cuh"
#include "kernels/conv2d/cuda/conv2d_split.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kBoxSize = 6, kDepth = 1 << kBoxSize;  // positions
constexpr int kWarpsOut = 2, kWarpsIn = 4, kThreads = kWarpsOut * kWarpsIn * static_cast<int>(kWarpSize);
constexpr int kM = 2, kOut = kWarpsOut * kM * 16;  // out channels of a block
constexpr int kPad = 8, kOutPitch = kOut + kPad;
constexpr std::int64_t kShortest = 8;  // boxes of a stretch

/// Part of the gradient that a warp owns beside its 32 out channels: taps, and groups of 8 in channels. Its threads hold
/// kPieces pieces (16 bytes) of the next box during the products, as many as registers allow.
template <int kTheTaps, int kGroups, int kPieces>
struct Part {
  static constexpr int kTaps = kTheTaps, kInGroups = kGroups, kN = kTaps * kInGroups, kHeld = kPieces;
  static constexpr int kIn = kWarpsIn * kInGroups * 8, kInPitch = kIn + kPad;
};
using ManyTaps = Part<9, 1, 8>;
using FewTaps = Part<3, 4, 4>;

// S: type of the maps in memory; T: type of the factors of products.
template <class S>
struct Params {
  WeightGradient<S> problem;
  PatchSource<S> dy, x;
  Box box;
  std::int64_t stretch;  // boxes of a slab
  int in_tiles;
};

// The patches of dy and x of one box.
struct Patches {
  Patch dy, x;
};
template <class S>
__device__ Patches patches_of(const Params<S>& params, const PatchAxis& t, const PatchAxis& f,
                              const Digits& which) {
  const WeightGradient<S>& p = params.problem;
  const Box& box = params.box;
  const Digits first = {which.high << box.n, which.middle << box.t, which.low << box.f};
  return {{first, 1 << box.n, 1 << box.t, 1 << box.f},
          {{first.high, first.middle * p.t.stride + t.begin, first.low * p.f.stride + f.begin},
           1 << box.n,
           t.extent,
           f.extent}};
}

template <class S, class T, class Part>
SONOGRAD_KERNEL(kThreads, weight_kernel, Params<S> params) {
  constexpr int kWidth = kVectorWidth<S>, kOutPieces = kOut / kWidth, kInPieces = Part::kIn / kWidth;
  constexpr int kDyPieces = kDepth * kOutPieces;
  const WeightGradient<S>& p = params.problem;
  const Box box = params.box;
  const Digits counts = box.counts(p.batch, p.t.written, p.f.written);
  const std::int64_t boxes = std::int64_t{counts.high} * counts.middle * counts.low;
  const std::int64_t begin = blockIdx.z * params.stretch;
  const std::int64_t end = begin + params.stretch < boxes ? begin + params.stretch : boxes;
  const int first_out = int(blockIdx.y) * kOut;
  const int first_in = int(blockIdx.x) % params.in_tiles * Part::kIn;
  const int first_tap = int(blockIdx.x) / params.in_tiles * Part::kTaps;

  const PatchAxis t = PatchAxis::of(p.t.phase(0), p.t.stride, 1 << box.t);
  const PatchAxis f = PatchAxis::of(p.f.phase(0), p.f.stride, 1 << box.f);
  Digits ahead = Digits::of(begin, counts.middle, counts.low);  // the box whose positions are found next
  const Patch patch = patches_of(params, t, f, ahead).x;
  const int pixels = patch.pixels(), pieces = kDyPieces + pixels * kInPieces, both = kDepth + pixels;
  T* dy = dynamic_shared<T>();         // [2, kDepth, kOutPitch]
  T* x = dy + 2 * kDepth * kOutPitch;  // [2, pixels, kInPitch]
  // The positions of dy, then the pixels of x: their places in their patch, and their numbers in the maps.
  Digits* places = reinterpret_cast<Digits*>(x + 2 * pixels * Part::kInPitch);  // [both]
  int* positions = reinterpret_cast<int*>(places + both);                       // [2, both]
  for (int i = int(threadIdx.x); i < both; i += kThreads)
    places[i] = i < kDepth ? box.at(i) : Digits::of(i - kDepth, patch.t, patch.f);
  const auto find_positions = [&](int table) {
    const Patches patches = patches_of(params, t, f, ahead);
    for (int i = int(threadIdx.x); i < both; i += kThreads) {
      positions[table * both + i] =
          i < kDepth ? patches.dy.position(params.dy, places[i]) : patches.x.position(params.x, places[i]);
    }
    ahead.advance(1, counts.middle, counts.low);
  };
  int buffer = 0;  // destination of the next box, and its table
  const auto fetch = [&](unsigned i) {
    const int* table = positions + buffer * both;
    if (i < kDyPieces) return params.dy.load(table[i / kOutPieces], first_out + int(i % kOutPieces) * kWidth);
    i -= kDyPieces;
    return params.x.load(table[kDepth + i / kInPieces], first_in + int(i % kInPieces) * kWidth);
  };
  const auto place = [&](unsigned i, const Piece<S>& piece) {
    if (i < kDyPieces) {
      const int row = buffer * kDepth + int(i / kOutPieces);
      return store_rounded(dy + row * kOutPitch + i % kOutPieces * kWidth, piece);
    }
    i -= kDyPieces;
    const int row = buffer * pixels + int(i / kInPieces);
    store_rounded(x + row * Part::kInPitch + i % kInPieces * kWidth, piece);
  };
  int tap_pixel
      [Part::kTaps];  // distance of a tap from the pixel of a position; taps beyond the last repeat it
  SONOGRAD_UNROLL
  for (int i = 0; i < Part::kTaps; ++i) {
    const int taps = p.t.taps * p.f.taps, tap = first_tap + i < taps ? first_tap + i : taps - 1;
    tap_pixel[i] = patch.pixel(0, tap / p.f.taps * p.t.dilation, tap % p.f.taps * p.f.dilation);
  }

  const int warp_out = int(warp_index()) / kWarpsIn * kM * 16;
  const int warp_in = int(warp_index()) % kWarpsIn * Part::kInGroups * 8;
  Accumulator acc[kM][Part::kN] = {};
  HeldPieces<S, Part::kHeld, kThreads> held;
  if (begin < end) {
    find_positions(0);
    if (begin + 1 < end) find_positions(1);
    sync_block();
    held.rest(pieces, fetch, place);
  }
  for (std::int64_t index = begin; index < end; ++index) {
    sync_block();
    const T* rows_dy = dy + buffer * kDepth * kOutPitch + warp_out;
    const T* rows_x = x + buffer * pixels * Part::kInPitch + warp_in;
    const int coming = index + 1 < end ? pieces : 0;
    const int done = buffer;
    buffer ^= 1;
    held.restart();
    held.load(coming, fetch);
    if (index + 2 < end) find_positions(done);
    sync_warp();  // lanes may have diverged while fetching, and fragments are loaded by whole warps
    SONOGRAD_UNROLL
    for (int k = 0; k < kDepth; k += kMmaK<T>) {
      FragmentA<T> a[kM];
      FragmentB<T> b[Part::kN];
      SONOGRAD_UNROLL
      for (int i = 0; i < kM; ++i) {
        load_a_trans(a[i],
                     [&](int row, int half) { return rows_dy + (k + row) * kOutPitch + i * 16 + half * 8; });
      }
      SONOGRAD_UNROLL
      for (int j = 0; j < Part::kN; ++j) {
        load_b_trans(b[j], [&](int row) {
          const Digits u = box.at(k + row);
          const int pixel = patch.pixel(u.high, u.middle * p.t.stride, u.low * p.f.stride);
          return rows_x + (pixel + tap_pixel[j / Part::kInGroups]) * Part::kInPitch + j % Part::kInGroups * 8;
        });
      }
      mma(acc, a, b);
    }
    held.store(coming, place);
    held.rest(coming, fetch, place);
  }

  float* dw = p.dw + blockIdx.z * p.out_channels * p.columns();
  SONOGRAD_UNROLL
  for (int i = 0; i < kM; ++i) {
    SONOGRAD_UNROLL
    for (int j = 0; j < Part::kN; ++j) {
      SONOGRAD_UNROLL
      for (int value = 0; value < 4; ++value) {
        const int o = first_out + warp_out + i * 16 + acc_row(lane_index(), value);
        const int tap = first_tap + j / Part::kInGroups;
        const int c = first_in + warp_in + j % Part::kInGroups * 8 + acc_col(lane_index(), value);
        if (o >= p.out_channels || tap >= p.t.taps * p.f.taps || c >= p.in_channels) continue;
        write(dw[o * p.columns() + tap * p.in_channels + c], acc[i][j].values[value], p.add);
      }
    }
  }
}

// ---- on the host

bool few_taps(const Conv2dProblem& p) {
  return p.kernel.t * p.kernel.f <= FewTaps::kTaps;
}

// Calls `f` with the part that suits the filter.
template <class F>
auto with_part(const Conv2dProblem& p, const F& f) {
  return few_taps(p) ? f(FewTaps()) : f(ManyTaps());
}

Box box_of(const Conv2dProblem& p) {
  return Box::of(kBoxSize, int(p.out_t), int(p.out_f));
}

template <class Part>
Dim tiles_of(const Conv2dProblem& p, Part) {
  return {blocks_for(p.in_channels, Part::kIn) * blocks_for(p.kernel.t * p.kernel.f, Part::kTaps),
          blocks_for(p.out_channels, kOut)};
}

Split split_of(const Conv2dProblem& p) {
  const Digits counts = box_of(p).counts(int(p.batch), int(p.out_t), int(p.out_f));
  const std::size_t tiles = with_part(p, [&](auto part) { return tiles_of(p, part).count(); });
  return Split::of(std::int64_t{counts.high} * counts.middle * counts.low, kShortest, std::int64_t(tiles));
}

std::size_t shared_bytes(const Conv2dProblem& p, const Context& context) {
  const auto g = weight_gradient_shape(p);
  const Box box = box_of(p);
  const int pixels = PatchAxis::of(g.t.phase(0), g.t.stride, 1 << box.t).extent *
                         PatchAxis::of(g.f.phase(0), g.f.stride, 1 << box.f).extent
                     << box.n;
  const int pitch = with_part(p, [](auto part) { return part.kInPitch; });
  return 2 * std::size_t(kDepth * kOutPitch + pixels * pitch) *
             (multiplies_bf16(p, context) ? sizeof(bf16) : sizeof(float)) +
         std::size_t(kDepth + pixels) * (sizeof(Digits) + 2 * sizeof(int));
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (const char* reason = why_not_tensor_cores(p, context)) return reason;
  return shared_bytes(p, context) > shared_memory_of_block(context.device)
             ? "the patch under a box exceeds shared memory"
             : nullptr;
}

void run(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Context& context,
         Workspace workspace) {
  const Split split = split_of(p);
  sum_slabs(p, args, split, workspace, [&]<class S>(const WeightGradient<S>& g) {
    with_part(p, [&]<class Part>(Part part) {
      auto kernel = weight_kernel<S, bf16, Part>;
      if constexpr (std::is_same_v<S, float>) {
        if (!multiplies_bf16(p, context)) kernel = weight_kernel<S, float, Part>;
      }
      Dim blocks = tiles_of(p, part);
      blocks.z = static_cast<unsigned>(split.slabs);
      launch("conv2d_backward_weight_mma", kernel, {blocks, {kThreads}, shared_bytes(p, context)},
             {g, PatchSource<S>::of(g.dy, g.batch, g.t.written, g.f.written, g.out_channels),
              PatchSource<S>::of(g.x, g.batch, g.t.read, g.f.read, g.in_channels), box_of(p), split.stretch,
              int(blocks_for(p.in_channels, Part::kIn))});
    });
  });
}

}  // namespace

extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_mma = {
    .name = "mma",
    .target = kTarget,
    .why_not = why_not,
    .workspace = [](const Conv2dProblem& p) { return split_of(p).workspace(p); },
    .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
