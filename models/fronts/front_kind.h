// Every kind of front end under its name, for networks that take any of them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "layers/part.h"
#include "models/core/map_extents.h"
#include "models/core/network.h"
#include "models/core/part_choice.h"
#include "models/fronts/front.h"

namespace sonograd::models {

/// One kind of front end. Each models/fronts/<name>_front.cpp defines `FrontKind <name>_front()`, made by `front_kind_of`.
/// `values` are complete and checked; a front end reads its own options among them.
struct FrontKind : PartKind {
  /// Throws ConfigError for options that are in range but cannot be together.
  Input (*input)(const OptionValues& values);
  /// Extents of the map of a chunk. Throws ConfigError or ShapeError when the chunk is too short for one frame, or too long.
  MapExtents (*map)(const OptionValues& values);
  /// Registers the front end as a part of `parent`.
  std::unique_ptr<const Front> (*make)(const OptionValues& values, layers::Module& parent,
                                       std::string_view name);
  /// Options of the front end from the tensors of the part `name`, the others at their defaults. Throws ModelError as
  /// `extent_of`.
  OptionValues (*sizes)(const io::NamedTensors& weights, std::string_view name);
};

/// The kind of a class `F`, which is derived from Front and has
///   struct Options { list(OptionList&); Input input() const; MapExtents map() const;
///                    void read_sizes(const io::NamedTensors& weights, std::string_view name); };
///   explicit F(const Options&);
/// Options that several front ends have, such as the sample rate, have the same ranges and defaults in all of them.
template <class F>
FrontKind front_kind_of(std::string name, std::string help, std::vector<std::string> signature) {
  using Options = typename F::Options;
  return {{.name = std::move(name),
           .help = std::move(help),
           .signature = std::move(signature),
           .options = option_table<Options>(),
           .idle = idle_options<Options>},
          [](const OptionValues& values) { return options_from<Options>(values).input(); },
          [](const OptionValues& values) { return options_from<Options>(values).map(); },
          [](const OptionValues& values, layers::Module& parent,
             std::string_view part) -> std::unique_ptr<const Front> {
            return std::make_unique<layers::Part<F>>(parent, part, options_from<Options>(values));
          },
          [](const io::NamedTensors& weights, std::string_view part) {
            Options options;
            options.read_sizes(weights, part);
            return values_of(options);
          }};
}

}  // namespace sonograd::models
