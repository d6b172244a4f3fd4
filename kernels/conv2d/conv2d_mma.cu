// Implicit matrix product on tensor cores, with the patch resident in shared memory: forward and gradient of the input.
//
// A block owns a box of 256 positions and 64 or 128 channels of what is written; each of its 4 or 8 warps 64×64 of them:
// 4×8 accumulators, 128 registers per thread. It goes through the channels that are summed over in chunks of 64 bytes. Per
// chunk the patch under the box is staged once and serves all taps, by moving the rows of the matrix loads; the weights of a
// tap and a chunk come through a ring of 3 buffers (cp.async). The next patch comes bit by bit: a thread loads 4 quads of
// channels before the products of a tap and rounds them into the second patch after them. Pixels and channels lie 80 bytes
// apart: the eight rows of a matrix load in different banks. Shared memory for 3×3: 82 KiB with 128 channels. Weights are
// rounded, padded and laid out tap by tap in the workspace first.
// It beats `tiled` by the tensor cores, and by reading the map once instead of once per tap; what limits it: one block per
// multiprocessor, whose barriers (one per tap) nothing hides, and maps with fewer boxes than the device has multiprocessors.
#include "kernels/conv2d/conv2d_patch.cuh"
#include "kernels/simt/async_copy.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kBoxSize = 8, kRows = 1 << kBoxSize;  // positions of a block
constexpr int kWarpTile = 64, kM = kWarpTile / 16, kN = kWarpTile / 8;
constexpr int kWarpRows = kRows / kWarpTile;
constexpr int kStages = 3;  // buffers of weights
constexpr int kHeld = 4;    // quads of the next patch that a thread holds during the products of a tap

template <class T>
inline constexpr int kChunk = 64 / static_cast<int>(sizeof(T));
template <class T>
inline constexpr int kPitch = kChunk<T> + 16 / static_cast<int>(sizeof(T));

struct Params {
  Gather problem;
  PatchSource source;
  Box box;
  const void* packed;  // [taps, chunks, out_padded, kChunk] of T
  int chunks;
  int out_padded;   // out channels, whole tiles
  int most_pixels;  // of a patch of any phase
};

// ---- weights, as the products want them

template <class T>
struct PackParams {
  Gather problem;
  T* packed;
  int chunks, out_padded;
  std::int64_t count;
};

constexpr int kPackThreads = 256;

template <class T>
__global__ void __launch_bounds__(kPackThreads) pack_kernel(PackParams<T> params) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kPackThreads + threadIdx.x;
  if (i >= params.count) return;
  const Gather& p = params.problem;
  const Digits row = Digits::of(i / kChunk<T>, params.chunks, params.out_padded);  // tap, chunk, out channel
  const int c = row.middle * kChunk<T> + int(i % kChunk<T>);
  const bool inside = c < p.in_channels && row.low < p.out_channels;
  params.packed[i] =
      rounded<T>(inside ? p.weight[row.high * p.tap_step + row.low * p.out_step + c * p.in_step] : 0.0f);
}

// ---- products

