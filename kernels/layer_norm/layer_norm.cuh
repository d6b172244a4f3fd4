// Parameters of the kernels of layer norm. T is the storage type of x, y and their gradients.
#pragma once

#include "kernels/layer_norm/layer_norm.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

template <class T>
struct LayerNormForwardParams {
  const T* x;                  // [rows, width]
  const float *weight, *bias;  // [width]
  T* y;                        // [rows, width]
  float *mean, *inv_std;       // [rows]
  std::int64_t rows, width;
  float eps;
  bool add;

  LayerNormForwardParams(const LayerNormProblem& p, const LayerNormForward::Args& a)
      : x(a.x.data<T>()),
        weight(a.weight.data<float>()),
        bias(a.bias.data<float>()),
        y(a.y.data<T>()),
        mean(a.mean.data<float>()),
        inv_std(a.inv_std.data<float>()),
        rows(p.rows),
        width(p.width),
        eps(static_cast<float>(p.eps)),
        add(a.y.adds()) {}
};

template <class T>
struct LayerNormBackwardParams {
  const T *x, *dy;                       // [rows, width]
  const float *weight, *mean, *inv_std;  // [width], [rows], [rows]
  T* dx;                                 // [rows, width]
  std::int64_t rows, width;
  bool add;

  LayerNormBackwardParams(const LayerNormProblem& p, const LayerNormBackwardData::Args& a)
      : x(a.x.data<T>()),
        dy(a.dy.data<T>()),
        weight(a.weight.data<float>()),
        mean(a.mean.data<float>()),
        inv_std(a.inv_std.data<float>()),
        dx(a.dx.data<T>()),
        rows(p.rows),
        width(p.width),
        add(a.dx.adds()) {}
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
