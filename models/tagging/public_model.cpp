// include/sonograd/model.h over models::Model.
#include "include/sonograd/model.h"
#include "models/core/model.h"

namespace sonograd {

Model Model::load(const std::filesystem::path& file, std::string_view device) {
  return Model(models::load_model(file, Device::parse(device)));
}

const std::string& Model::architecture() const {
  return model_->about().arch;
}
const std::vector<std::string>& Model::labels() const {
  return model_->about().labels;
}
const std::vector<double>& Model::thresholds() const {
  return model_->about().thresholds;
}
bool Model::is_multi_label() const {
  return model_->about().output == models::Output::sigmoid;
}
int Model::sample_rate() const {
  return static_cast<int>(model_->network().input().sample_rate);
}
std::int64_t Model::chunk_samples() const {
  return model_->network().input().samples;
}
std::vector<ModelOutput> Model::outputs() const {
  std::vector<ModelOutput> result;
  for (const models::OutputInfo& output : model_->network().outputs())
    result.push_back({output.name, {output.shape.begin(), output.shape.end()}, output.help});
  return result;
}
const std::string& Model::licence() const {
  return model_->about().licence;
}
const std::vector<std::string>& Model::warnings() const {
  return model_->warnings();
}

}  // namespace sonograd
