// `sonograd data synth`: a folder of labelled music, made from a seed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "audio/synth/piece.h"
#include "audio/synth/timed_labels.h"

namespace sonograd::audio::synth {

struct SynthOptions {
  int clips = 100;                        ///< at least 1
  double seconds = 10;                    ///< length of a clip, 1 to 3600
  std::uint64_t seed = 0;                 ///< seed of all random numbers, together with the index of the clip
  int threads = 0;                        ///< 0: one for every core
  std::filesystem::path soundfont;        ///< empty: the first standard one (soundfont.h)
  int sample_rate = 16000;                ///< Hz, 8000 to 48000
  std::string format = "flac";            ///< format of the clips: flac, wav, ogg or mp3
  TimedLabels timed = TimedLabels::none;  ///< the column `segments`: labels with times
};

/// The piece of clip `index` >= 0, of `seconds` > 0. Consecutive groups of as many clips as there are styles contain each
/// style once, shuffled.
Piece compose_clip(std::uint64_t seed, int index, double seconds);

/// Writes `folder`/audio/00000.flac … (mono; 16 bit in flac and wav) and, last, `folder`/labels.tsv with the columns path
/// label tags split fold fold_group group, and segments for `timed`: label = style, fold = index % 5 + 1 = fold_group, folds 1 to 3
/// train, 4 valid, 5 test, group = the clip. The same bytes for any number of threads.
///
/// A run that was stopped or killed leaves unfinished.txt beside the clips that are complete; a run with the same
/// options makes the remaining clips.
///
/// `progress(done, clips)` is called after each clip, by one thread at a time; an exception from it ends the run.
/// Throws ConfigError for an option out of range, a `folder` that is not empty, a `folder` of an unfinished run with
/// other options, and one that another process is filling (naming it); IoError when a file cannot be written or no soundfont
/// is found, FormatError for an unusable soundfont. After an exception there is no labels.tsv.
void generate_dataset(const std::filesystem::path& folder, const SynthOptions& options,
                      const std::function<void(int done, int clips)>& progress = {});

}  // namespace sonograd::audio::synth
