// Sums of squares of all tensors in one launch, and their sum in a second one.
//
// First pass: a table of the tensors is an argument of the launch; a block finds its tensor by bisection, sums the squares
// of 8,192 elements, four neighbouring ones per thread at a time, and stores one sum. Second pass: one block adds the sums,
// each thread every 256th in order, and writes norm and factor. The order depends on the sizes alone, so equal runs are
// equal bit for bit. More tensors than the table holds take several first passes. Traffic, which is also the limit: every
// element once.
#include <algorithm>
#include <cmath>

#include "kernels/core/reference.h"
#include "kernels/optimizer/block_table.h"
#include "kernels/optimizer/clip_factor.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/stored.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256, kWidth = kVectorWidth<float>, kRounds = 8;
constexpr std::int64_t kBlockElements = kThreads * kWidth * kRounds;
constexpr std::size_t kMostTensors = 800;

struct Operand {
  const void* data;
  std::int64_t count;
  unsigned end_block;  // one past the last block of this tensor
  bool vectors, is_bf16;
};

struct Params {
  float* sums;  // [blocks]
  unsigned tensors;
  Operand table[kMostTensors];
};
static_assert(sizeof(Params) <= 32764, "limit of the arguments of a launch since CUDA 12.1");

// Squares of the elements that a thread of block `block` of the tensor adds up.
template <class T>
__device__ float squares(const Operand& tensor, unsigned block) {
  const T* data = static_cast<const T*>(tensor.data);
  float sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::int64_t first =
        block * kBlockElements + (std::int64_t{round} * kThreads + threadIdx.x) * kWidth;
    if (tensor.vectors && first + kWidth <= tensor.count) {
      const auto v = load_wide<kWidth>(data + first);
      for (int k = 0; k < kWidth; ++k) sum += v[k] * v[k];
    } else {
      for (std::int64_t i = first; i < first + kWidth && i < tensor.count; ++i) {
        const float value = widen(data[i]);
        sum += value * value;
      }
    }
  }
  return sum;
}

SONOGRAD_KERNEL(kThreads, squares_kernel, const __grid_constant__ Params p) {
  const auto [row, block] = place_in(p.table, p.tensors);
  const Operand& tensor = p.table[row];
  const float sum = block_sum(tensor.is_bf16 ? squares<bf16>(tensor, block) : squares<float>(tensor, block));
  if (threadIdx.x == 0) p.sums[blockIdx.x] = sum;
}

struct FinishParams {
  const float* sums;
  unsigned count;
  float limit;
  float *norm, *factor;
};

SONOGRAD_KERNEL(kThreads, clip_finish_kernel, FinishParams p) {
  float sum = 0;
  for (unsigned i = threadIdx.x; i < p.count; i += kThreads) sum += p.sums[i];
  const float norm = std::sqrt(block_sum(sum));
  if (threadIdx.x != 0) return;
  *p.norm = norm;
  *p.factor = norm <= p.limit ? 1.0f : p.limit / norm;
}

unsigned blocks_of_tensor(const View& tensor) {
  return tensor.defined() ? blocks_for(tensor.numel(), kBlockElements) : 0;
}

std::size_t workspace(const ClipFactorProblem&, const ClipFactor::Args& a, const Context&) {
  std::size_t blocks = 0;
  for (const View& tensor : a.tensors) blocks += blocks_of_tensor(tensor);
  return Workspace::bytes<float>(blocks);
}

void run(const ClipFactorProblem& p, const ClipFactor::Args& a, const Context& context, Workspace scratch) {
  const std::size_t bytes = workspace(p, a, context);
  auto* sums = scratch.take<float>(bytes / sizeof(float));
  unsigned count = 0;
  for (auto rest = a.tensors; !rest.empty();) {
    const auto now = rest.first(std::min(rest.size(), kMostTensors));
    rest = rest.subspan(now.size());
    Params params = {sums + count, static_cast<unsigned>(now.size()), {}};
    unsigned blocks = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      blocks += blocks_of_tensor(now[i]);
      const void* data = now[i].defined() ? now[i].pointer : nullptr;
      params.table[i] = {data, now[i].defined() ? now[i].numel() : 0, blocks, vector_aligned(data),
                         now[i].dtype == DType::bf16};
    }
    launch("clip_squares", squares_kernel, {{blocks}, {kThreads}}, params);
    count += blocks;
  }
  launch("clip_factor", clip_finish_kernel, {{1}, {kThreads}},
         {sums, count, static_cast<float>(p.limit), a.norm.data<float>(), a.factor.data<float>()});
}

}  // namespace

extern const KernelVariant<ClipFactor> clip_factor_two_pass = {
    .name = "two_pass", .target = kTarget, .why_not = float_only, .workspace = workspace, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
