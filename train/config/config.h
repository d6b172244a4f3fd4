// Settings of a run: read from flags, environment and file, merged, and written to a file.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "train/config/setting_value.h"
#include "train/config/settings.h"

namespace sonograd::train {

/// "KEY=VALUE" as `--set` takes it. Throws ConfigError without a key or an equals sign.
Assignment parse_assignment(std::string_view text);

/// The keys of a TOML file; `[optim] lr = 1e-4` and `optim.lr = 1e-4` are the same.
/// Throws ReadError (unreadable) and ConfigError (not TOML, naming line and column).
std::vector<Assignment> read_config(const std::filesystem::path& file);
/// The same for the text of a file that is called `name`.
std::vector<Assignment> parse_config(std::string_view text, const std::string& name);

/// The variable of the environment that gives a setting: SONOGRAD_OPTIM_LR for optim.lr.
std::string environment_variable(std::string_view key);

/// The error message for a variable that is called nearly as one of a setting, or begins as those of a group of settings do;
/// empty for any other.
std::string misspelt_variable(const std::string& name);

/// SONOGRAD_OPTIM_LR=1e-4 sets optim.lr, SONOGRAD_MODEL_CHANNELS=64 sets model.channels; other variables are
/// ignored. `environment` is a list of NAME=VALUE that ends with nullptr, as `environ`. Throws ConfigError for a variable for
/// which `misspelt_variable` has a message.
std::vector<Assignment> read_environment(const char* const* environment);

/// Sources of settings. Earlier members win; within one, the last assignment of a key does. Below them all come
/// the recipe (`train.recipe`), the defaults of the network (`train.arch`), and the built-in defaults.
struct ConfigLayers {
  std::vector<Assignment> flags, environment, file;
  std::function<std::vector<Assignment>(const std::string& arch)> model_defaults;  ///< may be empty
};

/// Throws ConfigError as `assign` does, and for an option `model.KEY` that the network does not have.
Settings merge_config(const ConfigLayers& layers);

/// TOML with every setting, its range and meaning as comments: `config.toml` and `--print-config`.
/// Reading it back gives equal settings.
std::string format_config(const Settings& settings);

}  // namespace sonograd::train
