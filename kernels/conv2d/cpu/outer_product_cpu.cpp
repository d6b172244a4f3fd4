// Weight gradient as sums of outer products, in blocks that stay in the caches. The output channels are divided among
// the threads, so that every sum has one owner and one order, whatever the number of threads.
//
// Per block of output rows the gradients are packed once; for each kernel row and each group of input channels, the
// packed input rows under it serve all taps of that row and all output channels. An input row is packed on first use and
// stays until the rows under the kernel have moved past it. Unpacked, the rows of a position lie a power of two apart and
// evict each other. oneDNN 2.6 reaches 57 % of the peak here on one thread, and less with strides.
#include <algorithm>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/outer_product_simd.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/launch.h"
#include "kernels/core/read_ahead.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kBlockPositions = 192;  // per block, unless a row is longer: 24 KiB of packed input

std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

std::int64_t rows_of_block(const Conv2dProblem& p) {
  return std::clamp<std::int64_t>(kBlockPositions / p.out_f, 1, p.batch * p.out_t);
}

// Number of input rows from the first to the last under a block, in the order of the batch; the step from one item to the
// next may be longer than the stride.
std::int64_t rows_under_block(const Conv2dProblem& p) {
  const std::int64_t stride = p.options.stride.t;
  const std::int64_t step = std::max(stride, p.t - (p.out_t - 1) * stride);
  return (rows_of_block(p) - 1) * step + (p.kernel.t - 1) * p.options.dilation.t + 1;
}

std::int64_t input_groups(const Conv2dProblem& p) {
  return blocks_of(p.in_channels, kOuterInputs);
}

// Number of output channels of a thread; even.
std::int64_t outputs_of_chunk(const Conv2dProblem& p) {
  return blocks_of(blocks_of(p.out_channels, threads()), 2) * 2;
}

// Output channels [first, first + count) of the gradient. T: element type of the maps.
template <class T>
class Chunk {
 public:
  static std::size_t workspace(const Conv2dProblem& p) {
    return Workspace::bytes<OuterProductRow>(size(rows_of_block(p))) +
           Workspace::bytes<std::int64_t>(size(rows_under_block(p) * input_groups(p))) +
           Workspace::bytes<float>(size(rows_under_block(p) * input_groups(p) * p.f * kOuterInputs)) +
           Workspace::bytes<float>(
               size(rows_of_block(p) * p.out_f * kOuterOutputs * tiles(outputs_of_chunk(p))));
  }

  Chunk(const Conv2dProblem& p, const View& x, const View& dy, const Out& dw, std::int64_t first,
        Workspace workspace)
      : p_(p),
        x_(x.data<T>()),
        dy_(dy.data<T>()),
        dw_(dw.data<float>()),
        first_(first),
        count_(std::min(outputs_of_chunk(p), p.out_channels - first)),
        rows_(workspace.take<OuterProductRow>(size(rows_of_block(p)))),
        held_(workspace.take<std::int64_t>(size(rows_under_block(p) * input_groups(p)))),
        packed_x_(workspace.take<float>(size(rows_under_block(p) * input_groups(p) * p.f * kOuterInputs))),
        packed_dy_(workspace.take<float>(size(rows_of_block(p) * p.out_f * kOuterOutputs * tiles(count_)))) {
    std::fill_n(held_, rows_under_block(p) * input_groups(p), kNone);
    if (!dw.adds()) std::fill_n(weight(first, 0, 0, 0), count_ * weight_step(), 0.0f);
  }

  // Adds the products of output rows [begin, end) of N * T'.
  void add(std::int64_t begin, std::int64_t end) {
    pack_outputs(begin, end);
    ReadAhead<T> dy = outputs_after(end), x = inputs_after(end);
    for (std::int64_t i = 0; i < p_.kernel.t; ++i) {
      for (std::int64_t group = 0; group < input_groups(p_); ++group) {
        const std::int64_t count = find_inputs(begin, end, i, group);
        for (std::int64_t j = 0; j < p_.kernel.f; ++j) {
          dy.next();
          x.next();
          if (count > 0) add_tap(count, i, j, group);
        }
      }
    }
  }

 private:
  static constexpr std::int64_t kNone = -1;

  static std::int64_t tiles(std::int64_t outputs) { return blocks_of(outputs, kOuterOutputs); }
  std::int64_t inputs_of(std::int64_t group) const {
    return std::min(kOuterInputs, p_.in_channels - group * kOuterInputs);
  }
  std::int64_t weight_step() const { return p_.kernel.t * p_.kernel.f * p_.in_channels; }
  float* weight(std::int64_t output, std::int64_t i, std::int64_t j, std::int64_t input) const {
    return dw_ + output * weight_step() + (i * p_.kernel.f + j) * p_.in_channels + input;
  }
  // Step between tiles of packed_dy_ [tile][row][position][kOuterOutputs].
  std::int64_t dy_step() const { return rows_of_block(p_) * p_.out_f * kOuterOutputs; }

