// Back ends by name, for networks that take any of them.
#pragma once

#include <memory>

#include "models/backs/back.h"
#include "models/core/map_extents.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

enum class BackKind : std::uint8_t {
  vgg,       ///< the seven convolutions of Short-chunk CNN (Won et al., SMC 2020), and its classifier
  residual,  ///< the seven residual blocks of Short-chunk CNN + Res, likewise
  fcn,       ///< the five convolutions of FCN (Choi et al., ISMIR 2016), and a dense layer
};

/// A back end and its options. It takes maps of every size: poolings are as wide as the map allows, and what is left of time and
/// frequency behind the last block is reduced to its maximum.
struct AnyBack {
  BackKind kind = BackKind::vgg;
  std::int64_t channels = 64;  ///< width of the first block
  double dropout = 0.5;

  /// `back`, and the options of all back ends.
  void list(OptionList& all);
  /// Registers the back end for such maps as a part of `parent`.
  std::unique_ptr<const Back> make(layers::Module& parent, std::string_view name, const MapExtents& map,
                                   std::int64_t labels) const;
  /// Sets kind and width from the tensors of the part `name`, and returns the number of labels. Throws ModelError for those of
  /// no back end.
  std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name);
};

}  // namespace sonograd::models
