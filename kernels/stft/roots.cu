// Table of roots of unity, one thread per root.
//
// The nearest quarter turn is subtracted in integers, so that the arguments of sine and cosine are at most an eighth of a
// turn: their Taylor polynomials are exact to float32 there, and take no local memory, unlike the functions of the library.
// The table is written once per call of an op and then read from the caches.
#include <numbers>

#include "kernels/stft/roots.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

struct Params {
  std::int64_t n;
  Complex* roots;  // [n]
};

// Taylor polynomial with these reciprocal coefficients, in square = x^2.
template <class... Rest>
__device__ float series(float square, float last, Rest... rest) {
  float sum = 1 / last;
  ((sum = 1 / rest - square * sum), ...);
  return sum;
}

__device__ Complex root_of_unity(std::int64_t k, std::int64_t n) {
  const std::int64_t quarter = (4 * k + n / 2) / n, rest = 4 * k - quarter * n;
  const float angle = std::numbers::pi_v<float> / 2 * (static_cast<float>(rest) / static_cast<float>(n));
  const float square = angle * angle;
  const float cosine = series(square, 3628800.0f, 40320.0f, 720.0f, 24.0f, 2.0f, 1.0f);
  const float sine = angle * series(square, 362880.0f, 5040.0f, 120.0f, 6.0f, 1.0f);
  switch (quarter) {
    case 1:
      return {-sine, -cosine};
    case 2:
      return {-cosine, sine};
    case 3:
      return {sine, cosine};
    default:
      return {cosine, -sine};
  }
}

SONOGRAD_KERNEL(kThreads, roots_kernel, Params p) {
  const std::int64_t k = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (k < p.n) p.roots[k] = root_of_unity(k, p.n);
}

}  // namespace

const Complex* make_roots(std::int64_t n, Workspace& workspace) {
  Complex* roots = workspace.take<Complex>(static_cast<std::size_t>(n));
  launch("fft_roots", roots_kernel, {{blocks_for(n, kThreads)}, {kThreads}}, {n, roots});
  return roots;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
