#include "kernels/reduce/reduce.h"

#include <limits>
#include <utility>

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/stored.h"
#include "kernels/core/zero.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<ReduceSum> reduce_sum_reference, reduce_sum_blocked;
extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_reference, reduce_sum_backward_blocked;
extern const KernelVariant<ReduceMax> reduce_max_reference, reduce_max_blocked;
extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_reference, reduce_max_backward_blocked;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<ReduceSum> reduce_sum_naive, reduce_sum_warp_per_row,
                   reduce_sum_block_per_row, reduce_sum_two_pass, reduce_sum_columns;
                   extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_naive,
                   reduce_sum_backward_vectorized;
                   extern const KernelVariant<ReduceMax> reduce_max_naive, reduce_max_warp_per_row,
                   reduce_max_block_per_row, reduce_max_columns;
                   extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_naive,
                   reduce_max_backward_vectorized;)

namespace {

constexpr const KernelVariant<ReduceSum>* kSum[] = {
    &cpu::reduce_sum_reference,
    &cpu::reduce_sum_blocked,
    SONOGRAD_ON_CUDA(reduce_sum_naive),
    SONOGRAD_ON_CUDA(reduce_sum_warp_per_row),
    SONOGRAD_ON_CUDA(reduce_sum_block_per_row),
    SONOGRAD_ON_CUDA(reduce_sum_two_pass),
    SONOGRAD_ON_CUDA(reduce_sum_columns),
};
constexpr const KernelVariant<ReduceSumBackward>* kSumBackward[] = {
    &cpu::reduce_sum_backward_reference,
    &cpu::reduce_sum_backward_blocked,
    SONOGRAD_ON_CUDA(reduce_sum_backward_naive),
    SONOGRAD_ON_CUDA(reduce_sum_backward_vectorized),
};
constexpr const KernelVariant<ReduceMax>* kMax[] = {
    &cpu::reduce_max_reference,
    &cpu::reduce_max_blocked,
    SONOGRAD_ON_CUDA(reduce_max_naive),
    SONOGRAD_ON_CUDA(reduce_max_warp_per_row),
    SONOGRAD_ON_CUDA(reduce_max_block_per_row),
    SONOGRAD_ON_CUDA(reduce_max_columns),
};
constexpr const KernelVariant<ReduceMaxBackward>* kMaxBackward[] = {
    &cpu::reduce_max_backward_reference,
    &cpu::reduce_max_backward_blocked,
    SONOGRAD_ON_CUDA(reduce_max_backward_naive),
    SONOGRAD_ON_CUDA(reduce_max_backward_vectorized),
};

}  // namespace

ReduceProblem ReduceProblem::make(const Shape& x, std::span<const int> axes, bool keep_dims, DType dtype) {
  ReduceProblem p;
  p.input = x;
  p.dtype = p.y_dtype = dtype;
  for (const int axis : axes) {
    bool& reduced = p.reduced[static_cast<std::size_t>(x.normalize(axis))];
    if (reduced)
      throw ShapeError(concat("[reduce] axes: expected different ones, got ", axis, " twice; x ", x));
    reduced = true;
  }
  if (axes.empty()) p.reduced.fill(true);

  p.output = Shape();
  bool ended = false;  // a kept axis longer than 1 came after a reduced one
  for (int axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t extent = x[axis];
    if (p.reduced[static_cast<std::size_t>(axis)]) {
      if (keep_dims) p.output.push_back(1);
      p.count *= extent;
      p.adjacent &= !ended || extent == 1;
    } else {
      p.output.push_back(extent);
      ended |= p.count > 1 && extent > 1;
      (ended ? p.inner : p.outer) *= extent;
    }
  }
  if (p.count == 1) std::swap(p.outer, p.inner);  // a copy: long rows, not many blocks of one element
  if (p.count > std::numeric_limits<std::int32_t>::max()) {
    throw ShapeError(
        concat("[reduce] axes: expected at most 2^31 - 1 elements to reduce, got ", p.count, "; x ", x));
  }
  return p;
}

void reduce_sum(const ReduceProblem& p, const View& x, const Out& y, double factor) {
  check_dense("reduce_sum", "x", x, p.input, p.dtype);
  check_dense("reduce_sum", "y", y.view, p.output, p.y_dtype);
  if (p.input.numel() == 0) return write_zero(y);
  run<ReduceSum>(kSum, p, {x, y, factor});
}

void reduce_sum_backward(const ReduceProblem& p, const View& dy, const Out& dx, double factor) {
  check_dense("reduce_sum", "dy", dy, p.output, p.dtype);
  check_dense("reduce_sum", "dx", dx.view, p.input, p.dtype);
  if (p.input.numel() == 0) return;
  run<ReduceSumBackward>(kSumBackward, p, {dy, dx, factor});
}

void reduce_max(const ReduceProblem& p, const View& x, const Out& y, const View& index) {
  check_dense("reduce_max", "x", x, p.input, p.dtype);
  check_dense("reduce_max", "y", y.view, p.output, p.dtype);
  check_dense("reduce_max", "index", index, p.output, DType::i32);
  if (p.count == 0)
    throw ShapeError(concat("[reduce_max] x: expected at least one element to reduce, got ", p.input));
  if (p.input.numel() == 0) return;
  run<ReduceMax>(kMax, p, {x, y, index});
}

void reduce_max_backward(const ReduceProblem& p, const View& dy, const View& index, const Out& dx) {
  check_dense("reduce_max", "dy", dy, p.output, p.dtype);
  check_dense("reduce_max", "index", index, p.output, DType::i32);
  check_dense("reduce_max", "dx", dx.view, p.input, p.dtype);
  if (p.input.numel() == 0) return;
  run<ReduceMaxBackward>(kMaxBackward, p, {dy, index, dx});
}

void channel_sum(const View& x, const Out& y) {
  check_suffix("channel_sum", "y", y.shape(), x.shape);
  const std::int64_t channels = y.shape().numel();
  const Shape rows = {channels == 0 ? 1 : x.numel() / channels, channels};
  auto p = ReduceProblem::make(rows, std::array{0}, false, x.dtype);
  if (computed_dtype(x.dtype) == y.view.dtype) p.y_dtype = y.view.dtype;
  reduce_sum(p, x.reshape(rows), y.reshape({channels}));
}

TableList reduce_tables() {
  return {describe<ReduceSum>(kSum), describe<ReduceSumBackward>(kSumBackward), describe<ReduceMax>(kMax),
          describe<ReduceMaxBackward>(kMaxBackward)};
}

}  // namespace sonograd::kernels
