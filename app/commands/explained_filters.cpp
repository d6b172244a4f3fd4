#include "app/commands/explained_filters.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/options/model_argument.h"
#include "train/pictures/filter_picture.h"

namespace sonograd::app {
namespace {

using models::LearnedFilters;

// Hz or shares, to a resolution that a reader can use.
double short_value(double value, double digits) {
  return std::round(value * digits) / digits;
}

}  // namespace

std::string ExplainedFilters::summary() const {
  const double lowest = filters.filters.front().peak, highest = filters.filters.back().peak;
  if (filters.kind == LearnedFilters::Kind::harmonic) {
    return fmt::format("{} notes of {:.1f} to {:.1f} Hz, Q = {:.4f}: widths of {:.1f} to {:.1f} Hz",
                       filters.filters.size(), lowest, highest, filters.q, filters.filters.front().width,
                       filters.filters.back().width);
  }
  return fmt::format("{} filters of {} samples, peaks from {:.0f} to {:.0f} Hz", filters.filters.size(),
                     filters.taps, lowest, highest);
}

nlohmann::ordered_json to_json(const ExplainedFilters& explained, bool with_responses) {
  const LearnedFilters& filters = explained.filters;
  const bool is_harmonic = filters.kind == LearnedFilters::Kind::harmonic;
  nlohmann::ordered_json object = {{"model", explained.model},
                                   {"arch", explained.arch},
                                   {"kind", is_harmonic ? "harmonic" : "first_layer"}};
  if (is_harmonic) object["q"] = filters.q;
  if (!is_harmonic) object["taps"] = filters.taps;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const models::LearnedFilter& filter : filters.filters) {
    nlohmann::ordered_json row = {{"index", filter.index}, {"peak_hz", short_value(filter.peak, 100)}};
    if (is_harmonic) row["width_hz"] = short_value(filter.width, 100);
    if (with_responses) {
      row["response"] = nlohmann::ordered_json::array();
      for (const double response : filter.response) row["response"].push_back(short_value(response, 1e4));
    }
    all.push_back(std::move(row));
  }
  object["filters"] = std::move(all);
  if (with_responses) object["frequencies_hz"] = filters.frequencies;
  return object;
}

std::string to_svg(const ExplainedFilters& explained) {
  const LearnedFilters& filters = explained.filters;
  const bool is_harmonic = filters.kind == LearnedFilters::Kind::harmonic;
  train::FilterPicture picture;
  picture.title = fmt::format("{}: {}", name_of_model(explained.model),
                              is_harmonic ? "harmonic filters" : "filters of the first layer");
  picture.lines = {fmt::format("{}, {}", explained.arch, explained.summary()),
                   is_harmonic ? "a row for each note, the lowest at the bottom; white: weight 1"
                               : "a row for each filter, the lowest peak at the bottom; white: its maximum"};
  picture.highest = filters.frequencies.back();
  picture.responses = {
      .width = std::ssize(filters.frequencies), .height = std::ssize(filters.filters), .levels = {}};
  for (auto filter = filters.filters.rbegin(); filter != filters.filters.rend(); ++filter) {
    for (const double response : filter->response)
      picture.responses.levels.push_back(static_cast<std::uint8_t>(std::lround(255 * response)));
  }
  return draw(picture);
}

}  // namespace sonograd::app
