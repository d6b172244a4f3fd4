#include "audio/synth/render.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>

#include "audio/resample.h"
#include "audio/synth/fluidsynth.h"
#include "tensor/support/error.h"

namespace sonograd::audio::synth {
namespace {

// FluidSynth resamples its 44.1 kHz samples without a low-pass filter. At twice the output rate the aliases lie
// above the band that the decimation keeps.
constexpr int kOversampling = 2;

struct Deleter {
  void operator()(fluid_settings_t* settings) const { fluidsynth().delete_fluid_settings(settings); }
  void operator()(fluid_synth_t* synth) const { fluidsynth().delete_fluid_synth(synth); }
};
using Settings = std::unique_ptr<fluid_settings_t, Deleter>;
using Synth = std::unique_ptr<fluid_synth_t, Deleter>;

Settings make_settings(int sample_rate) {
  Settings settings(fluidsynth().new_fluid_settings());
  fluidsynth().fluid_settings_setnum(settings.get(), "synth.sample-rate", sample_rate);
  fluidsynth().fluid_settings_setint(settings.get(), "synth.cpu-cores", 1);
  fluidsynth().fluid_settings_setint(settings.get(), "synth.threadsafe-api", 0);
  fluidsynth().fluid_settings_setint(settings.get(), "synth.lock-memory", 0);
  fluidsynth().fluid_settings_setint(settings.get(), "synth.dynamic-sample-loading", 1);
  fluidsynth().fluid_settings_setint(settings.get(), "synth.chorus.active", 0);
  return settings;
}

/// Sets up FluidSynth once for the process. It fills tables when the first synthesizer is made, and a thread that makes
/// another one at that moment does not wait for them. Its log, on stderr by default, is switched off.
void initialise_fluidsynth() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (int level = 0; level < LAST_LOG_LEVEL; ++level)
      fluidsynth().fluid_set_log_function(level, nullptr, nullptr);
    const Settings settings = make_settings(44100);
    const Synth first(fluidsynth().new_fluid_synth(settings.get()));
  });
}

void set_up_channels(fluid_synth_t* synth, const Piece& piece) {
  constexpr int kVolumeController = 7, kReverbController = 91;
  for (const Part& part : piece.parts) {
    fluidsynth().fluid_synth_program_change(synth, part.channel, part.program);
    fluidsynth().fluid_synth_cc(synth, part.channel, kVolumeController, part.volume);
    fluidsynth().fluid_synth_cc(synth, part.channel, kReverbController, piece.style->reverb);
  }
}

struct Event {
  std::size_t frame;
  bool on;
  const Note* note;
};

/// Note starts and ends in the order in which they are played: by time, ends before starts.
std::vector<Event> events_of(const Piece& piece, int sample_rate) {
  std::vector<Event> events;
  for (const Note& note : piece.notes) {
    events.push_back({static_cast<std::size_t>(note.start * sample_rate), true, &note});
    events.push_back({static_cast<std::size_t>((note.start + note.duration) * sample_rate), false, &note});
  }
  std::ranges::stable_sort(events, [](const Event& a, const Event& b) {
    return a.frame != b.frame ? a.frame < b.frame : a.on < b.on;
  });
  return events;
}

std::vector<float> play(fluid_synth_t* synth, const Piece& piece, std::size_t frames, int sample_rate) {
  std::vector<float> left(frames), right(frames);
  std::size_t done = 0;
  const auto play_until = [&](std::size_t frame) {
    const std::size_t end = std::min(frame, frames);
    fluidsynth().fluid_synth_write_float(synth, static_cast<int>(end - done), left.data(),
                                         static_cast<int>(done), 1, right.data(), static_cast<int>(done), 1);
    done = end;
  };
  std::map<std::pair<int, int>, const Note*> sounding;  // by channel and key
  for (const Event& event : events_of(piece, sample_rate)) {
    play_until(event.frame);
    const int channel = piece.parts[event.note->part].channel;
    const Note*& current = sounding[{channel, event.note->key}];
    if (event.on) {
      fluidsynth().fluid_synth_noteon(synth, channel, event.note->key, event.note->velocity);
      current = event.note;
    } else if (current == event.note) {  // else the key was struck again meanwhile
      fluidsynth().fluid_synth_noteoff(synth, channel, event.note->key);
    }
  }
  play_until(frames);
  std::ranges::transform(left, right, left.begin(), [](float l, float r) { return 0.5f * (l + r); });
  return left;
}

/// Scales to an RMS of `level` dB relative to full scale, then compresses samples above the knee smoothly below 1.
void set_level(std::vector<float>& samples, float level) {
  constexpr float kKnee = 0.7f;
  const double energy = std::inner_product(samples.begin(), samples.end(), samples.begin(), 0.0);
  if (energy == 0) return;
  const double rms = std::sqrt(energy / static_cast<double>(samples.size()));
  const auto gain = static_cast<float>(std::pow(10.0, level / 20.0) / rms);
  for (float& sample : samples) {
    const float magnitude = std::abs(gain * sample);
    const float bent = kKnee + (1 - kKnee) * std::tanh((magnitude - kKnee) / (1 - kKnee));
    sample = std::copysign(magnitude < kKnee ? magnitude : bent, sample);
  }
}

}  // namespace

std::vector<float> render(const Piece& piece, const std::filesystem::path& soundfont, int sample_rate) {
  if (const char* reason = fluidsynth().library.why_not()) throw IoError(concat("[synth] ", reason));
  initialise_fluidsynth();
  const int synth_rate = kOversampling * sample_rate;
  const Settings settings = make_settings(synth_rate);
  const Synth synth(fluidsynth().new_fluid_synth(settings.get()));
  if (!fluidsynth().fluid_is_soundfont(soundfont.c_str()) ||
      fluidsynth().fluid_synth_sfload(synth.get(), soundfont.c_str(), 1) == FLUID_FAILED) {
    throw FormatError(concat("[synth] FluidSynth cannot use the soundfont ", soundfont.string()));
  }
  set_up_channels(synth.get(), piece);
  const auto frames = static_cast<std::size_t>(std::llround(piece.seconds * sample_rate));
  const std::vector<float> oversampled = play(synth.get(), piece, kOversampling * frames, synth_rate);
  std::vector<float> samples = resample(oversampled, synth_rate, sample_rate);
  set_level(samples, piece.level);
  return samples;
}

}  // namespace sonograd::audio::synth
