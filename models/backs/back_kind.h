// Every kind of back end under its name, for networks that take any of them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "layers/part.h"
#include "models/backs/back.h"
#include "models/core/map_extents.h"
#include "models/core/part_choice.h"

namespace sonograd::models {

/// Size of a back end, derived from the tensors of a file.
struct BackSizes {
  OptionValues options;
  std::int64_t labels = 0;
  std::vector<OpenOption> open;  ///< options that the tensors leave open
};

/// One kind of back end. Each models/backs/<name>_back.cpp defines `BackKind <name>_back()`, made by `back_kind_of`. It takes maps
/// of every size: poolings are as wide as the map allows. `values` are complete and checked; a back end reads its own options
/// among them.
struct BackKind : PartKind {
  /// Registers the back end for such maps as a part of `parent`. Throws ConfigError for options that it cannot have,
  /// and ShapeError for such a map.
  std::unique_ptr<const Back> (*make)(const OptionValues& values, layers::Module& parent,
                                      std::string_view name, const MapExtents& map, std::int64_t labels);
  /// Options of the back end from the tensors of the part `name`, the others at their defaults. Throws ModelError as
  /// `extent_of`.
  BackSizes (*sizes)(const io::NamedTensors& weights, std::string_view name);
};

/// The kind of a class `B`, which is derived from Back and has
///   struct Options { list(OptionList&);
///                    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name);      returns labels
///                    std::vector<OpenOption> open_options() const; };                      those that these tensors leave open
///   B(const Options&, const MapExtents&, std::int64_t labels);
/// Options that several back ends have, such as the dropout, have the same ranges and defaults in all of them.
template <class B>
BackKind back_kind_of(std::string name, std::string help, std::vector<std::string> signature) {
  using Options = typename B::Options;
  return {{.name = std::move(name),
           .help = std::move(help),
           .signature = std::move(signature),
           .options = option_table<Options>(),
           .idle = idle_options<Options>},
          [](const OptionValues& values, layers::Module& parent, std::string_view part, const MapExtents& map,
             std::int64_t labels) -> std::unique_ptr<const Back> {
            return std::make_unique<layers::Part<B>>(parent, part, options_from<Options>(values), map,
                                                     labels);
          },
          [](const io::NamedTensors& weights, std::string_view part) {
            Options options;
            const std::int64_t labels = options.read_sizes(weights, part);
            return BackSizes{values_of(options), labels, options.open_options()};
          }};
}

}  // namespace sonograd::models
