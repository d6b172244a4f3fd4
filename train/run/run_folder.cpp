#include "train/run/run_folder.h"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <unistd.h>

#include "tensor/io/atomic_file.h"
#include "tensor/io/text_file.h"
#include "tensor/support/text.h"
#include "train/config/config.h"
#include "train/run/json_entry.h"
#include "train/run/metrics_file.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

}  // namespace

void RunFolder::require_new() const {
  std::error_code ignored;
  const fs::file_type found = fs::symlink_status(folder_, ignored).type();
  if (found != fs::file_type::not_found && found != fs::file_type::none) {
    const std::string name = folder_.string();
    throw ConfigError(is_run() ? concat(name, " exists; continue that run with --resume ", name,
                                        ", or choose another folder")
                               : concat(name, " exists and is no run; expected the name of a new folder"));
  }
  fs::path parent = fs::absolute(folder_ / "").parent_path();
  while (!fs::exists(parent, ignored) && parent.has_relative_path()) parent = parent.parent_path();
  if (access((parent / "").c_str(), W_OK | X_OK) == 0) return;
  const std::error_code reason(errno, std::generic_category());
  throw IoError(
      concat(folder_.string(), ": cannot make the folder in ", parent.string(), ": ", reason.message()));
}

bool RunFolder::is_run() const {
  std::error_code ignored;
  return fs::exists(config(), ignored);
}

void RunFolder::require_run() const {
  if (!is_run()) throw ConfigError(concat(folder_.string(), ": no run folder (it has no config.toml)"));
}

Settings RunFolder::settings() const {
  return merge_config({.flags = {}, .environment = {}, .file = read_config(config()), .model_defaults = {}});
}

void RunFolder::write_settings(const Settings& settings) const {
  io::replace_file(config(), format_config(settings));
}

void RunFolder::append_metrics(const EpochReport& report) const {
  ordered_json line = {{"epoch", report.epoch},
                       {"step", report.step},
                       {"train_loss", report.train_loss},
                       {"valid_loss", or_null(report.valid_loss)},
                       {"valid_roc_auc", or_null(report.valid_roc_auc)},
                       {"valid_pr_auc", or_null(report.valid_pr_auc)},
                       {"valid_accuracy", or_null(report.valid_accuracy)},
                       {"lr", report.lr},
                       {"seconds", report.seconds},
                       {"wait_share", report.wait_share}};
  for (std::size_t k = 0; k < kRecallAt.size(); ++k)
    if (report.valid_recall[k]) line[recall_key(kRecallAt[k])] = *report.valid_recall[k];
  if (report.valid_triplet_accuracy) line[kTripletKey] = *report.valid_triplet_accuracy;
  const std::string text = fs::exists(metrics()) ? io::read_text_file(metrics()) : std::string();
  io::replace_file(metrics(), text + line.dump() + '\n');
}

void RunFolder::keep_metrics(std::int64_t epochs) const {
  if (!fs::exists(metrics())) return;
  const std::string text = io::read_text_file(metrics());
  std::string kept;
  std::int64_t last = 0;
  for (const std::string_view line : text_lines(text)) {
    const std::optional<std::int64_t> epoch = epoch_of(line);
    if (!epoch || *epoch <= last || *epoch > epochs) continue;
    last = *epoch;
    kept.append(line) += '\n';
  }
  if (kept != text) io::replace_file(metrics(), kept);
}

}  // namespace sonograd::train
