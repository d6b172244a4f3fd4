// A batch norm at the input of a network, with numbers of its own for every band or for every frame.
#pragma once

#include "autograd/ops/copy.h"
#include "layers/norm.h"
#include "models/core/option_list.h"
#include "models/core/weights.h"

namespace sonograd::models {

/// The axis along which a norm has an entry for every position; statistics are taken over the other axis and the batch.
enum class NormAxis : std::uint8_t { frequency, time };

/// Lists the option `norm_axis`.
inline void add_norm_axis(OptionList& all, NormAxis& axis) {
  all.add("norm_axis", axis, {{"frequency", NormAxis::frequency}, {"time", NormAxis::time}},
          "axis with a scale for every position in the first norm: as in the code, or as in the weights");
}

/// Sets `norm_axis` of the options of a network from the numbers of its norm `name`, and the length of a chunk where they are those of
/// other frames than `norm_positions()`. Throws ModelError as `extent_of`.
template <class Options>
void read_norm_axis(const io::NamedTensors& weights, std::string_view name, Options& options) {
  const std::int64_t positions = extent_of(weights, concat(name, ".weight"), 0);
  options.norm_axis = positions == options.front.mel.n_mels ? NormAxis::frequency : NormAxis::time;
  if (options.norm_positions() != positions)
    options.front.samples = (positions - 1) * options.front.mel.hop_length;
}

/// [N, T, F, 1] -> the same shape. Parameters and statistics as layers::BatchNorm, [F] or [T]. Throws ShapeError for maps with
/// another number of positions.
class AxisNorm : public layers::BatchNorm {
 public:
  AxisNorm(NormAxis axis, std::int64_t positions, const layers::BatchNormOptions& options)
      : BatchNorm(positions, options), axis_(axis) {}

  Variable forward(const Variable& map) const override {
    const Shape shape = map.shape();
    const Variable x = reshape(map, {shape[0], shape[1], shape[2]});
    const Variable y = axis_ == NormAxis::frequency
                           ? BatchNorm::forward(x)
                           : permute(BatchNorm::forward(permute(x, {0, 2, 1})), {0, 2, 1});
    return reshape(y, shape);
  }

 private:
  NormAxis axis_;
};

}  // namespace sonograd::models
