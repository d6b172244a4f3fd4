// The weight gradient as sums of outer products, in blocks that stay in the caches. Threads share out the output
// channels, so that every sum has one owner and one order, whatever the number of threads.
//
// Per block of output rows: the gradients are packed once; for each kernel row and each group of input channels the
// input rows under it are packed, and serve all taps of that row and all output channels. Packing costs a few percent;
// in place the rows of a position lie a power of two apart and evict each other. oneDNN 2.6 reaches 57 % of the peak
// here on one thread, and less with strides.
#include <algorithm>

#include "kernels/conv2d/conv2d_cpu.h"
#include "kernels/conv2d/outer_product_simd.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kBlockPositions = 96;  // of a block, if rows are shorter: 24 KiB of packed input

std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

std::int64_t rows_of_block(const Conv2dProblem& p) {
  return std::clamp<std::int64_t>(kBlockPositions / p.out_f, 1, p.batch * p.out_t);
}

// kWidth values: `n` of them, then zeros. Mostly all, whose number the compiler knows.
template <std::int64_t kWidth>
void copy_padded(const float* from, std::int64_t n, float* to) {
  if (n == kWidth) {
    std::copy_n(from, kWidth, to);
  } else {
    std::fill(std::copy_n(from, n, to), to + kWidth, 0.0f);
  }
}

// Output channels of a thread, even.
std::int64_t outputs_of_chunk(const Conv2dProblem& p) {
  return blocks_of(blocks_of(p.out_channels, threads()), 2) * 2;
}

// The output channels [first, first + count) of the gradient.
class Chunk {
 public:
  static std::size_t workspace(const Conv2dProblem& p) {
    const std::int64_t rows = rows_of_block(p);
    return Workspace::bytes<OuterProductRow>(size(rows)) +
           Workspace::bytes<float>(size(rows * p.f * kOuterInputs)) +
           Workspace::bytes<float>(size(rows * p.out_f * kOuterOutputs * tiles(outputs_of_chunk(p))));
  }

  Chunk(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, std::int64_t first, Workspace workspace)
      : p_(p),
        x_(a.x.data<float>()),
        dy_(a.dy.data<float>()),
        dw_(a.dw.data<float>()),
        first_(first),
        count_(std::min(outputs_of_chunk(p), p.out_channels - first)),
        rows_(workspace.take<OuterProductRow>(size(rows_of_block(p)))),
        packed_x_(workspace.take<float>(size(rows_of_block(p) * p.f * kOuterInputs))),
        packed_dy_(workspace.take<float>(size(rows_of_block(p) * p.out_f * kOuterOutputs * tiles(count_)))) {
    if (!a.dw.adds()) std::fill_n(weight(first, 0, 0, 0), count_ * weight_step(), 0.0f);
  }

  // Adds what output rows [begin, end) of N * T' give.
  void add(std::int64_t begin, std::int64_t end) {
    pack_outputs(begin, end);
    for (std::int64_t i = 0; i < p_.kernel.t; ++i) {
      for (std::int64_t c = 0; c < p_.in_channels; c += kOuterInputs) {
        const std::int64_t inputs = std::min(kOuterInputs, p_.in_channels - c);
        const std::int64_t count = pack_inputs(begin, end, i, c, inputs);
        for (std::int64_t j = 0; j < p_.kernel.f && count > 0; ++j) add_tap(count, i, j, c, inputs);
      }
    }
  }

 private:
  static std::int64_t tiles(std::int64_t outputs) { return blocks_of(outputs, kOuterOutputs); }
  std::int64_t weight_step() const { return p_.kernel.t * p_.kernel.f * p_.in_channels; }
  float* weight(std::int64_t output, std::int64_t i, std::int64_t j, std::int64_t input) const {
    return dw_ + output * weight_step() + (i * p_.kernel.f + j) * p_.in_channels + input;
  }
  float* outputs_of(std::int64_t tile, std::int64_t row) const {
    return packed_dy_ + (tile * rows_of_block(p_) + row) * p_.out_f * kOuterOutputs;
  }

