#include "models/core/recognise.h"

#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/weights.h"

namespace sonograd::models {

std::vector<RecognisedNetwork> recognise(const io::NamedTensors& weights) {
  std::vector<RecognisedNetwork> candidates;
  for (const Architecture& architecture : all_architectures()) {
    try {
      Sizes sizes = architecture.sizes_of(weights);
      const layers::UninitializedScope extents_only;
      if (fits(*architecture.make_network(sizes.options, sizes.labels), weights))
        candidates.push_back(
            {architecture.name, std::move(sizes.options), sizes.labels, std::move(sizes.open)});
    } catch (const Error&) {
      continue;  // tensors that this network lacks, or sizes that it cannot have
    }
  }
  return candidates;
}

}  // namespace sonograd::models
