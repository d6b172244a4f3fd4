// The spectrogram front end of Pons et al.: filters along frequency for timbre, and along time for rhythm, side by side.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018.
#pragma once

#include <memory>
#include <vector>

#include "layers/band_filters.h"
#include "layers/conv_unit.h"
#include "layers/part.h"

namespace sonograd::models {

/// [N, T, bands, 1] -> [N, T, 29 n]. timbral1 to timbral6: filters of 7, 3 and 1 frames by 0.9 and by 0.4 of the bands, with n,
/// 2n and 4n channels; maximum over the positions along frequency. temporal1 to temporal4: mean over the bands, then filters of
/// 165, 128, 64 and 32 frames with n, 2n, 4n and 8n channels. Every convolution keeps the frames (zeros around them, the odd one
/// behind) and is followed by ReLU, then by a norm.
class PonsSpectrogramFront : public layers::Module {
 public:
  /// `width`: n, 16 in the paper. Throws ConfigError for fewer than 3 bands.
  PonsSpectrogramFront(std::int64_t bands, std::int64_t width);
  Variable forward(const Variable& x) const;

  static constexpr std::int64_t features(std::int64_t width) { return 29 * width; }

 private:
  std::vector<std::unique_ptr<const layers::BandFilters>> timbral_;
  std::vector<std::unique_ptr<const layers::ConvUnit1d>> temporal_;
};

}  // namespace sonograd::models
