#include "audio/synth/fluidsynth.h"

namespace sonograd::audio::synth {

const FluidSynth& fluidsynth() {
  static const FluidSynth instance;
  return instance;
}

}  // namespace sonograd::audio::synth