  // Tile by tile, zeros after the last channel.
  void pack_outputs(std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      for (std::int64_t f = 0; f < p_.out_f; ++f) {
        const float* from = dy_ + (row * p_.out_f + f) * p_.out_channels + first_;
        for (std::int64_t tile = 0; tile < tiles(count_); ++tile, from += kOuterOutputs) {
          float* to = outputs_of(tile, row - begin) + f * kOuterOutputs;
          copy_padded<kOuterOutputs>(from, std::min(kOuterOutputs, count_ - tile * kOuterOutputs), to);
        }
      }
    }
  }

  // The input rows under kernel row i. Those beyond the map are left out: returns how many there are.
  std::int64_t pack_inputs(std::int64_t begin, std::int64_t end, std::int64_t i, std::int64_t c,
                           std::int64_t inputs) {
    std::int64_t count = 0;
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t n = row / p_.out_t;
      const std::int64_t t =
          row % p_.out_t * p_.options.stride.t - p_.options.padding.t_before + i * p_.options.dilation.t;
      if (t < 0 || t >= p_.t) continue;
      float* to = packed_x_ + count * p_.f * kOuterInputs;
      rows_[count++] = {to, outputs_of(0, row - begin)};
      const float* from = x_ + (n * p_.t + t) * p_.f * p_.in_channels + c;
      for (std::int64_t f = 0; f < p_.f; ++f, from += p_.in_channels, to += kOuterInputs)
        copy_padded<kOuterInputs>(from, inputs, to);
    }
    return count;
  }

  void add_tap(std::int64_t count, std::int64_t i, std::int64_t j, std::int64_t c, std::int64_t inputs) {
    // Output position f joins input position f * stride + offset, where that is in the map.
    const std::int64_t stride = p_.options.stride.f;
    const std::int64_t offset = j * p_.options.dilation.f - p_.options.padding.f_before;
    const std::int64_t from = offset < 0 ? blocks_of(-offset, stride) : 0;
    const std::int64_t to = offset >= p_.f ? 0 : std::min(p_.out_f, blocks_of(p_.f - offset, stride));
    if (from >= to) return;
    OuterProductRows rows = {rows_, count, from * stride + offset, from, to - from, stride};
    for (std::int64_t tile = 0; tile < tiles(count_); ++tile) {
      const std::int64_t output = tile * kOuterOutputs;
      const std::int64_t outputs = std::min(kOuterOutputs, count_ - output);
      SONOGRAD_SIMD_CALL(add_outer_products)
      (rows, outputs, inputs, weight(first_ + output, i, j, c), weight_step());
      rows.dy_first += rows_of_block(p_) * p_.out_f;
    }
  }

  const Conv2dProblem& p_;
  const float *x_, *dy_;
  float* dw_;
  std::int64_t first_, count_;
  OuterProductRow* rows_;
  float *packed_x_, *packed_dy_;
};

void backward_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, Workspace workspace) {
  const std::size_t each = Chunk::workspace(p);
  const std::int64_t chunks = blocks_of(p.out_channels, outputs_of_chunk(p));
  std::byte* memory = workspace.take<std::byte>(each * size(chunks));
  launch("conv2d_backward_weight", chunks, [&](std::int64_t i) {
    Chunk chunk(p, a, i * outputs_of_chunk(p), Workspace({memory + size(i) * each, each}));
    const std::int64_t rows = p.batch * p.out_t;
    for (std::int64_t row = 0; row < rows; row += rows_of_block(p))
      chunk.add(row, std::min(rows, row + rows_of_block(p)));
  });
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (p.in_channels < 16) return "wants 16 input channels or more";
  if (p.out_channels % 2 != 0) return "wants an even number of output channels";
  return float_only(p, context);
}

}  // namespace

const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_outer_product = {
    .name = "outer_product",
    .why_not = why_not,
    .workspace =
        [](const Conv2dProblem& p) {
          return Chunk::workspace(p) * size(blocks_of(p.out_channels, outputs_of_chunk(p)));
        },
    .run = backward_weight};

}  // namespace sonograd::kernels::cpu
