#include "app/commands/activation_check.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "models/core/model.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"

namespace sonograd::app {
namespace {

std::string deviation_text(const models::ComparedStage& stage) {
  if (stage.shape != stage.expected) return concat("expected ", stage.expected);
  return std::isfinite(stage.deviation) ? fmt::format("{:.2g}", stage.deviation) : "not finite";
}

}  // namespace

bool ActivationCheck::agrees() const {
  return std::ranges::all_of(stages, &models::ComparedStage::agrees);
}

void require_equal_tensors(const std::string& file, const io::NamedTensors& written,
                           const io::NamedTensors& back) {
  for (const auto& [name, tensor] : written) {
    const Tensor* other = back.find(name);
    const bool same = other != nullptr && other->shape() == tensor.shape() &&
                      other->dtype() == tensor.dtype() &&
                      std::memcmp(other->view().pointer, tensor.view().pointer, tensor.bytes()) == 0;
    if (!same) throw IoError(fmt::format("{}: tensor '{}' reads back differently", file, name));
  }
  if (back.size() != written.size()) throw IoError(fmt::format("{}: reads back with other tensors", file));
}

std::optional<ActivationCheck> check_activations(const io::TensorFile& model,
                                                 const std::optional<models::Reference>& given) {
  models::ModelDraft draft = models::draft_of_file(model, nullptr);
  models::load_state(*draft.network, model.tensors);
  draft.network->prepare(Device{});
  const std::string fingerprint = models::fingerprint_of(*draft.network);
  const std::optional<models::Reference> reference = given ? given : models::find_reference(fingerprint);
  const std::string reason =
      reference ? models::why_not_comparable(*draft.network, draft.about.arch, fingerprint, *reference)
                : concat("no reference activations are stored for these weights, whose fingerprint is ",
                         fingerprint,
                         "; the script tests/golden/make_reference.py of the sources makes them in PyTorch, "
                         "for --reference FILE");
  if (reason.empty())
    return ActivationCheck{reference->name, models::compare_with_reference(*draft.network, *reference)};
  if (given) throw models::ModelError(reason);
  print_remark("the layers are not compared: {}\n", reason);
  return std::nullopt;
}

void print_table(const ActivationCheck& check) {
  Table table({"stage", "shape", "deviation", "limit", "result"}, "table");
  for (const models::ComparedStage& stage : check.stages)
    table.add({stage.name, concat(stage.shape), deviation_text(stage), fmt::format("{:.2g}", stage.limit),
               stage.agrees() ? "ok" : "FAILED"});
  table.finish();
}

nlohmann::ordered_json to_json(const ActivationCheck& check) {
  nlohmann::ordered_json stages = nlohmann::ordered_json::array();
  for (const models::ComparedStage& stage : check.stages) {
    nlohmann::ordered_json entry = {
        {"stage", stage.name},
        {"shape", std::vector<std::int64_t>(stage.shape.begin(), stage.shape.end())},
        {"deviation", nullptr},
        {"limit", stage.limit},
        {"ok", stage.agrees()}};
    if (std::isfinite(stage.deviation)) entry["deviation"] = stage.deviation;
    stages.push_back(std::move(entry));
  }
  return {{"name", check.reference}, {"ok", check.agrees()}, {"stages", std::move(stages)}};
}

void require_agreement(const std::string& file, const ActivationCheck& check) {
  const auto first = std::ranges::find_if_not(check.stages, &models::ComparedStage::agrees);
  if (first == check.stages.end()) {
    print_remark("verified: {} stages agree with the reference {}\n", check.stages.size(), check.reference);
    return;
  }
  const std::string cause =
      first == check.stages.begin() ? "it is the first stage" : "the stages before it agree";
  throw models::ModelError(fmt::format("{}: stage {} deviates from the reference {}: {}, limit {:.2g}; {}",
                                       file, first->name, check.reference, deviation_text(*first),
                                       first->limit, cause));
}

}  // namespace sonograd::app
