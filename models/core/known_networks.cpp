#include "models/core/known_networks.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "models/core/architecture.h"
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
    KnownNetwork{"crnn", "Choi et al. 2017", {"layer5.weight_ih_l0", "layer1.conv.weight"}},
    KnownNetwork{"musicnn", "Pons and Serra 2019", {"layers.0.conv.weight", "dense1.weight"}},
    KnownNetwork{"sample-level CNN", "Lee et al. 2017", {"layer11.conv.weight", "dense.weight"}, 3},
    KnownNetwork{"sample-level CNN with squeeze-and-excitation",
                 "Kim et al. 2018",
                 {"layer11.conv_1.weight", "layer11.dense1.weight"},
                 3},
    KnownNetwork{"CNN with self-attention",
                 "Won et al. 2019",
                 {"encoder.layer.0.attention.self.query.weight", "layer1.conv_1.weight"}},
    KnownNetwork{"harmonic CNN", "Won et al. 2020", {"hstft.bw_Q", "layer1.conv.weight"}},
    KnownNetwork{"music tagging transformer", "Won et al. 2021", {"cls_token", "frontend.input_bn.weight"}},
    KnownNetwork{
        "a network of PANNs", "Kong et al. 2020", {"conv_block1.conv1.weight", "fc_audioset.weight"}, 4},
    KnownNetwork{
        "audio spectrogram transformer", "Gong et al. 2021", {"v.cls_token", "v.patch_embed.proj.weight"}},
    KnownNetwork{"wav2vec 2.0 or HuBERT",
                 "Baevski et al. 2020",
                 {"feature_extractor.conv_layers.0.conv.weight", "encoder.pos_conv_embed.conv.bias"}},
};

/// The tensor of that name, with or without a prefix such as `module.`.
const Tensor* find_with_prefix(const io::NamedTensors& weights, std::string_view name) {
  for (const auto& [full, tensor] : weights) {
    const std::string_view text = full;
    if (!text.ends_with(name)) continue;
    if (text.size() == name.size() || text[text.size() - name.size() - 1] == '.') return &tensor;
  }
  return nullptr;
}

bool matches(const KnownNetwork& network, const io::NamedTensors& weights) {
  const Tensor* const first = find_with_prefix(weights, network.tensors[0]);
  if (first == nullptr || find_with_prefix(weights, network.tensors[1]) == nullptr) return false;
  return network.rank == 0 || static_cast<int>(first->shape().rank()) == network.rank;
}

}  // namespace

std::string network_known_by_name(const io::NamedTensors& weights) {
  for (const KnownNetwork& network : kKnown) {
    if (!matches(network, weights)) continue;
    const auto has_its_name = [&](const Architecture& each) { return each.name == network.name; };
    if (std::ranges::any_of(all_architectures(), has_its_name)) return {};
    return concat(network.name, " (", network.origin, ")");
  }
  return {};
}

}  // namespace sonograd::models
