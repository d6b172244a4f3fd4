#include "train/optim/teacher.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include "models/core/model_error.h"
#include "models/tagging/chunk_scorer.h"
#include "tensor/io/text_file.h"
#include "tensor/support/text.h"
#include "train/data/metric_record.h"
#include "train/data/split_file.h"

namespace sonograd::train {
namespace {

std::string hash_of_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::hex << split_hash(io::read_text_file(file));
  return text.str();
}

std::shared_ptr<const models::Model> fitting_model(const std::filesystem::path& file,
                                                   const models::ModelDraft& student, Device device) {
  std::shared_ptr<const models::Model> teacher = models::load_model(file, device);
  require_scores(teacher->about(), file.string());
  const models::Input own = teacher->network().input(), expected = student.network->input();
  if (teacher->about().output != student.about.output) {
    throw models::ModelError(concat(file.string(), ": expected a teacher with the output ",
                                    word_of(student.about.output), ", it has ",
                                    word_of(teacher->about().output)));
  }
  if (own.sample_rate != expected.sample_rate || own.samples != expected.samples) {
    throw models::ModelError(concat(file.string(), ": expected a teacher for chunks of ", expected.samples,
                                    " samples at ", expected.sample_rate,
                                    " Hz, as the student takes them; it ", "takes ", own.samples, " at ",
                                    own.sample_rate, " Hz"));
  }
  return teacher;
}

std::vector<std::size_t> columns_of(const std::filesystem::path& file,
                                    const models::ModelDescription& teacher,
                                    const models::ModelDescription& student) {
  std::vector<std::size_t> columns;
  std::vector<std::string> unknown;
  for (const std::string& label : student.labels) {
    const auto found = std::ranges::find(teacher.labels, label);
    if (found == teacher.labels.end()) unknown.push_back(label);
    columns.push_back(static_cast<std::size_t>(found - teacher.labels.begin()));
  }
  if (!unknown.empty()) {
    throw models::ModelError(concat(
        file.string(), ": expected a teacher with the labels of the data set, it lacks ", listed(unknown)));
  }
  if (teacher.output == models::Output::softmax && teacher.labels.size() != columns.size()) {
    throw models::ModelError(concat(file.string(), ": expected a teacher of the ", columns.size(),
                                    " classes of the data set, it has ", teacher.labels.size()));
  }
  return columns;
}

}  // namespace

Teacher::Teacher(const std::filesystem::path& file, const models::ModelDraft& student, TeacherTargets kind,
                 Device device)
    : hash_(hash_of_file(file)),
      model_(fitting_model(file, student, device)),
      kind_(kind),
      columns_(columns_of(file, model_->about(), student.about)),
      chunks_(model_->network(), device, std::numeric_limits<std::int32_t>::max()) {}

void Teacher::label(Batch& batch) {
  const auto length = static_cast<std::size_t>(model_->network().input().samples);
  for (std::size_t at = 0; at < batch.clean.size(); at += length)
    chunks_.add(std::span(batch.clean).subspan(at, length));
  const Tensor logits = chunks_.run("logits");
  const std::size_t labels = model_->about().labels.size();
  batch.targets.clear();
  for (std::size_t example = 0; example < batch.size(); ++example) {
    std::vector<float> mean(labels, 0.0f);
    for (std::size_t chunk = 0; chunk < batch.chunks; ++chunk) {
      const auto row = logits.span<float>().subspan((example * batch.chunks + chunk) * labels, labels);
      std::vector<float> scores(row.begin(), row.end());
      models::to_probabilities(model_->about().output, scores);
      for (std::size_t i = 0; i < labels; ++i) mean[i] += scores[i] / static_cast<float>(batch.chunks);
    }
    add_targets(mean, batch.targets);
  }
}

void Teacher::add_targets(std::span<const float> scores, std::vector<float>& targets) const {
  const auto highest = static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
  const bool is_exclusive = model_->about().output == models::Output::softmax;
  for (const std::size_t column : columns_) {
    const bool is_positive = is_exclusive ? column == highest : scores[column] >= 0.5f;
    targets.push_back(kind_ == TeacherTargets::soft ? scores[column] : is_positive ? 1.0f : 0.0f);
  }
}

std::filesystem::path teacher_file(const std::filesystem::path& teacher) {
  std::error_code ignored;
  return std::filesystem::is_directory(teacher, ignored) ? teacher / "best.safetensors" : teacher;
}

}  // namespace sonograd::train
