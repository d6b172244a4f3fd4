// Steps of GRU and LSTM cells; T is float or bf16. Products of a state and a weight that stays in cache, packed in panels of
// neighbouring columns: [panel][k][columns of a panel], zero behind the last column.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

/// Most sequences whose states are multiplied together: a packed weight is read once for all of them.
inline constexpr std::int64_t kSequencesTogether = 4;
/// A multiple of the columns of a panel, to which rows of products are padded.
inline constexpr std::int64_t kPaddedColumns = 32;

/// A matrix [depth, columns] of any strides.
template <class T>
struct PanelSource {
  const T* matrix;
  std::int64_t depth, columns, depth_step, column_step;
};

/// out[row][column] = start[row][column] + sum over k of in[row][k] * matrix[k][column], k in order: the bits of a row do not
/// depend on the other rows. Rows of `start` and `out` are padded to kPaddedColumns.
struct PanelProduct {
  const float* packed;
  std::int64_t depth, columns;
  const float* in;
  std::int64_t in_step;
  const float* start;
  std::int64_t start_step;  // 0: the same row for all
  float* out;
  std::int64_t out_step;
};

/// One step of one sequence and direction: the arrays of its H units, H apart where there are several.
template <class T>
struct CellStep {
  const T* gates;        // [G, H]
  const float* product;  // [G, H], the products of h, with their bias
  float *h, *c;          // [H]; c: LSTM only
  T* y;                  // [H]
  float* saved;          // [S, H]
};
template <class T>
struct CellStepGradient {
  const float* saved;   // [S, H]
  const T *h, *dy;      // [H]; h before the step
  const float* c;       // [H], c before the step: LSTM only
  float *dh, *dc;       // [H]: gradient of the state behind the step, then the part of that before it
  float* dproduct;      // [G, H]: gradient of the products
  T *dgates, *dhidden;  // [G, H]; dhidden: GRU only
  T* before;            // [H]
};

// clang-format off
SONOGRAD_SIMD_DECLARE(template <class T> void pack_panels(const PanelSource<T>& from, float* packed))
SONOGRAD_SIMD_DECLARE(void multiply_panels(const PanelProduct& p, std::int64_t rows))
SONOGRAD_SIMD_DECLARE(template <class T> void gru_step(const CellStep<T>& s, std::int64_t units))
SONOGRAD_SIMD_DECLARE(template <class T, bool kHardGates> void lstm_step(const CellStep<T>& s, std::int64_t units))
SONOGRAD_SIMD_DECLARE(template <class T> void gru_step_gradient(const CellStepGradient<T>& s, std::int64_t units))
SONOGRAD_SIMD_DECLARE(template <class T, bool kHardGates> void lstm_step_gradient(const CellStepGradient<T>& s, std::int64_t units))
// clang-format on

}  // namespace sonograd::kernels::cpu
