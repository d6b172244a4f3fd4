// `sonograd recommend similar`: items with factors like those of another one.
#include <CLI/CLI.hpp>

#include "app/commands/command.h"
#include "app/commands/recommend_output.h"
#include "app/terminal/exit_codes.h"

namespace sonograd::app {
namespace {

struct SimilarOptions {
  ItemListOptions list;
  std::string item;
};

int recommend_similar(const SimilarOptions& options) {
  const train::Factors factors = train::read_factors(options.list.factors);
  const std::size_t item = number_of_id(options.list.factors, "item", factors.item_ids, options.item);
  print_items(options.list, factors, train::similar_items(factors, item, options.list.top), "cosine", "item",
              options.item);
  return kOk;
}

}  // namespace

Command recommend_similar_command() {
  return {"recommend similar", "print the items most like one item, which itself comes first",
          [](CLI::App& app) {
            auto options = std::make_shared<SimilarOptions>();
            options->list.add_file_to(app);
            app.add_option("ITEM", options->item, "id of an item, as in the play counts")->required();
            options->list.add_to(app);
            return [options] { return recommend_similar(*options); };
          }};
}

}  // namespace sonograd::app
