#include "kernels/mask/mask.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<MaskMaps> mask_maps_reference, mask_maps_fill;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<MaskMaps> mask_maps_block_per_map;)

namespace {

constexpr const KernelVariant<MaskMaps>* kMask[] = {
    &cpu::mask_maps_reference,
    &cpu::mask_maps_fill,
    SONOGRAD_ON_CUDA(mask_maps_block_per_map),
};

}  // namespace

MaskProblem MaskProblem::make(const Shape& x, const Shape& rectangles, DType dtype) {
  if (x.rank() != 3) throw ShapeError(concat("[mask_maps] x: expected axes [N, T, F], got ", x));
  if (rectangles.rank() != 3 || rectangles[0] != x[0] || rectangles[2] != 4) {
    throw ShapeError(concat("[mask_maps] rectangles: expected [", x[0], ", R, 4], got ", rectangles));
  }
  return {x[0], x[1], x[2], rectangles[1], dtype};
}

void mask_maps(const MaskProblem& p, const View& x, const View& rectangles, const Out& y) {
  check_dense("mask_maps", "x", x, p.shape(), p.dtype);
  check_dense("mask_maps", "rectangles", rectangles, p.rectangles_shape(), DType::i32);
  check_dense("mask_maps", "y", y.view, p.shape(), p.dtype);
  run<MaskMaps>(kMask, p, {x, rectangles, y});
}

TableList mask_tables() {
  return {describe<MaskMaps>(kMask)};
}

}  // namespace sonograd::kernels
