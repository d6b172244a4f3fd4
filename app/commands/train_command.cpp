// `sonograd train`: from a data set to a run folder.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "app/commands/command.h"
#include "app/commands/profile_report.h"
#include "app/commands/training_progress.h"
#include "app/options/compute_options.h"
#include "app/options/kernel_choices.h"
#include "app/options/setting_flags.h"
#include "app/options/stream_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "models/core/architecture.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/config/config.h"
#include "train/config/recipe.h"
#include "train/run/json_entry.h"
#include "train/run/metrics_file.h"
#include "train/run/run.h"
#include "train/run/run_folder.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct TrainOptions {
  ComputeOptions compute;
  std::string out, resume, config;
  std::vector<std::string> set;
  bool print_config = false;
  bool json = false;
  SettingFlags flags;
};

// Options and their settings; computing options list their own.
constexpr std::pair<const char*, std::string_view> kTrainSettings[] = {
    {"--arch", "train.arch"},          {"--data", "data.dir"},
    {"--task", "data.task"},           {"--split", "data.split"},
    {"--valid", "data.valid"},         {"--labels", "data.labels"},
    {"--min-clips", "data.min_clips"}, {"--recipe", "train.recipe"},
    {"--loss", "loss.name"},           {"--epochs", "train.epochs"},
    {"--batch", "train.batch"},        {"--init", "train.init"},
    {"--teacher", "student.teacher"},  {"--unlabelled", "student.unlabelled"}};

// The flags that were given; computing options travel with the run.
std::vector<train::Assignment> flag_assignments(const TrainOptions& options) {
  std::vector<train::Assignment> assignments = options.flags.given;
  const std::vector<train::Assignment>& computing = options.compute.flags.given;
  assignments.insert(assignments.end(), computing.begin(), computing.end());
  for (const std::string& text : options.set) assignments.push_back(train::parse_assignment(text));
  return assignments;
}

// The defaults of the network. The number of outputs follows from the data.
std::vector<train::Assignment> model_defaults(const std::string& arch) {
  std::vector<train::Assignment> assignments;
  if (arch.empty()) return assignments;
  const models::OptionTable table = models::find_architecture(arch).options;
  for (const models::Option& option : table)
    assignments.push_back({option.path(), models::to_text(option.default_value), arch});
  return assignments;
}

train::Settings settings_of(const TrainOptions& options) {
  train::ConfigLayers layers;
  layers.model_defaults = model_defaults;
  layers.flags = flag_assignments(options);
  layers.environment = train::read_environment(environ);
  if (!options.config.empty()) layers.file = train::read_config(options.config);
  return train::merge_config(layers);
}

// The command line of this process, as a shell would take it.
std::string command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string text, word;
  while (std::getline(file, word, '\0')) {
    const bool plain =
        !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?[]#~`!{}") == std::string::npos;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    text += fmt::format("{}{}", text.empty() ? "" : " ", plain ? word : quoted + "'");
  }
  return text;
}

// Throws ConfigError for options that do not apply to a resumed run.
void require_resumable(const TrainOptions& options) {
  if (!train::RunFolder(options.resume).is_run()) {
    throw ConfigError(concat("--resume ", options.resume, ": no run folder (it has no config.toml)"));
  }
  if (!options.config.empty())
    throw ConfigError("--resume: the run keeps its settings; --config cannot be given");
  for (const train::Assignment& flag : flag_assignments(options)) {
    if (flag.key != "train.threads" && flag.key != "data.dir") {
      throw ConfigError(concat("--resume: the run keeps its settings; ", flag.origin, " cannot be given"));
    }
  }
}

// The place of the data set, when it has moved since the run was started.
std::filesystem::path moved_data(const TrainOptions& options) {
  std::filesystem::path folder;
  for (const train::Assignment& flag : flag_assignments(options)) {
    if (flag.key == "data.dir") folder = flag.value;
  }
  return folder;
}

// Computing options of the merged settings: flags, environment and files.
ComputeOptions computing_as(const train::Settings& settings, ComputeOptions options) {
  options.flags.settings.train = settings.train;
  return options;
}

void print_summary(const train::RunResult& result, const std::string& folder) {
  train::EpochReport best;
  for (const train::EpochReport& epoch : train::read_metrics(train::RunFolder(folder).metrics())) {
    if (epoch.epoch == result.best_epoch) best = epoch;
  }
  ordered_json unreadable = ordered_json::array();
  for (const train::ClipProblem& clip : result.unreadable) {
    unreadable.push_back({{"path", to_utf8_lossy(clip.path)}, {"reason", to_utf8_lossy(clip.reason)}});
  }
  ordered_json object = {
      {"out", to_utf8_lossy(folder)},
      {"finished", result.finished},
      {"epochs", result.epochs},
      {"best_epoch", result.best_epoch > 0 ? ordered_json(result.best_epoch) : ordered_json(nullptr)},
      {"best_loss", train::or_null(result.best_loss)},
      {"roc_auc", train::or_null(best.valid_roc_auc)},
      {"pr_auc", train::or_null(best.valid_pr_auc)},
      {"accuracy", train::or_null(best.valid_accuracy)},
      {"unreadable", unreadable},
      {"seconds", result.seconds}};
  for (std::size_t k = 0; k < train::kRecallAt.size(); ++k)
    if (best.valid_recall[k]) object[fmt::format("recall_{}", train::kRecallAt[k])] = *best.valid_recall[k];
  if (best.valid_triplet_accuracy) object["triplet_accuracy"] = *best.valid_triplet_accuracy;
  print_data("{}\n", object.dump());
}

