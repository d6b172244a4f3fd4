// `sonograd data check`: clips, splits, labels and damage of a data set.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "app/commands/command.h"
#include "app/options/setting_flags.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "app/terminal/table.h"
#include "audio/shard_index.h"
#include "tensor/support/core_budget.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/clip_check.h"
#include "train/data/dataset.h"
#include "train/data/prepare/verify.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

constexpr std::array kParts = {"train", "valid", "test"};

constexpr std::pair<const char*, std::string_view> kDataSettings[] = {{"--task", "data.task"},
                                                                      {"--split", "data.split"},
                                                                      {"--valid", "data.valid"},
                                                                      {"--seed", "train.seed"},
                                                                      {"--threads", "train.threads"}};

struct DataCheckOptions {
  SettingFlags flags;
  OutputFormat output;
  bool quiet = false;
  bool no_progress = false;
};

// The result of the check.
struct Findings {
  train::Dataset dataset;
  std::vector<train::ClipCheck> clips;
  std::array<std::vector<std::size_t>, 3> support = {};  // of each label, by part
  std::map<int, std::size_t> sample_rates = {};
  std::vector<train::ShardProblem> shards = {};  // of prepared data
  double seconds = 0;
  std::size_t unreadable = 0, damaged = 0;

  std::size_t clips_in(std::size_t part) { return dataset.split.part(kParts[part])->size(); }
};

void count(Findings& findings) {
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    findings.support[part] =
        findings.dataset.labels.support(findings.dataset.table, *findings.dataset.split.part(kParts[part]));
  }
  for (const train::ClipCheck& clip : findings.clips) {
    findings.seconds += clip.seconds;
    findings.unreadable += !clip.error.empty();
    findings.damaged += !clip.warning.empty();
    if (clip.error.empty()) ++findings.sample_rates[clip.sample_rate];
  }
}

// Number of labels that all clips of the part have, or none has.
std::vector<std::string> one_class_labels(Findings& findings, std::size_t part) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < findings.dataset.labels.size(); ++i) {
    const std::size_t clips = findings.support[part][i];
    if (clips == 0 || clips == findings.clips_in(part)) names.push_back(findings.dataset.labels.names()[i]);
  }
  return names;
}

// Whether the clip is in a shard that is reported as a whole.
bool is_in_lost_shard(const Findings& findings, std::size_t row) {
  const train::LabelsTable& table = findings.dataset.table;
  if (!table.is_prepared()) return false;
  const std::string& shard = table.cell(row, table.column("shard"));
  return std::ranges::any_of(findings.shards, [&](const train::ShardProblem& problem) {
    return !problem.is_readable &&
           (problem.file == shard || problem.file == audio::index_of_shard(shard).string());
  });
}

// `empty_part`: the error message for a part that is empty.
void print_remarks(Findings& findings, const std::string& empty_part, bool quiet) {
  const train::LabelsTable& table = findings.dataset.table;
  for (const train::ShardProblem& shard : findings.shards)
    print_remark("damaged {}: {}\n", shard.file, to_utf8_lossy(shard.reason));
  for (const train::ClipCheck& clip : findings.clips) {
    const std::string path = to_utf8_lossy(table.path(clip.row));
    if (!clip.error.empty() && !is_in_lost_shard(findings, clip.row))
      print_remark("unreadable {}: {}\n", path, to_utf8_lossy(clip.error));
    if (!clip.warning.empty()) print_remark("warning: {}: {}\n", path, to_utf8_lossy(clip.warning));
  }
  if (!empty_part.empty()) print_remark("sonograd: {}\n", to_utf8_lossy(empty_part));
  if (quiet) return;
  for (const std::string& sentence : findings.dataset.warnings()) print_remark("warning: {}\n", sentence);
  if (findings.dataset.labels.targets_of() == train::TargetsOf::step) return;  // classes change within a clip
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    const std::vector<std::string> names = one_class_labels(findings, part);
    if (names.empty() || findings.clips_in(part) == 0) continue;
    print_remark("warning: {} with one class only in the {} split: {}\n", counted(names.size(), "label"),
                 kParts[part], listed(names));
  }
}

ordered_json clips_with(const Findings& findings, std::string train::ClipCheck::*text, const char* key) {
  ordered_json list = ordered_json::array();
  for (const train::ClipCheck& clip : findings.clips) {
    if ((clip.*text).empty()) continue;
    list.push_back(
        {{"path", to_utf8_lossy(findings.dataset.table.path(clip.row))}, {key, to_utf8_lossy(clip.*text)}});
  }
  return list;
}

