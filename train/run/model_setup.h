// From the settings of a run to the model it trains.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/core/model.h"
#include "train/config/settings.h"
#include "train/data/label_set.h"

namespace sonograd::train {

/// The model as its file will describe it, weights aside. Throws ConfigError for an unknown architecture, and
/// for a `model.*` option that it lacks or that is out of range.
models::ModelDescription describe_model(const Settings& settings, const LabelSet& labels);

/// Notes the hash of clips, targets and split in the training record.
void record_data(models::ModelDraft& model, const std::string& hash);

/// Copies what fits by name and extents from a .pth or .safetensors file into the model; the names may have a prefix. Returns a
/// sentence for each kind of tensor that keeps its initial value or is not used. Throws ReadError, and
/// ModelError for a file of something else, when nothing fits, and when several prefixes fit.
std::vector<std::string> initialise_from(models::ModelDraft& model, const std::filesystem::path& weights);

}  // namespace sonograd::train
