// Names and layouts of our tensors in published files.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "layers/module.h"

namespace sonograd::models {

/// A tensor of ours in the layout of published files, and the reverse (on the CPU). Throws ShapeError when the rank is
/// not the one of the layout.
Tensor to_file_layout(const Tensor& ours, layers::FileLayout layout);
Tensor from_file_layout(const Tensor& published, layers::FileLayout layout);
/// Extents that a tensor of ours has in a file.
Shape file_shape(const Shape& ours, layers::FileLayout layout);

/// Counterpart in a file of one entry of a module's state. Both functions take and return tensors on the CPU.
struct PublishedTensor {
  std::string name;
  Shape shape;
  std::function<Tensor(const Tensor& ours)> to_file;
  std::function<Tensor(const Tensor& published)> from_file;
};

/// The same name as the entry, in the layout of its layer.
PublishedTensor published_as_it_is(const layers::StateInfo& entry);
/// As `published_as_it_is`, with the beginning `ours` of the name replaced by `theirs`; unchanged when the name does not begin
/// with `ours`.
PublishedTensor published_under(const layers::StateInfo& entry, std::string_view ours,
                                std::string_view theirs);
/// A linear weight [out, positions x channels] behind a flattened map: in ours the channels of a position are side by side,
/// in the file the positions of a channel. Throws ShapeError unless `channels` divides the inputs.
PublishedTensor published_channel_major(const layers::StateInfo& entry, std::int64_t channels);

}  // namespace sonograd::models
