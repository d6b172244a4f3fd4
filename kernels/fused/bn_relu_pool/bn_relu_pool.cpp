#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/check.h"
#include "kernels/core/composed.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/stored.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<BnReluPoolForward> bn_relu_pool_forward_one_pass;
extern const KernelVariant<BnReluPoolBackward> bn_relu_pool_backward_one_pass;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<BnReluPoolForward> bn_relu_pool_forward_one_pass;
                   extern const KernelVariant<BnReluPoolBackward> bn_relu_pool_backward_one_pass;)

namespace {

// ---- composed: the plain kernels one after the other.
BatchNormProblem norm_of(const PoolProblem& p) {
  return BatchNormProblem::make(p.input_shape(), p.dtype);
}

std::size_t map_bytes(const BnReluPoolProblem& p) {
  return Workspace::bytes(p.input_shape(), p.dtype);
}

constexpr EveryDevice<BnReluPoolForward> kForwardComposed({
    .name = "composed",
    .workspace =
        [](const BnReluPoolProblem& p) {
          return Workspace::bytes(p.input_shape(), computed_dtype(p.dtype)) +
                 float32_copy_bytes(p.input_shape(), p.dtype) + float32_copy_bytes(p.output_shape(), p.dtype);
        },
    .run =
        [](const BnReluPoolProblem& p, const BnReluPoolForward::Args& a, const Context&,
           Workspace workspace) {
          PoolProblem pool = p;  // on the map before it is rounded
          pool.dtype = computed_dtype(p.dtype);
          const View map = workspace.take(p.input_shape(), pool.dtype, a.x.device);
          const View x = in_float32(a.x, workspace);
          const Float32Result y(a.y, workspace);
          batch_norm_apply(norm_of(pool), x, a.mean, a.inv_std, a.weight, a.bias, set(map));
          max_pool_forward(pool, map, y.out(), a.index);
          y.store();
        },
});
constexpr EveryDevice<BnReluPoolBackward> kBackwardComposed({
    .name = "composed",
    .workspace = map_bytes,
    .run =
        [](const BnReluPoolProblem& p, const BnReluPoolBackward::Args& a, const Context&,
           Workspace workspace) {
          const View dz = workspace.take(p.input_shape(), p.dtype, a.x.device);
          max_pool_backward(p, a.dy, a.index, set(dz));
          batch_norm_backward(norm_of(p), a.x, dz, a.mean, a.inv_std, a.weight, true, a.dx, a.dweight,
                              a.dbias);
        },
});

constexpr const KernelVariant<BnReluPoolForward>* kForward[] = {
    SONOGRAD_ON_EVERY_DEVICE(kForwardComposed),
    &cpu::bn_relu_pool_forward_one_pass,
    SONOGRAD_ON_CUDA(bn_relu_pool_forward_one_pass),
};
constexpr const KernelVariant<BnReluPoolBackward>* kBackward[] = {
    SONOGRAD_ON_EVERY_DEVICE(kBackwardComposed),
    &cpu::bn_relu_pool_backward_one_pass,
    SONOGRAD_ON_CUDA(bn_relu_pool_backward_one_pass),
};

void check_channels(const BnReluPoolProblem& p, std::string_view name, const View& view) {
  check_dense("bn_relu_pool", name, view, {p.channels}, computed_dtype(p.dtype));
}

}  // namespace

BnReluPoolProblem BnReluPoolProblem::make(const Shape& x, Pair pool, DType dtype) {
  BnReluPoolProblem p{PoolProblem::make(x, pool, pool, dtype)};
  if (x.numel() == 0) throw ShapeError(concat("[bn_relu_pool] x: expected at least one value, got ", x));
  p.rectify = true;
  if (p.window() > kMaxByteWindow) {
    throw ShapeError(
        concat("[bn_relu_pool] pool: expected windows of at most 255 cells, got ", pool.t, " x ", pool.f));
  }
  return p;
}

void bn_relu_pool_forward(const BnReluPoolProblem& p, const View& x, const View& mean, const View& inv_std,
                          const View& weight, const View& bias, const Out& y, const View& index) {
  check_dense("bn_relu_pool", "x", x, p.input_shape(), p.dtype);
  check_channels(p, "mean", mean);
  check_channels(p, "inv_std", inv_std);
  check_channels(p, "weight", weight);
  check_channels(p, "bias", bias);
  check_dense("bn_relu_pool", "y", y.view, p.output_shape(), p.dtype);
  check_dense("bn_relu_pool", "index", index, p.output_shape(), DType::u8);
  run<BnReluPoolForward>(kForward, p, {x, mean, inv_std, weight, bias, y, index});
}

void bn_relu_pool_backward(const BnReluPoolProblem& p, const View& x, const View& dy, const View& index,
                           const View& mean, const View& inv_std, const View& weight, const Out& dx,
                           const Out& dweight, const Out& dbias) {
  check_dense("bn_relu_pool", "x", x, p.input_shape(), p.dtype);
  check_dense("bn_relu_pool", "dy", dy, p.output_shape(), p.dtype);
  check_dense("bn_relu_pool", "index", index, p.output_shape(), DType::u8);
  check_channels(p, "mean", mean);
  check_channels(p, "inv_std", inv_std);
  check_channels(p, "weight", weight);
  if (dx.view.defined()) check_dense("bn_relu_pool", "dx", dx.view, p.input_shape(), p.dtype);
  if (dweight.view.defined()) check_channels(p, "dweight", dweight.view);
  if (dbias.view.defined()) check_channels(p, "dbias", dbias.view);
  run<BnReluPoolBackward>(kBackward, p, {x, dy, index, mean, inv_std, weight, dx, dweight, dbias});
}

TableList bn_relu_pool_tables() {
  return {describe<BnReluPoolForward>(kForward), describe<BnReluPoolBackward>(kBackward)};
}

}  // namespace sonograd::kernels
