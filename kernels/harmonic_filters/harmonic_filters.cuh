// Operands of the harmonic filters.
#pragma once

#include "kernels/harmonic_filters/harmonic_filters.h"
#include "kernels/harmonic_filters/triangle.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct FilterParams {
  const float* centres;  // [bands]
  const float* q;        // [1]
  const float* x;        // [rows, bins]; null: of the input gradient
  const float* dy;       // [rows, bands]; null: of the forward pass
  float* out;            // [rows, bands], [rows, bins] or [1]
  std::int64_t rows, bands;
  int bins;
  float bin_width;
  bool add;

  __device__ Triangle<float> filter(std::int64_t band) const { return {centres[band], q[0], bin_width}; }
};

/// The operands of any direction; an argument that it lacks is an undefined view.
inline FilterParams filter_params(const HarmonicFiltersProblem& p, const View& centres, const View& q,
                                  const View& x, const View& dy, const Out& out) {
  return {centres.data<float>(),
          q.data<float>(),
          x.defined() ? x.data<float>() : nullptr,
          dy.defined() ? dy.data<float>() : nullptr,
          out.data<float>(),
          p.rows,
          p.bands(),
          static_cast<int>(p.bins),
          static_cast<float>(p.bin_width),
          out.adds()};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
