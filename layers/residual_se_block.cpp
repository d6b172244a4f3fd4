#include "layers/residual_se_block.h"

#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "layers/conv_unit.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

Conv1dOptions strided(const ResidualSeOptions& options) {
  Conv1dOptions conv = same_padding(options.kernel);
  conv.stride = options.stride;
  return conv;
}

}  // namespace

ResidualSeBlock::ResidualSeBlock(std::int64_t in_channels, std::int64_t out_channels,
                                 const ResidualSeOptions& options)
    : options_(options),
      first_(*this, {"conv_1", "bn_1"}, in_channels, out_channels, options.kernel, strided(options)),
      second_(*this, {"conv_2", "bn_2"}, out_channels, out_channels, options.kernel,
              same_padding(options.kernel)),
      gate_(*this, "se", out_channels, out_channels) {
  if (options.stride == 1 && in_channels == out_channels) return;
  using Names = ConvNorm<Conv1d>::Names;
  shortcut_.emplace(*this, Names{"conv_3", "bn_3"}, in_channels, out_channels, options.kernel,
                    strided(options));
}

Variable ResidualSeBlock::forward(const Variable& x) const {
  TraceScope trace(*this, "residual block, ", shortcut_ ? "3" : "2", " conv1d ", options_.kernel,
                   " + squeeze and excitation");
  const Variable a = gate_.forward(second_.forward(first_.relu_pool(x, 1)));
  const Variable sum = relu(add(shortcut_ ? shortcut_->forward(x) : x, a));
  return trace.output(options_.pool == 1 ? sum : max_pool1d(sum, options_.pool));
}

}  // namespace sonograd::layers
