#include <gtest/gtest.h>

#include "kernels/core/context.h"
#include "kernels/gemm/gemm.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

// A sum of nothing, in every precision: no tile of it may be asked of hardware that knows no empty matrix.
TEST(EmptyProduct, IsZeroOnADevice) {
  const Device device{DeviceKind::emulated, 0};
  for (const Precision precision : {Precision::strict, Precision::tf32, Precision::bf16}) {
    const PrecisionScope ambient(precision);
    const Tensor a = Tensor::zeros({3, 0}).to(device), b = Tensor::zeros({0, 5}).to(device),
                 c = Tensor::full({3, 5}, 7.0).to(device);
    gemm(a, b, set(c));
    const Tensor result = c.to(Device{});
    for (const float value : result.span<float>()) EXPECT_EQ(value, 0.0f) << name_of(precision);
    const Tensor empty = Tensor::zeros({0, 5}).to(device);
    EXPECT_NO_THROW(gemm(Tensor::zeros({0, 3}).to(device), Tensor::zeros({3, 5}).to(device), set(empty)));
  }
}

}  // namespace
}  // namespace sonograd::kernels
