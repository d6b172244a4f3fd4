#include "models/core/known_networks.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

/// A network and names that its tensors have and those of the others lack.
struct KnownNetwork {
  std::string_view name, origin;
  std::array<std::string_view, 2> tensors;
  int rank = 0;  ///< of the first tensor; 0: any
};

constexpr std::array kKnown = {
    KnownNetwork{
        "a network of PANNs", "Kong et al. 2020", {"conv_block1.conv1.weight", "fc_audioset.weight"}, 4},
    KnownNetwork{
        "audio spectrogram transformer", "Gong et al. 2021", {"v.cls_token", "v.patch_embed.proj.weight"}},
    KnownNetwork{"wav2vec 2.0 or HuBERT",
                 "Baevski et al. 2020",
                 {"feature_extractor.conv_layers.0.conv.weight", "encoder.pos_conv_embed.conv.bias"}},
};

/// With or without a prefix such as `module.`.
bool is_called(std::string_view full, std::string_view name) {
  return full.ends_with(name) && (full.size() == name.size() || full[full.size() - name.size() - 1] == '.');
}

const Tensor* find_with_prefix(const io::NamedTensors& weights, std::string_view name) {
  for (const auto& [full, tensor] : weights) {
    if (is_called(full, name)) return &tensor;
  }
  return nullptr;
}

bool matches(const KnownNetwork& network, const io::NamedTensors& weights) {
  const Tensor* const first = find_with_prefix(weights, network.tensors[0]);
  if (first == nullptr || find_with_prefix(weights, network.tensors[1]) == nullptr) return false;
  return network.rank == 0 || static_cast<int>(first->shape().rank()) == network.rank;
}

}  // namespace

std::string network_beyond_this_build(const io::NamedTensors& weights,
                                      const std::optional<NearNetwork>& nearest) {
  const auto known =
      std::ranges::find_if(kKnown, [&](const KnownNetwork& network) { return matches(network, weights); });
  if (known == kKnown.end()) return {};
  const auto is_used = [&](std::string_view name) {
    return std::ranges::none_of(nearest->difference.unexpected,
                                [&](const std::string& unused) { return is_called(unused, name); });
  };
  if (nearest && std::ranges::all_of(known->tensors, is_used)) return {};
  return concat(known->name, " (", known->origin, ")");
}

}  // namespace sonograd::models
