// Learned filters of a network along frequency.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/core/model.h"

namespace sonograd::models {

struct LearnedFilter {
  std::size_t index = 0;  ///< in the network, from 0
  double peak = 0;        ///< Hz: frequency of the greatest response, or centre
  double width = 0;       ///< Hz: of a harmonic filter at its foot, infinite with a Q of 0; 0: not defined
  std::vector<double> response;  ///< at LearnedFilters::frequencies, 0 to 1
};

struct LearnedFilters {
  enum class Kind : std::uint8_t {
    first_layer,  ///< magnitude of the spectra of the first convolution, relative to the maximum of each
    harmonic,     ///< weights of the harmonic filters of each note, the greatest of all harmonics
  };
  Kind kind = Kind::first_layer;
  double q = 0;                        ///< trained Q of harmonic filters: 1 gives critical bands; else 0
  std::int64_t taps = 0;               ///< samples of a filter of the first layer; else 0
  std::vector<double> frequencies;     ///< Hz, ascending
  std::vector<LearnedFilter> filters;  ///< ascending by peak, then by index
};

/// The filters of a network on waveforms, or with the harmonic front end; nothing for other networks.
std::optional<LearnedFilters> learned_filters(const Model& model);

}  // namespace sonograd::models
