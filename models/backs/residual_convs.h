// The middle of the musicnn networks: convolutions over time behind the features of the front filters, and their summary.
// Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR-LBD 2019.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "layers/conv_unit.h"
#include "models/core/outputs.h"

namespace sonograd::models {

/// Names of the outputs, which are those of the features of the musicnn library.
inline constexpr std::string_view kTimbral = "timbral", kTemporal = "temporal", kMeanPool = "mean_pool",
                                  kMaxPool = "max_pool";
inline constexpr std::array<std::string_view, 3> kCnn = {"cnn1", "cnn2", "cnn3"};

/// The scores of the tags of a chunk, sigmoid of the logits, under the name that they have in the musicnn library.
inline constexpr std::string_view kTaggram = "taggram";
OutputInfo taggram_info(std::int64_t labels);

/// Extents of a network of this kind.
struct MusicnnSizes {
  std::int64_t frames, timbral, temporal, channels;

  std::int64_t features() const { return timbral + temporal; }
  std::int64_t pooled() const { return features() + 3 * channels; }
};

/// `timbral` [frames, C], `temporal`, `cnn1` to `cnn3`, `mean_pool` [C] and `max_pool`.
std::vector<OutputInfo> musicnn_outputs(const MusicnnSizes& sizes);

/// Three convolutions of 7 frames, the second and third with a shortcut behind the activation; then maximum and mean over time
/// of the features and of the three results, side by side. Not a module of its own: its parts are parts of `network` under the
/// names of published files.
class ResidualConvs {
 public:
  ResidualConvs(layers::Module& network, const std::array<std::string_view, 3>& names, std::int64_t features,
                std::int64_t channels, layers::UnitOrder order, const layers::BatchNormOptions& norm = {});

  /// `timbral` and `temporal` features [N, T, C] -> [N, 2 P]: all maxima, then all means, of P = features + 3 channels. Sets
  /// the outputs of `musicnn_outputs`.
  Variable forward(const Variable& timbral, const Variable& temporal, Outputs& outputs) const;

 private:
  layers::Part<layers::ConvUnit1d> first_, second_, third_;
};

}  // namespace sonograd::models
