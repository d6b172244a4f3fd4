#include "app/options/loaded_model.h"

#include "app/options/model_argument.h"

namespace sonograd::app {

LoadedModel::LoadedModel(const std::filesystem::path& argument, const ComputeOptions& compute)
    : device_(compute.apply()), choices_(compute), clock_(compute.verbose) {
  clock_.begin("loading the model");
  model_ = open_model(argument, device_, compute);
}

}  // namespace sonograd::app
