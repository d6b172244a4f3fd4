#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"

#include "kernels/core/check.h"
#include "kernels/core/select.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool_cpu.h"

namespace sonograd::kernels {
namespace {

constexpr const KernelVariant<BnReluPoolForward>* kForward[] = {
    &cpu::bn_relu_pool_forward_composed,
    &cpu::bn_relu_pool_forward_one_pass,
};
constexpr const KernelVariant<BnReluPoolBackward>* kBackward[] = {
    &cpu::bn_relu_pool_backward_composed,
    &cpu::bn_relu_pool_backward_one_pass,
};

void check_channels(const BnReluPoolProblem& p, std::string_view name, const View& view) {
  check_dense("bn_relu_pool", name, view, {p.channels}, p.dtype);
}

}  // namespace

BnReluPoolProblem BnReluPoolProblem::make(const Shape& x, Pair pool, DType dtype) {
  const BnReluPoolProblem p{PoolProblem::make(x, pool, pool, dtype)};
  if (p.window() > kMaxByteWindow) {
    throw ShapeError(concat("[bn_relu_pool] windows of at most 255 cells, got ", pool.t, " x ", pool.f));
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
  run<BnReluPoolForward>(kForward, p, {x, mean, inv_std, weight, bias, y, index}, x.device);
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
  run<BnReluPoolBackward>(kBackward, p, {x, dy, index, mean, inv_std, weight, dx, dweight, dbias}, x.device);
}

TableList bn_relu_pool_tables() {
  return {describe<BnReluPoolForward>(kForward), describe<BnReluPoolBackward>(kBackward)};
}

}  // namespace sonograd::kernels
