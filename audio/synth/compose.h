// The composer: makes a piece in a style.
#pragma once

#include "audio/synth/piece.h"
#include "tensor/random.h"

namespace sonograd::audio::synth {

/// A piece of `seconds` > 0 in `style`, a pure function of the arguments. `style` must outlive the piece.
Piece compose(const Style& style, double seconds, Random random);

}  // namespace sonograd::audio::synth
