// Random effects on the waveforms of training examples, one file each; the build finds them in this folder.
//
// The chain is the one of Won, Choi and Serra, "Semi-supervised music tagging transformer" (ISMIR 2021): each effect takes part
// in an example with its own probability. Everything is computed on the host from a key of the example, so that the result is
// the same on every device and for every number of threads.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "tensor/random.h"
#include "train/config/settings.h"

namespace sonograd::train {

struct Effect {
  std::string_view name;
  int place = 0;  ///< in the chain: each effect has its own, 0 to 63
  double (*probability)(const Settings::Augment& settings) = nullptr;
  /// Changes the samples in place. `sample_rate` in Hz.
  void (*apply)(std::span<float> samples, int sample_rate, const Settings::Augment& settings,
                Random& random) = nullptr;
};

/// The effects of this folder, in no particular order.
std::vector<Effect> all_effects();

/// Uniform in [low, high); `low` when they are equal.
double draw_between(double low, double high, Random& random);

/// Applies the effects in the order of their places. `key` identifies the example; each effect has random numbers of its own,
/// so that the probability of one does not change the others.
void apply_effects(std::span<float> samples, int sample_rate, const Settings::Augment& settings,
                   RandomKey key);

/// Whether any effect has a probability above 0.
bool has_effects(const Settings::Augment& settings);

/// Throws ConfigError for a range of an effect whose least value is above its greatest.
void check_effects(const Settings::Augment& settings);

}  // namespace sonograd::train
