// From the settings of a run to the model it trains.
#pragma once

#include <filesystem>
#include <string>

#include "models/core/model.h"
#include "train/config/settings.h"
#include "train/data/label_set.h"

namespace sonograd::train {

/// The model as its file will describe it, weights aside. Throws ConfigError for an unknown architecture, and for a `model.*`
/// option that it lacks or that is out of range, and for a new run whose `eval.hop` is longer than a chunk, or with options of the
/// network that have no effect: runs that were started with them go on.
models::ModelDescription describe_model(const Settings& settings, const LabelSet& labels, bool is_new);

/// Notes the hash of clips, targets and split in the training record.
void record_data(models::ModelDraft& model, const std::string& hash);

/// Hashes of the file of the teacher and of the names of its clips.
struct TeacherRecord {
  std::string model, clips;
};

/// Notes the teacher in the training record.
void record_teacher(models::ModelDraft& model, const TeacherRecord& teacher);
/// The teacher in the training record; empty texts: none.
TeacherRecord teacher_record(const models::ModelDescription& about);

struct Initialisation {
  std::string prefix;  ///< of the names of the tensors in the file
  std::string remark;  ///< tensors that keep their initial value or are not used; empty: there are none
};

/// Copies what fits by name and extents from a .pth or .safetensors file into the model; the names may have a prefix. Throws
/// ReadError, and ModelError for a file of something else, when no tensor of the network fits (naming the network of the file, if
/// that is stored), and when several prefixes fit.
Initialisation initialise_from(models::ModelDraft& model, const std::filesystem::path& weights);

}  // namespace sonograd::train
