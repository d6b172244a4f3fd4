#include "app/commands/recommend_output.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/options/number_range.h"
#include "app/options/stream_argument.h"
#include "app/terminal/output.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::app {
namespace {

// Four decimals; zero has no sign.
std::string rounded(double value) {
  return fmt::format("{:.4f}", std::round(value * 1e4) / 1e4 + 0.0);
}

}  // namespace

void ItemListOptions::add_file_to(CLI::App& app) {
  app.add_option("FACTORS", factors, "file of recommend factorise")->required()->check(not_a_stream);
}

void ItemListOptions::add_to(CLI::App& app) {
  app.add_option("--top", top, "number of items to print")
      ->check(whole_number_from(1))
      ->capture_default_str();
  output.add_to(app);
}

std::size_t number_of_id(const std::string& file, const char* kind, std::span<const std::string> ids,
                         const std::string& id) {
  const auto found = std::ranges::find(ids, id);
  if (found != ids.end()) return static_cast<std::size_t>(found - ids.begin());
  throw ConfigError(concat(file, ": expected the id of one of its ", counted(ids.size(), kind), ", got '", id,
                           '\'', did_you_mean(id, ids)));
}

void print_items(const ItemListOptions& options, const train::Factors& factors,
                 std::span<const train::Neighbour> items, const char* score, const char* kind,
                 const std::string& id) {
  if (options.output.json) {
    nlohmann::ordered_json object = {{kind, id}};
    object["items"] = nlohmann::ordered_json::array();
    for (const train::Neighbour& each : items)
      object["items"].push_back({{"item", factors.item_ids[each.item]}, {score, each.score}});
    print_data("{}\n", object.dump());
    return;
  }
  Table table({"item", score}, options.output.format);
  for (const train::Neighbour& each : items)
    table.add({factors.item_ids[each.item],
               options.output.format == "table" ? rounded(each.score) : fmt::format("{:.7g}", each.score)});
  table.finish();
}

}  // namespace sonograd::app
