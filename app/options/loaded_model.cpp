#include "app/options/loaded_model.h"

#include "app/options/model_argument.h"
#include "app/terminal/interrupt.h"

namespace sonograd::app {
namespace {

Device begin(const ComputeOptions& compute) {
  catch_interrupts();
  return compute.apply();
}

}  // namespace

LoadedModel::LoadedModel(const std::filesystem::path& argument, const ComputeOptions& compute)
    : device_(begin(compute)), choices_(compute), clock_(compute.verbose) {
  clock_.begin("loading the model");
  model_ = open_model(argument, device_, compute);
}

}  // namespace sonograd::app
