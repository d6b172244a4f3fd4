#include <algorithm>
#include <cmath>

#include "kernels/copy/copy_simd.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/optimizer/clip_factor.h"
#include "kernels/optimizer/optimizer_simd.h"

namespace sonograd::kernels::cpu {
namespace {

template <class T>
void write_results(const ClipFactorProblem& p, const ClipFactor::Args& a, double sum) {
  const double norm = std::sqrt(sum);
  *a.norm.data<T>() = static_cast<T>(norm);
  *a.factor.data<T>() = static_cast<T>(norm <= p.limit ? 1 : p.limit / norm);
}

template <class T>
double exact_sum_of_squares(const View& tensor) {
  double sum = 0;
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    const auto value = static_cast<double>(widen(tensor.data<T>()[i]));
    sum += value * value;
  }
  return sum;
}

// Elements `start` to `start + n` of a tensor, n <= kPiece.
float sum_of_part(const View& tensor, std::int64_t start, std::int64_t n) {
  if (tensor.dtype != DType::bf16) return SONOGRAD_SIMD_CALL(sum_of_squares)(n, tensor.data<float>() + start);
  float wide[kPiece];
  SONOGRAD_SIMD_CALL(copy_line<bf16, float>)(tensor.data<bf16>() + start, n, false, wide);
  return SONOGRAD_SIMD_CALL(sum_of_squares)(n, wide);
}

std::int64_t blocks_of_tensor(const View& tensor) {
  return tensor.defined() ? blocks_of(tensor.numel(), kPiece) : 0;
}

// Two lists: the end of the blocks of each tensor, and the sums of the blocks.
std::size_t workspace(const ClipFactorProblem&, const ClipFactor::Args& a, const Context&) {
  std::int64_t blocks = 0;
  for (const View& tensor : a.tensors) blocks += blocks_of_tensor(tensor);
  return Workspace::bytes<std::int64_t>(a.tensors.size()) +
         Workspace::bytes<float>(static_cast<std::size_t>(blocks));
}

void run_blocked(const ClipFactorProblem& p, const ClipFactor::Args& a, const Context&, Workspace scratch) {
  auto* ends = scratch.take<std::int64_t>(a.tensors.size());
  std::int64_t blocks = 0;
  for (std::size_t i = 0; i < a.tensors.size(); ++i) ends[i] = blocks += blocks_of_tensor(a.tensors[i]);
  auto* sums = scratch.take<float>(static_cast<std::size_t>(blocks));
  launch("clip_factor", blocks, [&](std::int64_t block) {
    const auto* end = std::upper_bound(ends, ends + a.tensors.size(), block);
    const View& tensor = a.tensors[static_cast<std::size_t>(end - ends)];
    const std::int64_t start = (block - (end == ends ? 0 : end[-1])) * kPiece;
    sums[block] = sum_of_part(tensor, start, std::min(kPiece, tensor.numel() - start));
  });
  double sum = 0;
  for (std::int64_t block = 0; block < blocks; ++block) sum += sums[block];
  write_results<float>(p, a, sum);
}

}  // namespace

extern const KernelVariant<ClipFactor> clip_factor_reference =
    reference_row<ClipFactor>([]<class T>(T, const ClipFactorProblem& p, const ClipFactor::Args& a) {
      double sum = 0;
      for (const View& tensor : a.tensors) {
        if (!tensor.defined()) continue;
        sum += tensor.dtype == DType::bf16 ? exact_sum_of_squares<bf16>(tensor)
                                           : exact_sum_of_squares<T>(tensor);
      }
      write_results<T>(p, a, sum);
    });

extern const KernelVariant<ClipFactor> clip_factor_blocked = {
    .name = "blocked", .why_not = float_only, .workspace = workspace, .run = run_blocked};

}  // namespace sonograd::kernels::cpu
