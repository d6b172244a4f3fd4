#include <cuda.h>

#include "kernels/simt/tile_layout.h"
#include "tensor/device/cuda_runtime.h"

namespace sonograd::kernels::cuda {
namespace {

// The function of the driver, found on first use: the binary is not linked to the driver.
auto encode_function() {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult status;
  CHECK_CUDA(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault,
                                              &status));
  if (status != cudaDriverEntryPointSuccess)
    throw DeviceError("the driver of the GPU has no cuTensorMapEncodeTiled");
  return reinterpret_cast<decltype(&cuTensorMapEncodeTiled)>(function);
}

}  // namespace

TileMap make_tile_map(const TileLayout& layout) {
  static_assert(sizeof(CUtensorMap) == sizeof(TileMap));
  check_tile_layout(layout);
  static const auto encode = encode_function();
  TileMap map;
  const cuuint64_t extents[] = {static_cast<cuuint64_t>(layout.columns),
                                static_cast<cuuint64_t>(layout.rows)};
  const cuuint64_t pitch[] = {static_cast<cuuint64_t>(layout.pitch) * sizeof(bf16)};
  const cuuint32_t box[] = {64, static_cast<cuuint32_t>(layout.tile_rows)};
  const cuuint32_t steps[] = {1, 1};
  const CUresult status = encode(reinterpret_cast<CUtensorMap*>(&map), CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2,
                                 const_cast<bf16*>(layout.data), extents, pitch, box, steps,
                                 CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                                 CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (status != CUDA_SUCCESS) {
    throw DeviceError(concat("tile map of ", layout.rows, 'x', layout.columns, ", pitch ", layout.pitch,
                             ", tiles of ", layout.tile_rows, " rows: driver error ",
                             static_cast<int>(status)));
  }
  return map;
}

}  // namespace sonograd::kernels::cuda
