#include "train/run/run_folder.h"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <unistd.h>

#include "tensor/io/atomic_file.h"
#include "tensor/io/text_file.h"
#include "train/config/config.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

ordered_json or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

void replace_file(const fs::path& file, std::string_view text) {
  io::AtomicFile out(file);
  out.write(text);
  out.commit();
}

// A folder that is deleted unless it has been renamed.
struct Unfinished {
  fs::path folder;
  ~Unfinished() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
};

}  // namespace

void RunFolder::require_new() const {
  std::error_code ignored;
  const fs::file_type found = fs::symlink_status(folder_, ignored).type();
  if (found != fs::file_type::not_found && found != fs::file_type::none) {
    throw ConfigError(concat(folder_.string(), " exists; continue that run with --resume ", folder_.string(),
                             ", or choose another folder"));
  }
  fs::path parent = fs::absolute(folder_ / "").parent_path();
  while (!fs::exists(parent, ignored) && parent.has_relative_path()) parent = parent.parent_path();
  if (access((parent / "").c_str(), W_OK | X_OK) == 0) return;
  const std::error_code reason(errno, std::generic_category());
  throw IoError(
      concat(folder_.string(), ": cannot make the folder in ", parent.string(), ": ", reason.message()));
}

void RunFolder::create(const Settings& settings) const {
  require_new();
  // Made under another name and renamed: a run folder that exists has its settings and can be resumed.
  const fs::path target = (folder_ / "").parent_path();
  const Unfinished made{target.parent_path() / concat('.', target.filename().string(), ".sonograd-new")};
  std::error_code error;
  fs::remove_all(made.folder, error);
  if (!error) fs::create_directories(made.folder, error);
  if (!error) replace_file(RunFolder(made.folder).config(), format_config(settings));
  if (!error) fs::rename(made.folder, target, error);
  if (error) throw IoError(concat(folder_.string(), ": cannot make the folder: ", error.message()));
}

Settings RunFolder::settings() const {
  return merge_config({.flags = {}, .environment = {}, .file = read_config(config()), .model_defaults = {}});
}

void RunFolder::append_metrics(const EpochReport& report) const {
  const ordered_json line = {{"epoch", report.epoch},
                             {"step", report.step},
                             {"train_loss", report.train_loss},
                             {"valid_loss", or_null(report.valid_loss)},
                             {"valid_roc_auc", or_null(report.valid_roc_auc)},
                             {"valid_pr_auc", or_null(report.valid_pr_auc)},
                             {"valid_accuracy", or_null(report.valid_accuracy)},
                             {"lr", report.lr},
                             {"seconds", report.seconds},
                             {"wait_share", report.wait_share}};
  const std::string text = fs::exists(metrics()) ? io::read_text_file(metrics()) : std::string();
  replace_file(metrics(), text + line.dump() + '\n');
}

void RunFolder::keep_metrics(std::int64_t epochs) const {
  if (!fs::exists(metrics())) return;
  const std::string text = io::read_text_file(metrics());
  std::size_t end = 0;
  for (std::int64_t line = 0; line < epochs && end < text.size(); ++line) {
    const std::size_t newline = text.find('\n', end);
    end = newline == std::string::npos ? text.size() : newline + 1;
  }
  replace_file(metrics(), std::string_view(text).substr(0, end));
}

}  // namespace sonograd::train
