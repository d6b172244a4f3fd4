#include <algorithm>

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/batch_norm/gradient_factors.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool_simd.h"

namespace sonograd::kernels::cpu {
namespace {

BnReluPoolRow row_of(const BnReluPoolProblem& p) {
  return {p.f, p.channels, p.out_f, p.kernel.t, p.kernel.f};
}

std::size_t channel_bytes(const BnReluPoolProblem& p) {
  return Workspace::bytes<float>(static_cast<std::size_t>(p.channels));
}

template <class T>
void forward_one_pass(const BnReluPoolProblem& p, const BnReluPoolForward::Args& a, Workspace workspace) {
  const BnReluPoolRow row = row_of(p);
  float* scale = workspace.take<float>(static_cast<std::size_t>(p.channels));
  for (std::int64_t c = 0; c < p.channels; ++c)
    scale[c] = a.weight.data<float>()[c] * a.inv_std.data<float>()[c];
  const T* x = a.x.data<T>();
  const float* mean = a.mean.data<float>();
  const float* shift = a.bias.data<float>();
  T* y = a.y.data<T>();
  auto* index = a.index.data<std::uint8_t>();
  launch("bn_relu_pool_forward", p.batch * p.out_t, [&](std::int64_t block) {
    const std::int64_t from = (block / p.out_t * p.t + block % p.out_t * p.kernel.t) * p.f * p.channels;
    const std::int64_t to = block * p.out_f * p.channels;
    SONOGRAD_SIMD_CALL(bn_relu_pool_row<T>)
    (row, x + from, mean, scale, shift, a.y.adds(), y + to, index + to);
  });
}

// Number of chunks of rows of windows that are summed separately; depends on the problem only.
std::int64_t chunks_of(const BnReluPoolProblem& p) {
  return std::clamp<std::int64_t>(p.batch * p.out_t, 1, 64);
}

std::size_t backward_scratch(const BnReluPoolProblem& p) {
  return 2 * Workspace::bytes<float>(static_cast<std::size_t>(chunks_of(p) * p.channels)) +
         3 * channel_bytes(p);
}

template <class T>
void backward_one_pass(const BnReluPoolProblem& p, const BnReluPoolBackward::Args& a, Workspace workspace) {
  const BnReluPoolRow row = row_of(p);
  const std::int64_t chunks = chunks_of(p), pooled_rows = p.batch * p.out_t;
  const std::int64_t x_row = p.f * p.channels, y_row = p.out_f * p.channels;
  const T* x = a.x.data<T>();
  const T* dy = a.dy.data<T>();
  const auto* index = a.index.data<std::uint8_t>();
  const float* mean = a.mean.data<float>();
  const float* inv_std = a.inv_std.data<float>();
  float* sum_dy = workspace.take<float>(static_cast<std::size_t>(chunks * p.channels));
  float* sum_dy_x = workspace.take<float>(static_cast<std::size_t>(chunks * p.channels));
  float* dy_factor = workspace.take<float>(static_cast<std::size_t>(p.channels));
  float* x_factor = workspace.take<float>(static_cast<std::size_t>(p.channels));
  float* constant = workspace.take<float>(static_cast<std::size_t>(p.channels));

  launch("bn_relu_pool_sums", chunks, [&](std::int64_t chunk) {
    float* of_dy = sum_dy + chunk * p.channels;
    float* of_dy_x = sum_dy_x + chunk * p.channels;
    std::fill_n(of_dy, p.channels, 0.0f);
    std::fill_n(of_dy_x, p.channels, 0.0f);
    for (std::int64_t r = pooled_rows * chunk / chunks; r < pooled_rows * (chunk + 1) / chunks; ++r) {
      const std::int64_t from = (r / p.out_t * p.t + r % p.out_t * p.kernel.t) * x_row;
      SONOGRAD_SIMD_CALL(bn_relu_pool_sums_row<T>)
      (row, x + from, dy + r * y_row, index + r * y_row, mean, of_dy, of_dy_x);
    }
  });
  for (std::int64_t c = 0; c < p.channels; ++c) {
    double total_dy = 0, total_dy_x = 0;
    for (std::int64_t i = c; i < chunks * p.channels; i += p.channels) {
      total_dy += static_cast<double>(sum_dy[i]);
      total_dy_x += static_cast<double>(sum_dy_x[i]);
    }
    if (a.dweight.view.defined()) store<float>(a.dweight, c, total_dy_x * static_cast<double>(inv_std[c]));
    if (a.dbias.view.defined()) store<float>(a.dbias, c, total_dy);
    const BatchNormGradient gradient(a.weight.data<float>()[c], inv_std[c], total_dy, total_dy_x,
                                     p.batch * p.t * p.f);
    dy_factor[c] = static_cast<float>(gradient.dy_factor);
    x_factor[c] = static_cast<float>(gradient.x_factor);
    constant[c] = static_cast<float>(gradient.constant);
  }
  if (!a.dx.view.defined()) return;
  T* dx = a.dx.data<T>();
  const Store mode = store_to(a.dx);
  launch("bn_relu_pool_backward", p.batch * p.t, [&](std::int64_t block) {
    const std::int64_t t = block % p.t, out_t = t / p.kernel.t;
    const std::int64_t to = (block / p.t * p.out_t + out_t) * y_row;
    const bool in_window = out_t < p.out_t;
    SONOGRAD_SIMD_CALL(bn_relu_pool_gradient_row<T>)
    (row, x + block * x_row, in_window ? dy + to : nullptr, in_window ? index + to : nullptr, t % p.kernel.t,
     mean, dy_factor, x_factor, constant, mode, dx + block * x_row);
  });
}

}  // namespace

extern const KernelVariant<BnReluPoolForward> bn_relu_pool_forward_one_pass = {
    .name = "one_pass",
    .why_not = float_or_bf16,
    .workspace = channel_bytes,
    .run = [](const BnReluPoolProblem& p, const BnReluPoolForward::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { forward_one_pass<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<BnReluPoolBackward> bn_relu_pool_backward_one_pass = {
    .name = "one_pass",
    .why_not = float_or_bf16,
    .workspace = backward_scratch,
    .run = [](const BnReluPoolProblem& p, const BnReluPoolBackward::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { backward_one_pass<decltype(tag)>(p, a, workspace); });
    }};

}  // namespace sonograd::kernels::cpu
