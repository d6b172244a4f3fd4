// Noisy-student training: a trained model gives the targets of clips without labels (Xie, Luong, Hovy and Le, "Self-training
// with noisy student improves ImageNet classification", CVPR 2020; Won, Choi and Serra, "Semi-supervised music tagging
// transformer", ISMIR 2021).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/core/model.h"
#include "models/tagging/chunk_batch.h"
#include "train/config/settings.h"
#include "train/data/batcher.h"

namespace sonograd::train {

/// A model that does not change, in evaluation mode; it receives the examples before effects.
class Teacher {
 public:
  /// `student`: the model that is trained, with its labels. Throws ModelError, naming `file`, when it is no model, lacks a label of
  /// the student, has the other kind of output or takes chunks of another rate or length; ReadError when it cannot be
  /// read. A teacher of tags may have more tags than its student, one of classes must have the same.
  Teacher(const std::filesystem::path& file, const models::ModelDraft& student, TeacherTargets kind,
          Device device);

  /// Fills in `batch.targets` [N, labels] from `batch.clean`, in the order of the student's labels: the mean of the scores of
  /// the chunks of an example, or the decisions (`hard`): 1 for scores of 1/2 and more, or for the class with the highest score,
  /// and 0 for the others.
  void label(Batch& batch);

  /// Hash of the file, in hexadecimal digits.
  const std::string& hash() const { return hash_; }

 private:
  void add_targets(std::span<const float> scores, std::vector<float>& targets) const;

  std::string hash_;
  std::shared_ptr<const models::Model> model_;
  TeacherTargets kind_;
  std::vector<std::size_t> columns_;  ///< of the labels of the student
  models::ChunkBatch chunks_;
};

/// The model file that `student.teacher` names: the file, or that of the best epoch in a run folder.
std::filesystem::path teacher_file(const std::filesystem::path& teacher);

}  // namespace sonograd::train
