// Options of a front end that published weights do not contain.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/description.h"
#include "models/core/option_list.h"

namespace sonograd::models {

/// The dialect of a network as it was published. Every front end has it; the others are libraries with defaults of their own.
inline constexpr std::string_view kPublished = "published";

/// Sources of the options.
struct FrontEndSource {
  std::string arch;
  std::string dialect;  ///< empty: `published`, for weights of the published sizes
  OptionValues given;  ///< by the user, in preference to all others; options of the network may be among them
  FilterBank filter_bank = FilterBank::computed;  ///< stored: the weights contain window and filter bank
};

/// The front end of a network.
struct FrontEnd {
  OptionTable options;                ///< those of the front end, with the defaults of the network
  std::vector<std::string> dialects;  ///< `published` is the first
  /// Completes `values`, the options that follow from the weights: those of the dialect, then the given ones. Returns the
  /// assumptions. Throws UnstatedOptions, naming the options, for those that are neither known nor given nor taken from a dialect.
  std::vector<std::string> (*complete)(const OptionTable& options, const FrontEndSource& source,
                                       OptionValues& values);
};

/// `complete` of a front end that has no dialect but `published`: takes the given options, and assumes all others.
std::vector<std::string> take_given(const OptionTable& options, const FrontEndSource& source,
                                    OptionValues& values);

/// "front_end.hop_length=256": the options that are neither given nor `stored`, with their values or defaults.
std::vector<std::string> assumptions(const OptionTable& options, const FrontEndSource& source,
                                     const OptionValues& values,
                                     std::span<const std::string_view> stored = {});

/// The front end `Options::front` of a network. A type with dialects has them as static functions `dialects` and `complete`.
template <class Options>
FrontEnd front_end_of() {
  Options options;
  OptionList list;
  options.front.list(list);
  using OwnFront = decltype(options.front);
  if constexpr (requires { OwnFront::dialects(); }) {
    return {list.table(), OwnFront::dialects(), OwnFront::complete};
  } else {
    return {list.table(), {std::string(kPublished)}, take_given};
  }
}

}  // namespace sonograd::models
