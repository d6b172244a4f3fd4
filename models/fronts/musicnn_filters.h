// The filters at the beginning of musicnn, on log-mel: as tall as timbre, and as long as rhythm.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018, as
// implemented in PyTorch for Won et al., "Evaluation of CNN-based automatic music tagging models", SMC 2020.
#pragma once

#include <array>
#include <string_view>

#include "layers/conv_unit.h"

namespace sonograd::models {

/// Timbral: 4 n filters of 7 frames by 67 bands and 4 n of 7 by 38, each with its maximum over the positions along frequency.
/// Temporal: mean over the bands, then n filters each of 129, 65 and 33 frames. All keep the frames. The heights are 0.7 and 0.4
/// of the published 96 bands, also for another number of bands. Not a module of its own: its parts are parts of `network` under
/// the names of published files.
class MusicnnFilters {
 public:
  /// Features of a frame.
  struct Features {
    Variable timbral;   ///< [N, T, 8 n]
    Variable temporal;  ///< [N, T, 3 n]
  };

  /// `names` of the units: tall, short, long, medium and brief ones. `filters`: n, 51 in published networks. Throws ConfigError
  /// for fewer than 67 bands.
  MusicnnFilters(layers::Module& network, const std::array<std::string_view, 5>& names, std::int64_t filters,
                 std::int64_t bands);

  /// A map [N, T, bands, 1].
  Features forward(const Variable& map) const;

  static constexpr std::int64_t timbral(std::int64_t filters) { return 8 * filters; }
  static constexpr std::int64_t temporal(std::int64_t filters) { return 3 * filters; }

 private:
  layers::Part<layers::ConvUnit2d> tall_, short_;
  layers::Part<layers::ConvUnit1d> long_, medium_, brief_;
};

}  // namespace sonograd::models
