// What the rungs of layer norm pass to their kernels.
#pragma once

#include "kernels/layer_norm/layer_norm.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct LayerNormForwardParams {
  const float *x, *weight, *bias;  // [rows, width], [width]
  float *y, *mean, *inv_std;       // [rows, width], [rows]
  std::int64_t rows, width;
  float eps;
  bool add;

  LayerNormForwardParams(const LayerNormProblem& p, const LayerNormForward::Args& a)
      : x(a.x.data<float>()),
        weight(a.weight.data<float>()),
        bias(a.bias.data<float>()),
        y(a.y.data<float>()),
        mean(a.mean.data<float>()),
        inv_std(a.inv_std.data<float>()),
        rows(p.rows),
        width(p.width),
        eps(static_cast<float>(p.eps)),
        add(a.y.adds()) {}
};

struct LayerNormBackwardParams {
  const float *x, *weight, *mean, *inv_std, *dy;  // [rows, width], [width], [rows], [rows], [rows, width]
  float* dx;                                      // [rows, width]
  std::int64_t rows, width;
  bool add;

  LayerNormBackwardParams(const LayerNormProblem& p, const LayerNormBackwardData::Args& a)
      : x(a.x.data<float>()),
        weight(a.weight.data<float>()),
        mean(a.mean.data<float>()),
        inv_std(a.inv_std.data<float>()),
        dy(a.dy.data<float>()),
        dx(a.dx.data<float>()),
        rows(p.rows),
        width(p.width),
        add(a.dx.adds()) {}
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
