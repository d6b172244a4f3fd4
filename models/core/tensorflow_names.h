// Names and layouts of TensorFlow 1 (tf.layers) for the state of our layers.
#pragma once

#include <span>
#include <string_view>

#include "models/core/published.h"

namespace sonograd::models {

/// A layer of ours and the scope of its variables: {"cnn1.conv", "conv2d_5"}.
struct TensorFlowLayer {
  std::string_view ours, theirs;
};

/// The variable that holds an entry of one of `layers`: `kernel` and `bias`, or `gamma`, `beta`, `moving_mean` and
/// `moving_variance` of a norm. Kernels are [kT, kF, in, out] of a map (ours [out, kT, kF, in]), [k, in, 1, out] of a sequence,
/// which is a map there (ours [out, k, in]), and [in, out] of a linear layer (ours [out, in]). Entries of other layers keep
/// their names and layouts.
PublishedTensor published_by_tensorflow(const layers::StateInfo& entry,
                                        std::span<const TensorFlowLayer> layers);

/// The same for a layer behind maxima and means of `channels`: in ours all maxima come first, in the file the maximum and the
/// mean of each channel are neighbours. The entry is a vector [2 channels] or a linear weight [out, 2 channels].
PublishedTensor interleaved(PublishedTensor published, const layers::StateInfo& entry, std::int64_t channels);

}  // namespace sonograd::models
