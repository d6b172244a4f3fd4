// Cepstra of log-mel maps with a gradient: the values of audio/features.h as a part of a network.
#pragma once

#include <memory>
#include <vector>

#include "layers/layer.h"
#include "layers/norm.h"
#include "layers/parameter.h"
#include "layers/part.h"
#include "models/core/weights.h"

namespace sonograd::models {

/// Frames that a derivative in time takes, as in librosa.feature.delta.
inline constexpr std::int64_t kDeltaFrames = 9;

struct CepstrumOptions {
  std::int64_t n_mfcc = 20;  ///< coefficients, 1 to the number of bands
  std::int64_t deltas = 2;   ///< derivatives in time: 0 none, 1 the first, 2 the first and the second

  /// Sets both from the tensors of the part `name`. Throws ModelError as `extent_of`.
  void read_sizes(const io::NamedTensors& weights, std::string_view name);
};

/// Mel-frequency cepstral coefficients of log-mel maps, each coefficient and each of its derivatives normalised by itself:
/// [N, frames, bands, 1] -> [N, frames, n_mfcc, 1 + deltas]. The coefficients are the orthonormal DCT-II of the bands (Davis and
/// Mermelstein, 1980), derivatives those of Savitzky and Golay (1964) over `kDeltaFrames`, which the ends repeat. Parts: bn, delta1_bn,
/// delta2_bn. Throws ConfigError for options out of range, ShapeError for other maps or too few frames.
class Cepstrum : public layers::Layer {
 public:
  Cepstrum(std::int64_t bands, const CepstrumOptions& options);
  Variable forward(const Variable& map) const override;

 private:
  struct Derivative {
    Derivative(layers::Module& owner, std::int64_t order, std::int64_t n_mfcc);
    Variable of(const Variable& coefficients) const;

    layers::Buffer weights;
    layers::Part<layers::BatchNorm> norm;
  };

  layers::Buffer cosines_;
  layers::Part<layers::BatchNorm> norm_;
  std::vector<std::unique_ptr<const Derivative>> derivatives_;
};

}  // namespace sonograd::models
