#include "train/config/recipe.h"

#include <algorithm>

#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "train/config/config.h"

namespace sonograd::train {

std::string_view recipe_summary(const RecipeFile& recipe) {
  const std::string_view line = recipe.text.substr(0, recipe.text.find('\n'));
  return trim(line.substr(std::min<std::size_t>(1, line.size())));
}

std::vector<Assignment> recipe_assignments(std::string_view name) {
  const std::vector<RecipeFile> recipes = recipe_files();
  const auto recipe = std::ranges::find(recipes, name, &RecipeFile::name);
  if (recipe == recipes.end()) throw ConfigError(concat("no recipe is called '", name, '\''));
  return parse_config(recipe->text, concat("recipe ", name));
}

}  // namespace sonograd::train
