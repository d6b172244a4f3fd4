// Weight gradient by Winograd's method, the adjoint of the forward transforms:
//
//   dw = G^T (sum over tiles of (B^T d B) * (A g A^T)) G        d: patch of x, g: tile of dy
//
// At each of the 16 points the sum over tiles is a product of matrices, [in, tiles] x [tiles, out]. Tiles are transformed in
// batches that stay in the last-level cache; then each panel of outputs at each point has one owner, so that every sum has one
// order, whatever the number of threads.
#include <algorithm>

#include "kernels/conv2d/cpu/winograd.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kBatchBytes = 4 << 20;  // of transformed patches
constexpr std::int64_t kTilesOfPiece = 16;     // that a thread transforms at a time
// With fewer channels or positions the transforms cost more than they save.
constexpr std::int64_t kFewestChannels = 64, kFewestPairs = 128 * 128;
constexpr std::int64_t kFewestPositions = 1024;
constexpr std::int64_t kDepth = 128;  // tiles of a product, whose rows stay in the first-level cache

constexpr std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

// Sizes of the arrays, in elements.
struct WeightSums {
  WinogradMap map;
  std::int64_t row_panels;  // of input channels
  std::int64_t tiles;       // of a batch
  std::int64_t patch_step;  // from panel to panel of the patches [points, row panels, tiles, kWinogradRows]
  std::int64_t gradient_step;  // from panel to panel of the gradients [points, panels, tiles, kWinogradPanel]
  std::int64_t sum_step;       // from panel to panel of the sums [points, panels, in, kWinogradPanel]

  explicit WeightSums(const Conv2dProblem& p)
      : map{ConvolvedMap::forward(p)}, row_panels(blocks_of(p.in_channels, kWinogradRows)) {
    const std::int64_t fit =
        kBatchBytes / (4 * kWinogradPoints * row_panels * kWinogradRows) / kDepth * kDepth;
    tiles = std::min(std::max(fit, kDepth), map.tiles());
    patch_step = tiles * kWinogradRows + kWinogradGap;
    gradient_step = tiles * kWinogradPanel + kWinogradGap;
    sum_step = map.channels * kWinogradPanel + kWinogradGap;
  }
  std::int64_t products() const { return kWinogradPoints * map.panels(); }
  std::int64_t patches_size() const { return kWinogradPoints * row_panels * patch_step; }
};

std::size_t workspace_bytes(const Conv2dProblem& p) {
  const WeightSums s(p);
  return Workspace::bytes<float>(size(s.patches_size())) +
         Workspace::bytes<float>(size(s.products() * s.gradient_step)) +
         Workspace::bytes<float>(size(s.products() * s.sum_step)) +
         Workspace::bytes<float>(size(std::max(p.in_channels, kWinogradPanel))) +
         float32_copy_bytes(p.weight_shape(), p.dtype);
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (has_stride(p)) return "requires stride 1";
  if (p.narrowest_channels() < kFewestChannels) return "requires at least 64 channels";
  if (p.in_channels * p.out_channels < kFewestPairs) return "requires at least 128 x 128 pairs of channels";
  if (p.batch * p.out_t * p.out_f < kFewestPositions) return "requires at least 1,024 output positions";
  return why_not_winograd(p, context);
}

template <class T>
class WeightGradient {
 public:
  WeightGradient(const Conv2dProblem& p, const View& x, const View& dy, Workspace& workspace)
      : s_(p),
        x_(x.data<T>()),
        dy_(dy.data<T>()),
        patches_(workspace.take<float>(size(s_.patches_size()))),
        gradients_(workspace.take<float>(size(s_.products() * s_.gradient_step))),
        sums_(workspace.take<float>(size(s_.products() * s_.sum_step))),
        zeros_(reinterpret_cast<T*>(workspace.take<float>(size(std::max(p.in_channels, kWinogradPanel))))) {
    std::fill_n(zeros_, std::max(p.in_channels, kWinogradPanel), T(0.0f));
  }

  void run(const Out& dw) {
    for (std::int64_t first = 0; first < s_.map.tiles(); first += s_.tiles) {
      const std::int64_t count = std::min(s_.tiles, s_.map.tiles() - first);
      transform(first, count);
      add_products(count, first > 0);
    }
    store(dw);
  }

