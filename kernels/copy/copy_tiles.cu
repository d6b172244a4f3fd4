// Transpositions by tiles of 32×32 in shared memory, when another axis is contiguous in x than in y.
//
// A block of 8 warps owns a tile of those two axes. A warp reads lines of x and, after a barrier, writes lines of y: both
// in whole cache lines, where `naive` scatters one side. Lines of the tile are padded by one element, so that the elements
// of a column are in 32 different banks. 4.1 KiB of shared memory. Traffic: x and y once.
#include "kernels/copy/copy_axes.cuh"
#include "kernels/core/reference.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kTile = 32, kWarps = 8;

// The axis that is contiguous in x (`a`) and that in y (`b`).
template <class From, class To>
struct Params {
  const From* x;
  To* y;
  std::int64_t a_extent, a_to, b_extent, b_from;
  std::int64_t a_tiles, b_tiles;
  CopyAxes others;
  bool add;
};

template <class From, class To>
SONOGRAD_KERNEL(kTile* kWarps, copy_tiles_kernel, Params<From, To> p) {
  struct Smem {
    float tile[kTile][kTile + 1];  // [b, a]
  };
  Smem& smem = shared<Smem>();
  const std::int64_t tile = blockIdx.x;
  const std::int64_t first_a = tile % p.a_tiles * kTile, first_b = tile / p.a_tiles % p.b_tiles * kTile;
  const CopyOffsets at = p.others.offsets(tile / p.a_tiles / p.b_tiles);
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  for (int line = warp; line < kTile; line += kWarps) {
    const std::int64_t a = first_a + lane, b = first_b + line;
    if (a < p.a_extent && b < p.b_extent) smem.tile[line][lane] = widen(p.x[at.from + a + b * p.b_from]);
  }
  sync_block();
  for (int line = warp; line < kTile; line += kWarps) {
    const std::int64_t a = first_a + line, b = first_b + lane;
    if (a < p.a_extent && b < p.b_extent) write(p.y[at.to + a * p.a_to + b], smem.tile[lane][line], p.add);
  }
}

// The axis with stride 1; -1: none.
int contiguous_axis(const CopyProblem& p, const Strides& strides) {
  for (int axis = 0; axis < p.shape.rank(); ++axis) {
    if (strides[static_cast<std::size_t>(axis)] == 1) return axis;
  }
  return -1;
}

const char* why_not(const CopyProblem& p, const Context& context) {
  const int a = contiguous_axis(p, p.from), b = contiguous_axis(p, p.to);
  if (a < 0 || b < 0) return "x or y has no contiguous axis";
  if (a == b) return "the same axis is contiguous in x and in y";
  return float_or_bf16(p, context);
}

template <class From, class To>
void copy_tiles_of(const CopyProblem& p, const Copy::Args& args) {
  const int a = contiguous_axis(p, p.from), b = contiguous_axis(p, p.to);
  Params<From, To> params = {.x = args.x.data<From>(),
                             .y = args.y.data<To>(),
                             .a_extent = p.shape[a],
                             .a_to = p.to[static_cast<std::size_t>(a)],
                             .b_extent = p.shape[b],
                             .b_from = p.from[static_cast<std::size_t>(b)],
                             .a_tiles = blocks_for(p.shape[a], kTile),
                             .b_tiles = blocks_for(p.shape[b], kTile),
                             .others = {},
                             .add = args.y.adds()};
  std::int64_t tiles = params.a_tiles * params.b_tiles;
  for (int axis = 0; axis < p.shape.rank(); ++axis) {
    if (axis == a || axis == b) continue;
    const auto i = static_cast<std::size_t>(axis);
    params.others.push_back(p.shape[axis], p.from[i], p.to[i]);
    tiles *= p.shape[axis];
  }
  launch("copy_tiles", copy_tiles_kernel<From, To>, {{static_cast<unsigned>(tiles)}, {kTile, kWarps}},
         params);
}

void run_tiles(const CopyProblem& p, const Copy::Args& args, const Context&, Workspace) {
  visit_types(p, [&](auto from, auto to) { copy_tiles_of<decltype(from), decltype(to)>(p, args); });
}

}  // namespace

extern const KernelVariant<Copy> copy_tiles = {
    .name = "tiles", .target = kTarget, .why_not = why_not, .run = run_tiles};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
