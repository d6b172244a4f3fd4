// Named training recipes: presets over the settings, one file of train/config/recipes each.
#pragma once

#include <string_view>
#include <vector>

#include "train/config/setting_value.h"

namespace sonograd::train {

/// A file of train/config/recipes.
struct RecipeFile {
  std::string_view name;  ///< without the extension
  std::string_view
      text;  ///< TOML as in a configuration file; its first line is a comment: see `recipe_summary`
};

/// Every recipe, by name.
std::vector<RecipeFile> recipe_files();

/// The line with which the file begins, without its comment sign: method, then source.
std::string_view recipe_summary(const RecipeFile& recipe);

/// The settings of a recipe; none for `plain`, the built-in defaults. Throws ConfigError for an unknown name.
std::vector<Assignment> recipe_assignments(std::string_view name);

}  // namespace sonograd::train
