// The recurrent taggers of Choi et al.: four blocks of 3x3 convolutions on maps of a multiple of 96 frames, and two GRU layers over
// the 96th part of the frames that is left.
#pragma once

#include "layers/dropout.h"
#include "layers/keras_gru.h"
#include "models/backs/padded.h"
#include "models/backs/sequence.h"
#include "models/taggers/choi.h"

namespace sonograd::models {

/// Product of the poolings, of time and of frequency alike; a map has zeros at both ends up to a multiple of it.
inline constexpr std::int64_t kChoiPoolings = 2 * 3 * 4 * 4;

/// Frames of the map with its zeros.
inline std::int64_t padded_frames(std::int64_t frames) {
  return (frames + kChoiPoolings - 1) / kChoiPoolings * kChoiPoolings;
}

/// Widths of the first block, of the other three, and of the recurrent layers.
struct ChoiRecurrentSizes {
  std::int64_t first, others, units;
  double block_dropout;  ///< behind every block
};

/// A network with the body spec, layer1 ... layer4, gru1, gru2.
class ChoiRecurrent : public LogMelNetwork {
 protected:
  ChoiRecurrent(const LogMelFront& front, const ChoiRecurrentSizes& sizes, std::int64_t labels)
      : LogMelNetwork(front, labels),
        sequence_width_(front.mel.n_mels / kChoiPoolings * sizes.others),
        sizes_(sizes) {}

  /// [N, frames, bands, 1] -> [N, padded_frames(frames), bands, 1]; of an odd number of zero frames one more is behind.
  static Variable padded(const Variable& map) { return padded_to_multiple(map, 1, kChoiPoolings); }

  /// Padded maps [N, 96 steps, bands, 1] -> the last state [N, units].
  Variable body(const Variable& map) const {
    Variable x = dropout_.forward(layer1_.forward(map));  // [N, 720, 48, first]
    x = dropout_.forward(layer2_.forward(x));             // [N, 240, 16, others]
    x = dropout_.forward(layer3_.forward(x));             // [N, 60, 4, others]
    x = dropout_.forward(layer4_.forward(x));             // [N, 15, 1, others]
    x = gru1_.forward(merged_bands(x));                   // [N, 15, units]
    return last_step(gru2_.forward(x));
  }

 private:
  std::int64_t sequence_width_;
  ChoiRecurrentSizes sizes_;
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, sizes_.first, choi_block(2)};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", sizes_.first, sizes_.others, choi_block(3)};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", sizes_.others, sizes_.others, choi_block(4)};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", sizes_.others, sizes_.others, choi_block(4)};
  layers::Part<layers::KerasGru> gru1_{*this, "gru1", sequence_width_, sizes_.units};
  layers::Part<layers::KerasGru> gru2_{*this, "gru2", sizes_.units, sizes_.units};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", sizes_.block_dropout};
};

}  // namespace sonograd::models
