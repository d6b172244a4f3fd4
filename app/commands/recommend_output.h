// Arguments and results that the commands on recommendation share.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "app/terminal/table.h"
#include "train/recommend/neighbours.h"

namespace CLI {
class App;
}

namespace sonograd::app {

/// Options of a command that prints items of a file of factors.
struct ItemListOptions {
  std::string factors;
  std::size_t top = 10;
  OutputFormat output;

  void add_file_to(CLI::App& app);
  /// `--top` and the format.
  void add_to(CLI::App& app);
};

/// Place of `id` in `ids`. Throws ConfigError with the nearest ones for another; `kind` is "user" or "item".
std::size_t number_of_id(const std::string& file, const char* kind, std::span<const std::string> ids,
                         const std::string& id);

/// Prints one row for each item; `score` names their number. In JSON, they are `items` behind `kind`, "user" or "item", with the
/// `id` that was asked for.
void print_items(const ItemListOptions& options, const train::Factors& factors,
                 std::span<const train::Neighbour> items, const char* score, const char* kind,
                 const std::string& id);

}  // namespace sonograd::app
