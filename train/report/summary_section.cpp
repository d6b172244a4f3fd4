#include <algorithm>
#include <fmt/format.h>

#include "train/pictures/plot.h"
#include "train/report/sections.h"
#include "train/report/verdict.h"

namespace sonograd::train::report {
namespace {

Markup tile(std::string_view name, const std::string& value, const std::string& note) {
  return element("div", {{"class", "tile"}}, element("dt", {}, name), element("dd", {}, value),
                 element("dd", {{"class", "note"}}, note));
}

Markup score_tile(std::string_view name, const std::optional<double>& value, const std::string& note) {
  return tile(name, fixed_number(value, 3), note);
}

Markup test_tiles(const TestScores& test) {
  const Evaluation& scores = test.evaluation;
  const std::size_t averaged = test.labels.size() - scores.tags.one_class_tags;
  const std::string mean_of = fmt::format("mean over {} {}", averaged, test.one_label() ? "classes" : "tags");
  Markup tiles;
  if (test.one_label()) {
    tiles.add(score_tile("Accuracy", scores.accuracy(),
                         fmt::format("share of {} test {}", scores.clips(), test.examples())));
  }
  tiles.add(score_tile("ROC-AUC", scores.roc_auc(), mean_of));
  tiles.add(score_tile("PR-AUC", scores.pr_auc(), mean_of));
  if (scores.fitted) tiles.add(score_tile("F1, fitted", scores.f1_fitted(), "mean, thresholds of the model"));
  tiles.add(score_tile(test.one_label() ? "F1" : "F1 at 0.5", scores.f1(),
                       test.one_label() ? "mean over classes" : "mean, one threshold for all"));
  if (!test.one_label()) {
    tiles.add(tile(
        fmt::format("Test {}", test.examples()), short_number(static_cast<double>(scores.clips())),
        test.evaluation.has_steps ? "each by itself" : fmt::format("{} of their chunks", test.aggregate)));
  }
  return tiles;
}

Markup retrieval_tiles(const Evaluation& scores) {
  const RetrievalScores& retrieval = *scores.retrieval;
  Markup tiles;
  for (std::size_t k = 0; k < kRecallAt.size(); ++k)
    tiles.add(score_tile(fmt::format("Recall@{}", kRecallAt[k]), retrieval.recall[k],
                         k == 0 ? "labels that the nearest clip has"
                                : fmt::format("labels that one of the {} nearest has", kRecallAt[k])));
  tiles.add(score_tile("Triplets", retrieval.triplet_accuracy,
                       fmt::format("right of {}; chance 0.5", retrieval.triplets)));
  return tiles.add(
      tile("Test clips", short_number(static_cast<double>(scores.clips())), "each against the others"));
}

Markup training_tiles(const ReportData& report) {
  double seconds = 0;
  for (const EpochReport& epoch : report.epochs) seconds += epoch.seconds;
  Markup tiles = tile("Epochs", std::to_string(report.epochs.size()),
                      fmt::format("of {} planned", report.settings.train.epochs));
  const auto best = std::ranges::min_element(report.epochs, {}, [](const EpochReport& epoch) {
    return epoch.valid_loss.value_or(std::numeric_limits<double>::infinity());
  });
  if (best != report.epochs.end() && best->valid_loss) {
    tiles.add(tile("Best epoch", std::to_string(best->epoch),
                   fmt::format("validation loss {}", fixed_number(best->valid_loss))));
  }
  return tiles.add(tile("Training", rough_time(seconds), "validation included"));
}

}  // namespace

std::string rough_time(double seconds) {
  if (seconds < 100) return fmt::format("{:.3g} s", seconds);
  if (seconds < 6000) return fmt::format("{:.3g} min", seconds / 60);
  return fmt::format("{:.3g} h", seconds / 3600);
}

Markup summary_section(const ReportData& report) {
  Markup remarks;
  for (const std::string& remark : report.remarks) remarks.add(element("p", {{"class", "remark"}}, remark));
  const Markup test = report.retrieval ? retrieval_tiles(*report.retrieval)
                      : report.test    ? test_tiles(*report.test)
                                       : Markup();
  const Markup tiles = join(test, training_tiles(report));
  Markup sentences;
  for (const std::string& sentence : verdict(report)) sentences.add(element("p", {}, sentence));
  if (!sentences.empty()) sentences = element("div", {{"class", "verdict"}}, sentences);
  return element("section", {{"id", "summary"}}, remarks, sentences,
                 element("dl", {{"class", "tiles"}}, tiles));
}

}  // namespace sonograd::train::report