int finish(const train::RunResult& result, const std::string& folder, bool quiet) {
  for (const train::ClipProblem& clip : result.unreadable) {
    print_remark("skipped {}: {}\n", to_utf8_lossy(clip.path), to_utf8_lossy(clip.reason));
  }
  if (!result.finished) {
    if (std::filesystem::exists(folder)) {
      print_remark("sonograd: stopped; continue with: sonograd train --resume {}\n", folder);
    } else {
      print_remark("sonograd: stopped before the first step; {} was not made\n", folder);
    }
    return kInterrupted;
  }
  if (!quiet)
    print_remark("{}: {}, model of epoch {}\n", folder,
                 counted(static_cast<std::size_t>(result.epochs), "epoch"), result.best_epoch);
  if (result.unreadable.empty()) return kOk;
  print_remark("sonograd: skipped {} that could not be read\n", counted(result.unreadable.size(), "clip"));
  return kPartial;
}

int run_train(const TrainOptions& options) {
  const bool resumes = !options.resume.empty();
  if (resumes == !options.out.empty() && (resumes || !options.print_config)) {
    throw ConfigError("train: expected --out RUN (a new run) or --resume RUN (continue a run)");
  }
  if (resumes) require_resumable(options);
  const train::Settings settings =
      resumes ? train::RunFolder(options.resume).settings() : settings_of(options);
  if (options.print_config) {
    print_data("{}", train::format_config(settings));
    return kOk;
  }
  if (settings.train.arch.empty())
    throw ConfigError("train: --arch is missing; `sonograd models` lists the networks");
  if (settings.data.dir.empty()) throw ConfigError("train: --data is missing");
  const ComputeOptions compute = computing_as(settings, options.compute);
  const KernelChoices choices(compute);
  const Device device = compute.apply();
  const train::RunRequest request = {command_line(), SONOGRAD_VERSION};
  TrainingProgress progress(compute, device);
  const std::string& folder = resumes ? options.resume : options.out;
  const train::Resumption changes{.threads = static_cast<int>(options.compute.settings().threads),
                                  .data = resumes ? moved_data(options) : ""};
  const train::RunResult result = resumes ? train::resume_run(folder, changes, request, progress)
                                          : train::start_run(settings, folder, request, progress);
  if (options.json) print_summary(result, folder);
  return finish(result, folder, compute.quiet);
}

constexpr const char* kWhereSettingsComeFrom =
    "Every setting has a key; --print-config lists them. Order of precedence: flags and --set KEY=VALUE, the "
    "environment (train.threads is SONOGRAD_TRAIN_THREADS), --config FILE, the recipe, the defaults of the "
    "network.";

// "Recipes:", and each of them with its method and source.
std::string recipes_text() {
  std::string text = "Recipes:";
  for (const train::RecipeFile& recipe : train::recipe_files())
    text += fmt::format("\n  {:<14} {}", recipe.name, train::recipe_summary(recipe));
  return text;
}

}  // namespace

Command train_command() {
  return {
      "train", "train a network on a labelled data set", [](CLI::App& app) {
        auto options = std::make_shared<TrainOptions>();
        app.add_option("--out", options->out, "run folder to create")->check(not_a_stream);
        app.add_option("--resume", options->resume,
                       "run folder to continue; --data: where the data set is now, if it has moved");
        for (const auto& [flag, key] : kTrainSettings) options->flags.add(app, flag, key);
        app.add_option("--config", options->config, "TOML file with settings, - for stdin");
        app.add_option("--set", options->set, "KEY=VALUE: any setting (repeatable)")->allow_extra_args(false);
        app.add_flag("--print-config", options->print_config,
                     "print every setting with its value, unit and range, and stop");
        app.add_flag("--json", options->json, "print a summary of the run as one JSON object");
        options->compute.add_to(app);
        // The environment is read as one layer of settings: below the flags, and not at all by --resume.
        for (CLI::Option* option : app.get_options()) option->envname("");
        app.footer(concat(recipes_text(), "\n\n", kWhereSettingsComeFrom, "\n\n", app.get_footer()));
        return [options] { return run_profiled(options->compute, [&] { return run_train(*options); }); };
      }};
}

}  // namespace sonograd::app
