// `sonograd data synth`: a folder of labelled music, made from nothing but a seed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "audio/synth/piece.h"

namespace sonograd::audio::synth {

struct SynthOptions {
  int clips = 100;                  ///< at least 1
  double seconds = 10;              ///< length of a clip, 1 to 3600
  std::uint64_t seed = 0;           ///< all that the music depends on, besides the clip's index
  int threads = 0;                  ///< 0: one for every core
  std::filesystem::path soundfont;  ///< empty: the first standard one (soundfont.h)
  int sample_rate = 16000;          ///< Hz, 8000 to 48000
  std::string format = "flac";      ///< of the clips: flac, wav, ogg or mp3
};

/// The piece of clip `index`. Every run of as many clips as there are styles holds each style once, shuffled.
Piece compose_clip(std::uint64_t seed, int index, double seconds);

/// Writes `folder`/audio/00000.flac … (mono; 16 bit in flac and wav) and, last, `folder`/labels.tsv with the columns path
/// label tags split fold fold_group group: label = style, fold = index % 5 + 1 = fold_group, folds 1 to 3
/// train, 4 valid, 5 test, group = the clip. The same bytes for any number of threads.
///
/// A run that was stopped or killed leaves unfinished.txt beside the clips that are complete; another with the
/// same options makes the rest.
///
/// `progress(done, clips)` is called after each clip, by one thread at a time; what it throws ends the run.
/// Throws ConfigError for an option out of range, for a `folder` that is not empty and for one that was left by
/// other options, IoError and FormatError as the disk and the soundfont give cause. No labels.tsv is left then.
void generate_dataset(const std::filesystem::path& folder, const SynthOptions& options,
                      const std::function<void(int done, int clips)>& progress = {});

}  // namespace sonograd::audio::synth