 private:
  void transform(std::int64_t first, std::int64_t count) {
    launch("winograd_tiles", blocks_of(count, kTilesOfPiece), [&](std::int64_t piece) {
      const std::int64_t end = std::min(count, (piece + 1) * kTilesOfPiece);
      for (std::int64_t i = piece * kTilesOfPiece; i < end; ++i) {
        const WinogradTile tile(s_.map, first + i);
        const auto patch = tile.patch(s_.map, x_, zeros_);
        SONOGRAD_SIMD_CALL(winograd_input<T>)
        (1, 1, patch.data(), s_.map.channels, patches_ + i * kWinogradRows, s_.row_panels * s_.patch_step,
         s_.patch_step);
        for (std::int64_t panel = 0; panel < s_.map.panels(); ++panel) {
          const auto outputs = tile.outputs<const T>(s_.map, dy_, panel * kWinogradPanel, zeros_);
          SONOGRAD_SIMD_CALL(winograd_gradient<T>)
          (outputs.data(), s_.map.channels_of(panel),
           gradients_ + panel * s_.gradient_step + i * kWinogradPanel, s_.map.panels() * s_.gradient_step);
        }
      }
    });
  }

  // A point and some of its panels have one owner, which multiplies everything with a stretch of tiles while that is in its
  // second-level cache.
  void add_products(std::int64_t count, bool add) {
    const std::int64_t panels = s_.map.panels(),
                       groups = std::min(panels, blocks_of(threads(), kWinogradPoints / 2));
    launch("winograd_products", kWinogradPoints * groups, [&](std::int64_t i) {
      const std::int64_t point = i / groups, group = i % groups;
      for (std::int64_t k = 0; k < count; k += kDepth) {
        for (std::int64_t panel = panels * group / groups; panel < panels * (group + 1) / groups; ++panel)
          add_stretch(point, panel, k, std::min(kDepth, count - k), add || k > 0);
      }
    });
  }

  void add_stretch(std::int64_t point, std::int64_t panel, std::int64_t k, std::int64_t depth, bool add) {
    const std::int64_t place = point * s_.map.panels() + panel;
    const float* gradients = gradients_ + place * s_.gradient_step + k * kWinogradPanel;
    for (std::int64_t rows = 0; rows < s_.row_panels; ++rows) {
      const float* patches = patches_ + (point * s_.row_panels + rows) * s_.patch_step + k * kWinogradRows;
      const std::int64_t first = rows * kWinogradRows;
      SONOGRAD_SIMD_CALL(panel_product)
      ({patches, 1, kWinogradRows}, std::min(kWinogradRows, s_.map.channels - first), depth, gradients,
       s_.map.channels_of(panel), add, sums_ + place * s_.sum_step + first * kWinogradPanel);
    }
  }

  // dw (= or +=) G^T s G.
  void store(const Out& out) const {
    float* dw = out.data<float>();
    const bool add = out.adds();
    const std::int64_t in = s_.map.channels, point_step = s_.map.panels() * s_.sum_step;
    const auto rows = [](const float* from, std::int64_t step, float* to, std::int64_t to_step) {
      const float even = 0.5f * (from[step] + from[2 * step]), odd = 0.5f * (from[step] - from[2 * step]);
      to[0] = from[0] + even, to[to_step] = odd, to[2 * to_step] = even + from[3 * step];
    };
    launch("winograd_weight", s_.map.out_channels, [&](std::int64_t o) {
      const float* sums = sums_ + o / kWinogradPanel * s_.sum_step + o % kWinogradPanel;
      for (std::int64_t c = 0; c < in; ++c) {
        std::array<float, 12> half;  // [3, 4]
        std::array<float, 9> taps;
        for (std::int64_t j = 0; j < 4; ++j)
          rows(sums + c * kWinogradPanel + j * point_step, 4 * point_step, half.data() + j, 4);
        for (std::int64_t i = 0; i < 3; ++i) rows(half.data() + 4 * i, 1, taps.data() + 3 * i, 1);
        for (std::int64_t tap = 0; tap < 9; ++tap) {
          float& to = dw[(o * 9 + tap) * in + c];
          to = add ? to + taps[size(tap)] : taps[size(tap)];
        }
      }
    });
  }

  WeightSums s_;
  const T *x_, *dy_;
  float *patches_, *gradients_, *sums_;
  T* zeros_;
};

}  // namespace

extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_winograd = {
    .name = "winograd",
    .why_not = why_not,
    .workspace = workspace_bytes,
    .run = [](const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, const Context&,
              Workspace workspace) {
      const Float32Result dw(a.dw, workspace);
      visit_stored(p.dtype,
                   [&](auto tag) { WeightGradient<decltype(tag)>(p, a.x, a.dy, workspace).run(dw.out()); });
      dw.store();
    }};

}  // namespace sonograd::kernels::cpu
