// `sonograd recommend for`: items that a user has not played yet.
#include <CLI/CLI.hpp>
#include <string_view>
#include <unordered_set>

#include "app/commands/command.h"
#include "app/commands/recommend_output.h"
#include "app/terminal/exit_codes.h"
#include "train/recommend/plays.h"

namespace sonograd::app {
namespace {

struct ForOptions {
  ItemListOptions list;
  std::string plays, user;
};

// Places in `factors` of the items that the user has played, in ascending order; others have no factors.
std::vector<std::size_t> played_items(const train::Factors& factors, const train::Plays& plays,
                                      std::size_t user) {
  std::unordered_set<std::string_view> played;
  for (const auto& [item, count] : plays.by_user.row(user)) played.insert(plays.items[item]);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < factors.item_ids.size(); ++i)
    if (played.contains(factors.item_ids[i])) places.push_back(i);
  return places;
}

int recommend_for(const ForOptions& options) {
  const train::Factors factors = train::read_factors(options.list.factors);
  const std::size_t user = number_of_id(options.list.factors, "user", factors.user_ids, options.user);
  const train::Plays plays = train::read_plays(options.plays);
  const std::vector<std::size_t> played =
      played_items(factors, plays, number_of_id(options.plays, "user", plays.users, options.user));
  print_items(options.list, factors, train::items_for(factors, user, played, options.list.top), "preference",
              "user", options.user);
  return kOk;
}

}  // namespace

Command recommend_for_command() {
  return {"recommend for", "print items for a user, without those already played", [](CLI::App& app) {
            auto options = std::make_shared<ForOptions>();
            options->list.add_file_to(app);
            app.add_option("PLAYS", options->plays, "table of play counts; - for stdin")->required();
            app.add_option("USER", options->user, "id of a user, as in the play counts")->required();
            options->list.add_to(app);
            return [options] { return recommend_for(*options); };
          }};
}

}  // namespace sonograd::app
