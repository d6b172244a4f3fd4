#include "app/commands/training_progress.h"

#include <fmt/format.h>
#include <utility>

#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "tensor/support/utf8.h"

namespace sonograd::app {

void TrainingProgress::show(const std::string& label, const std::string& unit, std::size_t done,
                            std::size_t total, const std::string& note) {
  if (!progress_ || label != label_) {
    label_ = label;
    progress_.emplace(label, unit, static_cast<std::int64_t>(total), bars_);
  }
  progress_->update(static_cast<std::int64_t>(done), note);
}

void TrainingProgress::on_prepare(std::size_t done, std::size_t total) {
  if (!std::exchange(is_announced_, true)) options_.announce(device_);
  clock_.begin("reading clips");
  show("reading", "clips", done, total, "");
}

void TrainingProgress::on_validate(std::size_t done, std::size_t total) {
  clock_.begin("validating");
  show("validating", "clips", done, total, "");
}

void TrainingProgress::on_step(const train::StepReport& report) {
  clock_.begin("training");
  seconds_left_ = report.seconds_left;
  show(fmt::format("epoch {}/{}", report.epoch, report.epochs), "batches",
       static_cast<std::size_t>(report.batch), static_cast<std::size_t>(report.batches),
       fmt::format("loss {:.4f}, {:.0f} clips/s, run {} to go", report.loss, report.examples_per_second,
                   format_duration(report.seconds_left)));
}

void TrainingProgress::on_epoch(const train::EpochReport& report) {
  progress_.reset();
  if (!lines_) return;
  std::string scores;
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value) scores += fmt::format(", {} {:.4f}", name, *value);
  };
  add("valid loss", report.valid_loss);
  add("ROC-AUC", report.valid_roc_auc);
  add("PR-AUC", report.valid_pr_auc);
  add("accuracy", report.valid_accuracy);
  for (std::size_t k = 0; k < train::kRecallAt.size(); ++k)
    add(fmt::format("recall@{}", train::kRecallAt[k]).c_str(), report.valid_recall[k]);
  add("triplets", report.valid_triplet_accuracy);
  print_remark("epoch {}: train loss {:.4f}{}, lr {:.2e}, {} (waited {:.1f} %), {} to go{}\n", report.epoch,
               report.train_loss, scores, report.lr, format_duration(report.seconds), 100 * report.wait_share,
               format_duration(seconds_left_), report.is_best ? "  *" : "");
}

void TrainingProgress::on_warning(const std::string& message) {
  if (progress_) progress_->clear();
  if (lines_) print_remark("warning: {}\n", to_utf8_lossy(message));
}

void TrainingProgress::on_partial_start(const std::string& message) {
  print_remark("warning: {}\n", to_utf8_lossy(message));
}

void TrainingProgress::on_failure(const std::filesystem::path& folder) {
  progress_.reset();
  print_remark("sonograd: the files in {} are complete; continue with: sonograd train --resume {}\n",
               folder.string(), folder.string());
}

bool TrainingProgress::keep_going() {
  return !interrupted();
}

}  // namespace sonograd::app
