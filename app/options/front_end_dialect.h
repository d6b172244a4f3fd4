// Options of the front end that published weights do not contain.
#pragma once

#include <string>
#include <vector>

#include "models/core/option.h"

namespace sonograd::app {

/// Words of `convert --dialect`: the published network, or a library with its own defaults.
std::vector<std::string> dialect_names();

struct FrontEndSource {
  std::string arch;
  std::string dialect;          ///< empty: `published`, for a network of the published sizes
  models::OptionValues given;   ///< on the command line
  bool has_filter_bank = true;  ///< the weights contain window and filter bank
};

/// Completes `values`, the options that the weights contain: those of the dialect, then the given ones. Where the rate of the
/// samples is changed and `f_max` is not given, `f_max` is half of it: rate // 2 in torchaudio. Returns the assumptions, as
/// "front_end.hop_length=256". Throws ConfigError, naming the options, for weights of other sizes than the published ones when
/// what they do not contain is neither given nor taken from a dialect.
std::vector<std::string> complete_front_end(const models::OptionTable& table, const FrontEndSource& source,
                                            models::OptionValues& values);

}  // namespace sonograd::app
