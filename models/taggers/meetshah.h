// Common part of Meet Shah's networks: the blocks of Choi's taggers with ReLU.
// Meet Shah, "crnn-music-genre-classification", GitHub, 2017: music_tagger_cnn and music_tagger_crnn in TensorFlow, for ten genres.
#pragma once

#include "models/taggers/choi.h"

namespace sonograd::models {

/// 3x3 convolution, norm, ReLU and maximum.
inline layers::ConvUnitOptions<layers::Conv2d> meetshah_block(kernels::Pair pool) {
  layers::ConvUnitOptions<layers::Conv2d> block = choi_block(pool);
  block.activation = layers::Activation::relu;
  return block;
}

}  // namespace sonograd::models