  void pack_outputs(std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      SONOGRAD_SIMD_CALL(pack_outputs<T>)
      (dy_ + row * p_.out_f * p_.out_channels + first_, p_.out_channels, p_.out_f, count_,
       packed_dy_ + (row - begin) * p_.out_f * kOuterOutputs, dy_step());
    }
  }

  // The next block is prefetched in as many turns as this one has taps and groups.
  std::int64_t turns() const { return p_.kernel.t * input_groups(p_) * p_.kernel.f; }
  std::int64_t end_of_block(std::int64_t begin) const {
    return std::min(begin + rows_of_block(p_), p_.batch * p_.out_t);
  }
  ReadAhead<T> outputs_after(std::int64_t row) const {
    return {dy_ + row * p_.out_f * p_.out_channels + first_, (end_of_block(row) - row) * p_.out_f, count_,
            p_.out_channels, turns()};
  }
  ReadAhead<T> inputs_after(std::int64_t row) const {
    const std::int64_t begin = rows_under(row), end = rows_under(end_of_block(row));
    return {x_ + begin * p_.f * p_.in_channels, 1, (end - begin) * p_.f * p_.in_channels, 0, turns()};
  }

  // Number of rows of N * T up to the last one under the output rows before `end`.
  std::int64_t rows_under(std::int64_t end) const {
    const std::int64_t t = (end - 1) % p_.out_t * p_.options.stride.t - p_.options.padding.t_before +
                           (p_.kernel.t - 1) * p_.options.dilation.t;
    return (end - 1) / p_.out_t * p_.t + std::clamp<std::int64_t>(t, 0, p_.t - 1) + 1;
  }

  // Row t of item n, packed. All rows under one block have different places.
  const float* packed_inputs(std::int64_t n, std::int64_t t, std::int64_t group) {
    const std::int64_t row = n * p_.t + t;
    const std::int64_t place = group * rows_under_block(p_) + row % rows_under_block(p_);
    float* packed = packed_x_ + place * p_.f * kOuterInputs;
    if (held_[place] != row) {
      const T* from = x_ + row * p_.f * p_.in_channels + group * kOuterInputs;
      SONOGRAD_SIMD_CALL(pack_inputs<T>)(from, p_.in_channels, p_.f, inputs_of(group), packed);
      held_[place] = row;
    }
    return packed;
  }

  // Finds the input rows under kernel row i, without those outside of the map; returns their number.
  std::int64_t find_inputs(std::int64_t begin, std::int64_t end, std::int64_t i, std::int64_t group) {
    std::int64_t count = 0;
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t t =
          row % p_.out_t * p_.options.stride.t - p_.options.padding.t_before + i * p_.options.dilation.t;
      if (t < 0 || t >= p_.t) continue;
      rows_[count++] = {packed_inputs(row / p_.out_t, t, group),
                        packed_dy_ + (row - begin) * p_.out_f * kOuterOutputs};
    }
    return count;
  }

  void add_tap(std::int64_t count, std::int64_t i, std::int64_t j, std::int64_t group) {
    // Output position f is multiplied with input position f * stride + offset, where that is in the map.
    const std::int64_t stride = p_.options.stride.f;
    const std::int64_t offset = j * p_.options.dilation.f - p_.options.padding.f_before;
    const std::int64_t from = offset < 0 ? blocks_of(-offset, stride) : 0;
    const std::int64_t to = offset >= p_.f ? 0 : std::min(p_.out_f, blocks_of(p_.f - offset, stride));
    if (from >= to) return;
    SONOGRAD_SIMD_CALL(add_outer_products)
    ({rows_, count, from * stride + offset, from, to - from, stride, dy_step()}, count_, inputs_of(group),
     weight(first_, i, j, group * kOuterInputs), weight_step());
  }

  const Conv2dProblem& p_;
  const T *x_, *dy_;
  float* dw_;
  std::int64_t first_, count_;
  OuterProductRow* rows_;
  std::int64_t* held_;  // the input row in each place of packed_x_
  float *packed_x_, *packed_dy_;
};

template <class T>
void backward_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, Workspace workspace) {
  const std::size_t each = Chunk<T>::workspace(p);
  const std::int64_t chunks = blocks_of(p.out_channels, outputs_of_chunk(p));
  std::byte* memory = workspace.take<std::byte>(each * size(chunks));
  const Float32Result dw(a.dw, workspace);
  launch("conv2d_backward_weight", chunks, [&](std::int64_t i) {
    Chunk<T> chunk(p, a.x, a.dy, dw.out(), i * outputs_of_chunk(p),
                   Workspace({memory + size(i) * each, each}));
    const std::int64_t rows = p.batch * p.out_t;
    for (std::int64_t row = 0; row < rows; row += rows_of_block(p))
      chunk.add(row, std::min(rows, row + rows_of_block(p)));
  });
  dw.store();
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (p.in_channels < 16) return "requires at least 16 input channels";
  if (p.out_channels % 2 != 0) return "requires an even number of output channels";
  return float_or_bf16(p, context);
}

}  // namespace

extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_outer_product = {
    .name = "outer_product",
    .why_not = why_not,
    .workspace =
        [](const Conv2dProblem& p) {
          return Chunk<float>::workspace(p) * size(blocks_of(p.out_channels, outputs_of_chunk(p))) +
                 float32_copy_bytes(p.weight_shape(), p.dtype);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward_weight<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
