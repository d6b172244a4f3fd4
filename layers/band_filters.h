// Filters over some frames and bands of a spectrogram, and the maximum over all bands (Pons et al., "End-to-end learning for music
// audio tagging at scale", ISMIR 2018; the musicnn library).
#pragma once

#include "layers/conv.h"
#include "layers/derived.h"
#include "layers/norm.h"
#include "layers/part.h"

namespace sonograd::layers {

/// y[n, t, c] = max over f of norm(relu(conv(x)))[n, t, f, c]: [N, T, F, in] -> [N, T', out]. Parts: conv and bn.
///
/// In evaluation inside NoGrad the norm comes last, behind one op that never stores the map: it grows with its argument where
/// its weight is at least 0, and falls elsewhere. There the filter is negated, since the minimum of z is -max(-z).
class BandFilters : public Layer {
 public:
  BandFilters(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair kernel,
              const Conv2dOptions& options, const BatchNormOptions& norm);
  Variable forward(const Variable& x) const override;

 private:
  // Filters with the sign of the weight of the norm; `sign` is undefined where all are at least 0.
  struct Signed {
    Variable weight, bias, sign;
    mutable kernels::WeightCache cache;  // the weights in the layout of a kernel
  };
  std::unique_ptr<const Signed> with_signs() const;
  Variable relu_of_extrema(const Variable& x) const;

  kernels::Pair kernel_;
  Conv2dOptions options_;
  Part<Conv2d> conv_;
  Part<BatchNorm> norm_;
  Derived<Signed> signed_;
};

}  // namespace sonograd::layers
