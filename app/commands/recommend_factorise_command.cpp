// `sonograd recommend factorise`: from play counts to factors of users and items.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/options/number_range.h"
#include "app/options/output_argument.h"
#include "app/options/word_list.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "tensor/io/output_file.h"
#include "tensor/support/compute_thread.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/config/setting_table.h"
#include "train/recommend/factorise.h"

namespace sonograd::app {
namespace {

struct RecommendFactoriseOptions {
  std::string plays, out;
  std::string surplus = std::string(word_of(train::Surplus::log));
  train::FactoriseOptions work;
  int threads = 0;  ///< 0: all cores
  bool json = false;
  bool quiet = false;
  bool no_progress = false;
};

void print_summary(const RecommendFactoriseOptions& options, const train::Plays& plays, double objective) {
  const std::size_t counts = plays.by_user.entries.size();
  if (!options.quiet) {
    print_remark("{}: {}, {}, {}; objective {:.6g}\n", options.out, counted(plays.users.size(), "user"),
                 counted(plays.items.size(), "item"), counted(counts, "pair"), objective);
  }
  if (!options.json) return;
  const nlohmann::ordered_json object = {
      {"file", to_utf8_lossy(options.out)},
      {"users", plays.users.size()},
      {"items", plays.items.size()},
      {"pairs", counts},
      {"objective", objective},
  };
  print_data("{}\n", object.dump());
}

int recommend_factorise(const RecommendFactoriseOptions& options) {
  require_other_file(options.out, options.plays);
  if (options.threads > 0) set_threads(options.threads);
  catch_interrupts();
  io::OutputFile out(options.out);
  const train::Plays plays = train::read_plays(options.plays);
  Progress progress("factorising", "sweeps", options.work.sweeps, !options.quiet && !options.no_progress);
  double reached = 0;
  const train::Factors factors =
      train::factorise(plays, options.work, [&](std::int64_t sweeps, double objective) {
        progress.update(sweeps, fmt::format("objective {:.6g}", objective));
        reached = objective;
        return !interrupted();
      });
  progress.clear();
  if (interrupted()) return kInterrupted;
  train::write_factors(out, factors);
  out.commit();
  print_summary(options, plays, reached);
  return kOk;
}

void add_model_options(CLI::App& app, RecommendFactoriseOptions& options) {
  app.add_option("--factors", options.work.factors, "numbers of a user or an item")
      ->check(whole_number_from(train::kFactorRange))
      ->capture_default_str();
  app.add_flag("--bias", options.work.bias, "also a bias of each user and item, as one more column");
  app.add_option("--surplus", options.surplus,
                 "confidence that r plays add to 1: log, alpha ln(1 + r / epsilon), or linear, alpha r")
      ->check(CLI::IsMember(word_list<train::Surplus>()))
      ->capture_default_str();
  app.add_option("--alpha", options.work.alpha, "weight of the plays")
      ->check(number_from(train::kAlphaRange))
      ->capture_default_str();
  app.add_option("--epsilon", options.work.epsilon, "plays at which the surplus log begins to level off")
      ->check(number_from(train::kEpsilonRange))
      ->capture_default_str();
  app.add_option("--lambda", options.work.lambda, "weight of the squared lengths of the factors")
      ->check(number_from(train::kLambdaRange))
      ->capture_default_str();
  app.add_option("--sweeps", options.work.sweeps, "sweeps over users and items")
      ->check(whole_number_from(train::kSweepRange))
      ->capture_default_str();
  app.add_option("--seed", options.work.seed, "seed of the first factors; equal seeds give equal bytes")
      ->check(whole_number_from(train::find_setting("train.seed")->limits))
      ->capture_default_str();
}

}  // namespace

Command recommend_factorise_command() {
  return {"recommend factorise", "learn factors of users and items from play counts", [](CLI::App& app) {
            auto options = std::make_shared<RecommendFactoriseOptions>();
            app.add_option("PLAYS", options->plays,
                           "table of rows user, item, count, with tabs between them and no header; - for "
                           "stdin")
                ->required();
            app.add_option("OUT", options->out, "file of factors to write (.safetensors)")
                ->required()
                ->check(output_file({".safetensors"}, Extension::decides_format));
            add_model_options(app, *options);
            app.add_option("--threads", options->threads, "threads (default: all cores)")
                ->check(whole_number_from(train::find_setting("train.threads")->limits));
            app.add_flag("--json", options->json, "print a summary as one JSON object on stdout");
            app.add_flag("-q,--quiet", options->quiet, "only errors on stderr");
            app.add_flag("--no-progress", options->no_progress, "no progress on stderr");
            return [options, epsilon = app.get_option("--epsilon")] {
              options->work.surplus = require_word<train::Surplus>("--surplus", options->surplus);
              if (options->work.surplus == train::Surplus::linear && epsilon->count() > 0)
                throw ConfigError("--epsilon has no effect with --surplus linear");
              return recommend_factorise(*options);
            };
          }};
}

}  // namespace sonograd::app
