#include "app/options/label_choice.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

#include "app/options/number_range.h"
#include "tensor/support/error.h"
#include "tensor/support/number.h"

namespace sonograd::app {
namespace {

constexpr const char* kFitted = "fitted";

std::optional<double> threshold_number(const std::string& text) {
  const std::optional<double> value = parse_number<double>(text);
  return value && *value >= 0 && *value <= 1 ? value : std::nullopt;
}

std::string threshold_fault(const std::string& text) {
  if (text == kFitted || threshold_number(text)) return {};
  return concat("expected a number from 0 to 1, or ", kFitted, ", got '", text, "'");
}

}  // namespace

void LabelChoice::add_to(CLI::App& app) {
  auto* const top_option = app.add_option("--top", top, "show the N highest scores")
                               ->type_name("N")
                               ->check(whole_number_from(1))
                               ->capture_default_str();
  auto* const all_option =
      app.add_flag("--all", all, "show every tag, in the model's order")->excludes(top_option);
  app.add_option("--threshold", threshold,
                 "show the tags with a score of at least X (0 to 1), or fitted: at least the "
                 "threshold of the tag that was fitted on the validation clips")
      ->type_name("X")
      ->check(threshold_fault)
      ->excludes(top_option)
      ->excludes(all_option);
}

std::vector<double> LabelChoice::thresholds_of(const models::ModelDescription& about,
                                               const std::string& model) const {
  if (threshold.empty()) return {};
  if (const auto number = threshold_number(threshold))
    return std::vector<double>(about.labels.size(), *number);
  if (about.output == models::Output::softmax) {
    throw ConfigError(concat("--threshold fitted: expected a model of tags, got one of classes: ", model,
                             "; --top 1 shows the class"));
  }
  if (about.thresholds.empty()) {
    throw ConfigError(
        concat("--threshold fitted: ", model,
               " contains no thresholds: they are fitted on validation clips in training; give a number"));
  }
  return about.thresholds;
}

std::vector<double> LabelChoice::thresholds_over_time(const models::ModelDescription& about,
                                                      const std::vector<double>& chosen) {
  if (!chosen.empty() || about.output == models::Output::softmax) return chosen;
  return about.thresholds.empty() ? std::vector<double>(about.labels.size(), 0.5) : about.thresholds;
}

std::vector<std::size_t> LabelChoice::shown(std::span<const double> thresholds,
                                            std::span<const float> scores) const {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (all) return order;
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return scores[i]; });
  if (!thresholds.empty()) {
    std::erase_if(order, [&](std::size_t i) { return scores[i] < thresholds[i]; });
  } else {
    order.resize(std::min(order.size(), top));
  }
  return order;
}

}  // namespace sonograd::app
