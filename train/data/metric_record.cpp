#include "train/data/metric_record.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/core/model_error.h"
#include "tensor/io/json.h"
#include "train/config/setting_table.h"

namespace sonograd::train {

std::optional<MetricRecord> MetricRecord::of(const Settings& settings) {
  if (settings.loss.name != LossKind::triplet) return std::nullopt;
  const Settings::Triplet& triplet = settings.triplet;
  return MetricRecord{triplet.output, triplet.distance, triplet.margin};
}

std::optional<MetricRecord> MetricRecord::of(const models::ModelDescription& about) {
  const nlohmann::json training = io::parse_json(about.training);
  const auto entry = training.find(kMetricKey);
  if (entry == training.end()) return std::nullopt;
  const auto text = [&](const char* key) -> std::string {
    const bool is_there = entry->is_object() && entry->contains(key) && entry->at(key).is_string();
    if (!is_there) throw models::ModelError(concat("training.metric.", key, ": expected text"));
    return entry->at(key).get<std::string>();
  };
  const std::optional<TripletDistance> distance = parse_word<TripletDistance>(text("distance"));
  if (!distance)
    throw models::ModelError(concat("training.metric.distance = ", text("distance"), ": unknown"));
  if (std::ranges::find(about.outputs, text("output")) == about.outputs.end())
    throw models::ModelError(
        concat("training.metric.output = ", text("output"), ": expected an output of ", about.arch));
  try {
    return MetricRecord{text("output"), *distance,
                        io::number_in<double>(*entry, "margin", find_setting("triplet.margin")->limits)};
  } catch (const FormatError& error) {
    throw models::ModelError(concat("training.metric: ", error.what()));
  }
}

nlohmann::json to_json(const MetricRecord& record) {
  return {{"output", record.output}, {"distance", word_of(record.distance)}, {"margin", record.margin}};
}

void require_scores(const models::ModelDescription& about, const std::string& model) {
  const std::optional<MetricRecord> record = MetricRecord::of(about);
  if (!record) return;
  throw models::ModelError(concat(model, ": the model was trained by triplets for its output ",
                                  record->output,
                                  ", and its scores mean nothing; expected one that was trained for labels"));
}

}  // namespace sonograd::train
