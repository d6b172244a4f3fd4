// FluidSynth, opened when music is first rendered: it loads sixty libraries, which most commands do not need.
#pragma once

#include <fluidsynth.h>

#include "tensor/support/shared_library.h"

namespace sonograd::audio::synth {

struct FluidSynth {
  SharedLibrary library{"libfluidsynth.so.3"};
  SONOGRAD_LIBRARY_FUNCTION(fluid_version_str);
  SONOGRAD_LIBRARY_FUNCTION(fluid_set_log_function);
  SONOGRAD_LIBRARY_FUNCTION(new_fluid_settings);
  SONOGRAD_LIBRARY_FUNCTION(delete_fluid_settings);
  SONOGRAD_LIBRARY_FUNCTION(fluid_settings_setint);
  SONOGRAD_LIBRARY_FUNCTION(fluid_settings_setnum);
  SONOGRAD_LIBRARY_FUNCTION(new_fluid_synth);
  SONOGRAD_LIBRARY_FUNCTION(delete_fluid_synth);
  SONOGRAD_LIBRARY_FUNCTION(fluid_is_soundfont);
  SONOGRAD_LIBRARY_FUNCTION(fluid_synth_sfload);
  SONOGRAD_LIBRARY_FUNCTION(fluid_synth_program_change);
  SONOGRAD_LIBRARY_FUNCTION(fluid_synth_cc);
  SONOGRAD_LIBRARY_FUNCTION(fluid_synth_noteon);
  SONOGRAD_LIBRARY_FUNCTION(fluid_synth_noteoff);
  SONOGRAD_LIBRARY_FUNCTION(fluid_synth_write_float);
};

/// FluidSynth of this process; its functions may be called when `library.why_not()` is nullptr.
const FluidSynth& fluidsynth();

}  // namespace sonograd::audio::synth
