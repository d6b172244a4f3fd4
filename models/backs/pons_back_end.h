// The back end of Pons et al., shared by their waveform and spectrogram networks.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018.
#pragma once

#include <vector>

#include "layers/conv_unit.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/non_local_places.h"
#include "models/core/option_list.h"
#include "models/core/outputs.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Norms of the published code: batch_normalization of TensorFlow 1 with a decay of 0.99.
inline constexpr layers::BatchNormOptions kPonsNorm = {.eps = 1e-3, .momentum = 0.01};

/// Fewest frames that the back end takes: two behind the first convolution, for the pooling.
inline constexpr std::int64_t kPonsLeastFrames = 8;

struct PonsBackOptions {
  std::int64_t filters = 512;                 ///< of each convolution
  std::int64_t units = 500;                   ///< of the dense layer
  double dropout = 0.5;                       ///< before either dense layer
  NonLocalPlaces non_local{.last_layer = 3};  ///< behind conv1, conv2 and conv3

  void list(OptionList& all);
  /// Sets the sizes from the tensors of the part `name` and returns the number of labels. Throws ModelError as `extent_of`.
  std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name = "back");
  std::vector<OpenOption> open_options() const { return non_local.open_options(); }
};

/// `frames` behind the front end. Throws ShapeError for fewer than kPonsLeastFrames.
std::int64_t checked_pons_frames(std::int64_t frames);

/// conv1 (7 x features, no padding) -> conv2 -> pool 2 -> conv3, the last two with a shortcut; maximum and mean over time of each
/// filter; dense1 -> bn -> dense2. Every convolution and dense1 are followed by ReLU, and then by a norm; bn2 and bn3, behind
/// conv2 and conv3, have one mean, variance, gain and offset for the whole map, as in the published code. Non-local blocks, parts
/// non_local1 to non_local3, are behind the norm of conv1 and behind the sums with the shortcuts.
class PonsBackEnd : public layers::Module {
 public:
  PonsBackEnd(std::int64_t features, const PonsBackOptions& options, std::int64_t labels);

  /// x [N, T, features], T >= kPonsLeastFrames. Sets `logits` [N, labels], `penultimate` [N, units], behind bn, `cnn1`
  /// [N, T - 6, filters], `cnn2`, with its shortcut, `cnn3` [N, (T - 6) / 2, filters], `max_pool` [N, filters] and `mean_pool`.
  /// Throws ShapeError for fewer frames.
  void forward(const Variable& x, Outputs& outputs) const;
  /// Outputs beside `logits` and `penultimate` for T frames.
  std::vector<OutputInfo> outputs(std::int64_t frames) const;

 private:
  PonsBackOptions options_;
  layers::Part<layers::ConvUnit1d> conv1_;
  NonLocalPart non_local1_;
  layers::Part<layers::ConvUnit1d> conv2_;
  layers::Part<layers::BatchNorm> bn2_;
  NonLocalPart non_local2_;
  layers::Part<layers::ConvUnit1d> conv3_;
  layers::Part<layers::BatchNorm> bn3_;
  NonLocalPart non_local3_;
  layers::Part<layers::Dropout> dropout1_;
  layers::Part<layers::Linear> dense1_;
  layers::Part<layers::BatchNorm> bn_;
  layers::Part<layers::Dropout> dropout2_;
  layers::Part<layers::Linear> dense2_;
};

}  // namespace sonograd::models