template <class T, int kWarpColumns>
__global__ void __launch_bounds__(kWarpRows* kWarpColumns* kWarpSize) gather_kernel(Params params) {
  constexpr int kThreads = kWarpRows * kWarpColumns * int(kWarpSize), kColumns = kWarpColumns * kWarpTile;
  constexpr int kQuads = kChunk<T> / 4, kPieces = kColumns * 4;  // 16 bytes each
  const Gather& p = params.problem;
  const Box box = params.box;
  const int phase_t = int(blockIdx.z) / p.f.phases, phase_f = int(blockIdx.z) % p.f.phases;
  const Phase t = p.t.phase(phase_t), f = p.f.phase(phase_f);
  const Digits counts = box.counts(p.batch, t.positions, f.positions);
  if (int(blockIdx.x) >= counts.high * counts.middle * counts.low) return;
  const Digits which = Digits::of(blockIdx.x, counts.middle, counts.low);
  const int first_n = which.high << box.n, first_t = which.middle << box.t, first_f = which.low << box.f;
  const int first_column = int(blockIdx.y) * kColumns;

  const Span span_t = Span::of(t, p.t.stride, 1 << box.t), span_f = Span::of(f, p.f.stride, 1 << box.f);
  const Patch patch = {{first_n, first_t * p.t.stride + span_t.begin, first_f * p.f.stride + span_f.begin},
                       1 << box.n,
                       span_t.extent,
                       span_f.extent};
  T* weights = dynamic_shared<T>();                       // [kStages, kColumns, kPitch]
  T* patches = weights + kStages * kColumns * kPitch<T>;  // [2, most_pixels, kPitch]
  const int quads = patch.pixels() * kQuads, thread = int(threadIdx.x);
  const auto patch_of = [&](int chunk) { return patches + chunk % 2 * params.most_pixels * kPitch<T>; };
  const auto fetch = [&](int chunk, int quad) {
    return patch.fetch(params.source, quad / kQuads, chunk * kChunk<T> + quad % kQuads * 4);
  };
  const auto place = [&](int chunk, int quad, const Vec<float, 4>& values) {
    store_rounded(patch_of(chunk) + quad / kQuads * kPitch<T> + quad % kQuads * 4, values);
  };

  // Steps are (chunk, tap along t, tap along f). Weights are on their way kStages - 1 steps ahead.
  const int taps = t.taps * f.taps, steps = params.chunks * taps;
  Digits ahead = {};
  const auto copy_weights = [&](int step) {
    if (step < steps) {
      const int tap =
          (t.first_tap + ahead.middle * t.tap_step) * p.f.taps + f.first_tap + ahead.low * f.tap_step;
      const T* from =
          static_cast<const T*>(params.packed) +
          ((std::int64_t{tap} * params.chunks + ahead.high) * params.out_padded + first_column) * kChunk<T>;
      T* to = weights + step % kStages * kColumns * kPitch<T>;
      for (int piece = thread; piece < kPieces; piece += kThreads) {
        const int column = piece / 4, c = piece % 4 * kChunk<T> / 4;
        copy_async<16>(to + column * kPitch<T> + c, from + column * kChunk<T> + c);
      }
      ahead.advance(1, t.taps, f.taps);
    }
    commit_copies();
  };

  for (int step = 0; step < kStages - 1; ++step) copy_weights(step);
  for (int quad = thread; quad < quads && steps > 0; quad += kThreads) place(0, quad, fetch(0, quad));

  const int warp = int(warp_index());
  const int warp_row = warp / kWarpColumns * kWarpTile, warp_column = warp % kWarpColumns * kWarpTile;
  const auto pixel_of = [&](int row) {
    const Digits u = box.at(row);
    return patch.pixel(u.high, u.middle * p.t.stride, u.low * p.f.stride);
  };
  Accumulator acc[kM][kN] = {};
  Digits at = {};
  for (int step = 0, next = thread; step < steps; ++step) {
    wait_copies<kStages - 2>();
    sync_block();
    copy_weights(step + kStages - 1);
    const bool more = at.high + 1 < params.chunks;
    Vec<float, 4> held[kHeld] = {};
    SONOGRAD_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      const int quad = next + i * kThreads;
      if (more && quad < quads) held[i] = fetch(at.high + 1, quad);
    }
    const T* rows = patch_of(at.high) + patch.pixel(0, span_t.tap0 + at.middle * span_t.tap_step,
                                                    span_f.tap0 + at.low * span_f.tap_step) *
                                            kPitch<T>;
    const T* columns = weights + (step % kStages * kColumns + warp_column) * kPitch<T>;
    SONOGRAD_UNROLL
    for (int k = 0; k < kChunk<T>; k += kMmaK<T>) {
      FragmentA<T> a[kM];
      FragmentB<T> b[kN];
      SONOGRAD_UNROLL
      for (int i = 0; i < kM; ++i) {
        load_a(a[i], [&](int row, int half) {
          return rows + pixel_of(warp_row + i * 16 + row) * kPitch<T> + k + half * kMmaK<T> / 2;
        });
      }
      SONOGRAD_UNROLL
      for (int j = 0; j < kN; ++j) {
        load_b(b[j], [&](int column, int half) {
          return columns + (j * 8 + column) * kPitch<T> + k + half * kMmaK<T> / 2;
        });
      }
      mma(acc, a, b);
    }
    SONOGRAD_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      const int quad = next + i * kThreads;
      if (more && quad < quads) place(at.high + 1, quad, held[i]);
    }
    next += kHeld * kThreads;
    const int chunk = at.high;
    at.advance(1, t.taps, f.taps);
    if (at.high == chunk) continue;
    for (; more && next < quads; next += kThreads) place(at.high, next, fetch(at.high, next));
    next = thread;
  }

  SONOGRAD_UNROLL
  for (int i = 0; i < kM; ++i) {
    SONOGRAD_UNROLL
    for (int value = 0; value < 4; ++value) {
      const Digits u = box.at(warp_row + i * 16 + acc_row(lane_index(), value));
      const int n = first_n + u.high, u_t = first_t + u.middle, u_f = first_f + u.low;
      if (n >= p.batch || u_t >= t.positions || u_f >= f.positions) continue;
      float* out = p.out_at(n, u_t * p.t.phases + phase_t, u_f * p.f.phases + phase_f);
      SONOGRAD_UNROLL
      for (int j = 0; j < kN; ++j) {
        const int o = first_column + warp_column + j * 8 + acc_col(lane_index(), value);
        const float sum = acc[i][j].values[value];
        if (o < p.out_channels) write(out[o], p.bias ? sum + p.bias[o] : sum, p.add);
      }
    }
  }
}