void print_json(Findings& findings) {
  const train::LabelSet& set = findings.dataset.labels;
  ordered_json splits, labels = ordered_json::array(), rates = ordered_json::array();
  for (std::size_t part = 0; part < kParts.size(); ++part) splits[kParts[part]] = findings.clips_in(part);
  for (std::size_t i = 0; i < set.size(); ++i) {
    ordered_json label = {{"label", set.names()[i]}};
    for (std::size_t part = 0; part < kParts.size(); ++part) {
      label[kParts[part]] = findings.support[part][i];
    }
    labels.push_back(label);
  }
  for (const auto& [rate, clips] : findings.sample_rates) rates.push_back({{"hz", rate}, {"clips", clips}});
  ordered_json object = {{"clips", findings.clips.size()},
                         {"task", set.column()},
                         {"splits", splits},
                         {"labels", labels},
                         {"seconds", findings.seconds},
                         {"sample_rates", rates},
                         {"unreadable", clips_with(findings, &train::ClipCheck::error, "reason")},
                         {"damaged", clips_with(findings, &train::ClipCheck::warning, "warning")}};
  if (findings.dataset.table.is_prepared()) {
    object["shards"] = ordered_json::array();
    for (const train::ShardProblem& shard : findings.shards)
      object["shards"].push_back({{"file", shard.file}, {"reason", to_utf8_lossy(shard.reason)}});
  }
  print_data("{}\n", object.dump());
}

void print_table(Findings& findings, const std::string& format) {
  Table table({"label", kParts[0], kParts[1], kParts[2]}, format);
  for (std::size_t i = 0; i < findings.dataset.labels.size(); ++i) {
    table.add({findings.dataset.labels.names()[i], std::to_string(findings.support[0][i]),
               std::to_string(findings.support[1][i]), std::to_string(findings.support[2][i])});
  }
  table.finish();
  if (format != "table") return;
  print_data("\nclips {} (train {}, valid {}, test {})\nduration {}\n", findings.clips.size(),
             findings.clips_in(0), findings.clips_in(1), findings.clips_in(2),
             format_duration(findings.seconds));
  for (const auto& [rate, clips] : findings.sample_rates)
    print_data("{} Hz: {}\n", rate, counted(static_cast<std::size_t>(clips), "clip"));
  print_data("unreadable {}\ndamaged {}\n", findings.unreadable, findings.damaged);
}

// False: interrupted.
bool check_shards(Findings& findings, int threads, bool shows_progress) {
  if (!findings.dataset.table.is_prepared()) return true;
  std::optional<Progress> progress;
  findings.shards = train::verify_shards(findings.dataset.table.folder(), threads,
                                         [&](std::size_t done, std::size_t shards) {
                                           if (!progress)
                                             progress.emplace("checking", "shards", shards, shows_progress);
                                           progress->update(static_cast<std::int64_t>(done));
                                           return !interrupted();
                                         });
  return !interrupted();
}

int data_check(const DataCheckOptions& options) {
  Findings findings{train::Dataset::open_to_check(options.flags.settings), {}};
  const std::vector<std::size_t> rows = findings.dataset.split.rows();
  const bool shows_progress = !options.quiet && !options.no_progress;
  const auto given = static_cast<int>(options.flags.settings.train.threads);
  const int threads = given > 0 ? given : core_budget().cores;
  if (!check_shards(findings, threads, shows_progress)) return kInterrupted;
  Progress progress("decoding", "clips", std::ssize(rows), shows_progress);
  findings.clips = train::check_clips(findings.dataset.table, rows, threads, [&](std::size_t done) {
    progress.update(static_cast<std::int64_t>(done));
    return !interrupted();
  });
  progress.clear();
  if (findings.clips.size() < rows.size()) return kInterrupted;
  count(findings);
  const std::string empty_part = findings.dataset.empty_part(options.flags.settings);
  print_remarks(findings, empty_part, options.quiet);
  if (options.output.json) {
    print_json(findings);
  } else {
    print_table(findings, options.output.format);
  }
  if (!empty_part.empty()) return kInputUnreadable;
  if (findings.unreadable == 0) return findings.shards.empty() ? kOk : kPartial;
  return train::is_too_many_unreadable(findings.unreadable, rows.size()) ? kInputUnreadable : kPartial;
}

}  // namespace

Command data_check_command() {
  return {"data check", "decode a data set and report clips, splits, labels and damage", [](CLI::App& app) {
            auto options = std::make_shared<DataCheckOptions>();
            options->flags.add(app, "DIR", "data.dir").required();
            for (const auto& [flag, key] : kDataSettings) options->flags.add(app, flag, key);
            // These settings are those of a training run; this command does not read the environment.
            for (CLI::Option* option : app.get_options()) option->envname("");
            options->output.add_to(app);
            app.add_flag("-q,--quiet", options->quiet, "only clips that cannot be used on stderr");
            app.add_flag("--no-progress", options->no_progress, "no progress on stderr");
            return [options] { return data_check(*options); };
          }};
}

}  // namespace sonograd::app
