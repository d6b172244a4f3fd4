#include <gtest/gtest.h>

#include "kernels/core/context.h"
#include "kernels/gemm/gemm.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

// An empty sum, in every precision: no tile of it may be requested from hardware, which has no empty matrices.
TEST(EmptyProduct, IsZero) {
  for (const Device device : {Device{}, Device{DeviceKind::emulated, 0}}) {
    for (const DType dtype : {DType::f32, DType::bf16}) {
      for (const Precision precision : {Precision::strict, Precision::tf32, Precision::bf16}) {
        if (device.kind == DeviceKind::cpu && precision != Precision::strict) continue;
        SCOPED_TRACE(concat(device, ' ', name_of(dtype), ' ', name_of(precision)));
        const PrecisionScope ambient(precision);
        const auto zeros = [&](const Shape& shape) { return Tensor::zeros(shape, dtype, device); };
        const Tensor c = Tensor::full({3, 5}, 7.0).to(dtype).to(device);
        gemm(zeros({3, 0}), zeros({0, 5}), set(c));
        const Tensor result = c.to(Device{}).to(DType::f32);
        for (const float value : result.span<float>()) EXPECT_EQ(value, 0.0f);
        EXPECT_NO_THROW(gemm(zeros({0, 3}), zeros({3, 5}), set(zeros({0, 5}))));
      }
    }
  }
}

}  // namespace
}  // namespace sonograd::kernels
