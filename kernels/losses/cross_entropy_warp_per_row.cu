// A warp for each row of scores: in one block for the mean over the batch, in as many blocks as needed for the gradient.
//
// Lanes read neighbouring scores and exchange maximum and sums by shuffles. Batches have some dozens of rows and few
// classes. Limit of both: the time of a launch.
#include "kernels/core/reference.h"
#include "kernels/losses/cross_entropy.h"
#include "kernels/simt/row_per_warp.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct Batch {
  const float* x;             // [rows, classes]
  const float* soft;          // [rows, classes], or null
  const std::int32_t* index;  // [rows], or null
  std::int64_t rows, classes;

  __device__ float target(std::int64_t row, std::int64_t c) const {
    return soft != nullptr ? soft[row * classes + c] : index[row] == c ? 1.0f : 0.0f;
  }
  // Device code cannot throw.
  __device__ void check(std::int64_t row) const {
    SONOGRAD_ASSERT(index == nullptr || (index[row] >= 0 && index[row] < classes));
  }
};

template <class Args>
Batch batch_of(const CrossEntropyProblem& p, const Args& a) {
  return {a.x.template data<float>(), p.soft ? a.target.template data<float>() : nullptr,
          p.soft ? nullptr : a.target.template data<std::int32_t>(), p.rows, p.classes};
}

struct ForwardParams {
  Batch batch;
  float* loss;
  bool add;
};

SONOGRAD_KERNEL(kRowThreads, forward_kernel, ForwardParams p) {
  const Batch& batch = p.batch;
  float sum = 0;
  for (std::int64_t row = row_of_warp(); row < batch.rows; row += kRowWarps) {
    batch.check(row);
    const float* x = batch.x + row * batch.classes;
    const RowExponentials e = exponentials_of_row(x, batch.classes);
    const float log_sum = e.largest + std::log(e.sum);
    sum += sum_of_row(batch.classes, [&](std::int64_t c) { return batch.target(row, c) * (log_sum - x[c]); });
  }
  sum = block_sum(lane_index() == 0 ? sum : 0.0f);
  if (threadIdx.x == 0) write(*p.loss, sum / static_cast<float>(batch.rows), p.add);
}

struct BackwardParams {
  Batch batch;
  const float* dloss;
  float* dx;  // [rows, classes]
  bool add;
};

SONOGRAD_KERNEL(kRowThreads, backward_kernel, BackwardParams p) {
  const Batch& batch = p.batch;
  const std::int64_t row = row_of_warp();
  if (row >= batch.rows) return;
  batch.check(row);
  const float* x = batch.x + row * batch.classes;
  float* dx = p.dx + row * batch.classes;
  const RowExponentials e = exponentials_of_row(x, batch.classes);
  const float mass = sum_of_row(batch.classes, [&](std::int64_t c) { return batch.target(row, c); });
  const float scale = *p.dloss / static_cast<float>(batch.rows);
  for (std::int64_t c = lane_index(); c < batch.classes; c += kWarpSize) {
    write(dx[c], scale * (mass * (std::exp(x[c] - e.largest) / e.sum) - batch.target(row, c)), p.add);
  }
}

void forward(const CrossEntropyProblem& p, const CrossEntropyForward::Args& a, const Context&, Workspace) {
  launch("cross_entropy_forward", forward_kernel, {{1}, {kRowThreads}},
         {batch_of(p, a), a.loss.data<float>(), a.loss.adds()});
}

void backward(const CrossEntropyProblem& p, const CrossEntropyBackward::Args& a, const Context&, Workspace) {
  launch("cross_entropy_backward", backward_kernel, grid_of_rows(p.rows),
         {batch_of(p, a), a.dloss.data<float>(), a.dx.data<float>(), a.dx.adds()});
}

}  // namespace

extern const KernelVariant<CrossEntropyForward> cross_entropy_forward_one_block = {
    .name = "one_block", .target = kTarget, .why_not = float_only, .run = forward};
extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = float_only, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