// ---- on the host

Box box_of(const Gather& p) {
  return Box::of(kBoxSize, p.t.phase(0).positions, p.f.phase(0).positions);
}

int most_pixels(const Gather& p) {
  const Box box = box_of(p);
  const auto widest = [](const Axis& axis, int length) {
    int extent = 0;
    for (int i = 0; i < axis.phases; ++i)
      extent = std::max(extent, Span::of(axis.phase(i), axis.stride, length).extent);
    return extent;
  };
  return widest(p.t, 1 << box.t) * widest(p.f, 1 << box.f) << box.n;
}

int columns_of(const Gather& p) {
  return p.out_channels > kWarpTile ? 2 * kWarpTile : kWarpTile;
}

std::size_t shared_bytes(const Gather& p) {
  return std::size_t(kStages * columns_of(p) + 2 * most_pixels(p)) * kPitch<float> * sizeof(float);
}

template <class T>
Params params_of(const Gather& p) {
  return {.problem = p,
          .source = PatchSource::of(p.map, p.batch, p.t.read, p.f.read, p.in_channels),
          .box = box_of(p),
          .packed = nullptr,
          .chunks = (p.in_channels + kChunk<T> - 1) / kChunk<T>,
          .out_padded = int(blocks_for(p.out_channels, columns_of(p))) * columns_of(p),
          .most_pixels = most_pixels(p)};
}

template <class T>
std::int64_t packed_count(const Params& params) {
  const Gather& p = params.problem;
  return std::int64_t{p.t.taps} * p.f.taps * params.chunks * params.out_padded * kChunk<T>;
}

template <class T>
void run_as(const Gather& p, Workspace& workspace) {
  Params params = params_of<T>(p);
  const std::int64_t count = packed_count<T>(params);
  T* packed = workspace.take<T>(std::size_t(count));
  launch("conv2d_pack_weight", pack_kernel<T>, {{blocks_for(count, kPackThreads)}, {kPackThreads}},
         {p, packed, params.chunks, params.out_padded, count});
  params.packed = packed;
  const int columns = columns_of(p);
  const Digits boxes = params.box.counts(p.batch, p.t.phase(0).positions, p.f.phase(0).positions);
  const Dim blocks = {static_cast<unsigned>(boxes.high) * boxes.middle * boxes.low,
                      static_cast<unsigned>(params.out_padded / columns),
                      static_cast<unsigned>(p.t.phases * p.f.phases)};
  const unsigned threads = static_cast<unsigned>(kWarpRows * columns / kWarpTile) * kWarpSize;
  launch("conv2d_mma", columns == kWarpTile ? gather_kernel<T, 1> : gather_kernel<T, 2>,
         {blocks, {threads}, shared_bytes(p)}, params);
}

// The problem without its tensors.
template <class Args>
Gather geometry(const Conv2dProblem& p) {
  return gather(p, Args());
}

template <class Args>
const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (const char* reason = why_not_conv2d(p, context)) return reason;
  if (context.precision == Precision::strict) return "strict precision wants float32 products";
  if (p.narrowest_channels() < 4) return "fewer than 4 channels";
  return shared_bytes(geometry<Args>(p)) > kMostSharedBytes ? "the patch under a block exceeds shared memory"
                                                            : nullptr;
}

template <class Args>
std::size_t workspace(const Conv2dProblem& p) {
  const Gather g = geometry<Args>(p);
  return precision() == Precision::bf16
             ? Workspace::bytes<bf16>(std::size_t(packed_count<bf16>(params_of<bf16>(g))))
             : Workspace::bytes<float>(std::size_t(packed_count<float>(params_of<float>(g))));
}

template <class Args>
void run(const Conv2dProblem& p, const Args& args, Workspace workspace) {
  precision() == Precision::bf16 ? run_as<bf16>(gather(p, args), workspace)
                                 : run_as<float>(gather(p, args), workspace);
}

}  // namespace

const KernelVariant<Conv2dForward> conv2d_forward_mma = {.name = "mma",
                                                         .target = kTarget,
                                                         .why_not = why_not<Conv2dForward::Args>,
                                                         .workspace = workspace<Conv2dForward::Args>,
                                                         .run = run<Conv2dForward::Args>};
const KernelVariant<Conv2dBackwardData> conv2d_backward_data_mma = {
    .name = "mma",
    .target = kTarget,
    .why_not = why_not<Conv2dBackwardData::Args>,
    .workspace = workspace<Conv2dBackwardData::Args>,
    .run = run<Conv2dBackwardData::Args>};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
