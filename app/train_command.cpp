// `sonograd train`: from a data set to a run folder.
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <unistd.h>

#include "app/command.h"
#include "app/compute_options.h"
#include "app/exit_codes.h"
#include "app/kernel_choices.h"
#include "app/output.h"
#include "app/profile_report.h"
#include "app/stream_argument.h"
#include "app/training_progress.h"
#include "audio/utf8.h"
#include "models/core/registry.h"
#include "train/config.h"
#include "train/model_setup.h"
#include "train/run.h"

namespace sonograd::app {
namespace {

struct TrainOptions {
  ComputeOptions compute;
  std::string out, resume, config;
  std::vector<std::string> set;
  bool print_config = false;
  CLI::App* app = nullptr;
  std::vector<train::Assignment> flags;
};

// A flag that is another way to write `--set KEY=VALUE`.
struct SettingFlag {
  const char* flag;
  const char* key;
  const char* help;
};

constexpr SettingFlag kSettingFlags[] = {
    {"--arch", "train.arch", "network, as `sonograd models` lists them"},
    {"--data", "data.dir", "folder with labels.tsv, or one sub-folder per label"},
    {"--task", "data.task", "tags or label (default: tags when the table has them)"},
    {"--split", "data.split", "split, or COLUMN=VALUE: test on that value"},
    {"--valid", "data.valid", "none: train on everything that is not test, keep the last epoch"},
    {"--labels", "data.labels", "labels in output order: mtat, msd, jamendo, or a file with one per line"},
    {"--min-clips", "data.min_clips", "drop labels with fewer clips"},
    {"--recipe", "train.recipe", "plain or sota"},
    {"--epochs", "train.epochs", "passes over the training clips"},
    {"--batch", "train.batch", "examples per step"},
    {"--init", "train.init", "weights to start from (.safetensors or .pth): whatever fits"},
};

// The flags that were given, in the form of settings; computing options travel with the run.
std::vector<train::Assignment> flag_assignments(const TrainOptions& options) {
  std::vector<train::Assignment> assignments = options.flags;
  const auto given = [&](const char* flag) { return options.app->count(flag) != 0; };
  const auto add = [&](const char* flag, const char* key, const std::string& value) {
    if (given(flag)) assignments.push_back({key, value, flag});
  };
  add("--seed", "train.seed", std::to_string(options.compute.seed));
  add("--device", "train.device", options.compute.device);
  add("--threads", "train.threads", std::to_string(options.compute.threads));
  add("--precision", "train.precision", options.compute.precision);
  for (const std::string& text : options.set) assignments.push_back(train::parse_assignment(text));
  return assignments;
}

// What the network wants by itself. The number of outputs follows from the data.
std::vector<train::Assignment> model_defaults(const std::string& arch) {
  std::vector<train::Assignment> assignments;
  if (arch.empty()) return assignments;
  const models::Architecture architecture = models::find_architecture(arch);
  for (const std::string_view key : architecture.options) {
    const double value = models::get_option(architecture.defaults, models::find_option(key));
    assignments.push_back({concat("model.", key), fmt::format("{}", value), arch});
  }
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

int finish(const train::RunResult& result, const std::string& folder, bool quiet) {
  if (!result.finished) {
    if (std::filesystem::exists(folder)) {
      print_remark("sonograd: stopped; go on with: sonograd train --resume {}\n", folder);
    } else {
      print_remark("sonograd: stopped before the first step; {} was not made\n", folder);
    }
    return kInterrupted;
  }
  if (!quiet)
    print_remark("{}: {} {}, model of epoch {}\n", folder, result.epochs,
                 result.epochs == 1 ? "epoch" : "epochs", result.best_epoch);
  if (result.unreadable.empty()) return kOk;
  print_remark("sonograd: {} clips could not be read and were skipped\n", result.unreadable.size());
  return kPartial;
}

int run_train(const TrainOptions& options) {
  if (options.resume.empty() == options.out.empty() && !options.print_config) {
    throw ConfigError("train: give --out RUN for a new run, or --resume RUN to go on with one");
  }
  if (!options.resume.empty()) {
    if (!std::filesystem::exists(std::filesystem::path(options.resume) / "config.toml")) {
      throw ConfigError(concat("--resume ", options.resume, ": no run folder (it has no config.toml)"));
    }
    const std::vector<train::Assignment> flags = flag_assignments(options);
    for (const train::Assignment& flag : flags) {
      if (flag.key != "train.threads") {
        throw ConfigError(concat("--resume: the run keeps its settings; ", flag.origin, " cannot be given"));
      }
    }
  }
  const train::RunRequest request = {command_line(), SONOGRAD_VERSION};
  TrainingProgress progress(options.compute);
  if (!options.resume.empty()) {
    const KernelChoices choices(options.compute);
    options.compute.apply_kernels();
    return finish(train::resume_run(options.resume, options.compute.threads, request, progress),
                  options.resume, options.compute.quiet);
  }
  const train::Settings settings = settings_of(options);
  if (options.print_config) {
    print_data("{}", train::format_config(settings));
    return kOk;
  }
  if (settings.train.arch.empty())
    throw ConfigError("train: --arch is missing; `sonograd models` lists the networks");
  if (settings.data.dir.empty()) throw ConfigError("train: --data is missing");
  const KernelChoices choices(options.compute);
  options.compute.apply();
  return finish(train::start_run(settings, options.out, request, progress), options.out,
                options.compute.quiet);
}

}  // namespace

Command train_command() {
  return {
      "train", "train a network on a labelled data set", [](CLI::App& app) {
        auto options = std::make_shared<TrainOptions>();
        options->app = &app;
        app.add_option("--out", options->out, "run folder to make")->check(not_a_stream);
        app.add_option("--resume", options->resume, "run folder to go on with");
        for (const SettingFlag& flag : kSettingFlags) {
          const auto assign = [options, flag](const std::string& value) {
            options->flags.push_back({flag.key, value, flag.flag});
          };
          app.add_option_function<std::string>(flag.flag, assign, flag.help);
        }
        app.add_option("--config", options->config, "TOML file with settings, - for stdin");
        app.add_option("--set", options->set, "KEY=VALUE: any setting (repeatable)")->allow_extra_args(false);
        app.add_flag("--print-config", options->print_config,
                     "print every setting with its value, unit and range, and stop");
        options->compute.add_to(app);
        return [options] { return run_profiled(options->compute, [&] { return run_train(*options); }); };
      }};
}

}  // namespace sonograd::app
