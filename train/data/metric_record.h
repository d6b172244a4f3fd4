// The note of a model that was trained by triplets: which of its outputs is the embedding.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "models/core/description.h"
#include "train/config/settings.h"

namespace sonograd::train {

/// Entry of ModelDescription::training: an object with the fields of MetricRecord; absent in models that were trained for scores.
inline constexpr std::string_view kMetricKey = "metric";

struct MetricRecord {
  std::string output;  ///< of the network: the embedding
  TripletDistance distance = TripletDistance::cosine;
  double margin = 0;

  /// Nothing for a loss of logits.
  static std::optional<MetricRecord> of(const Settings& settings);
  /// Nothing for a model that was trained for scores. Throws ModelError for a malformed entry.
  static std::optional<MetricRecord> of(const models::ModelDescription& about);
};

nlohmann::json to_json(const MetricRecord& record);

/// Throws ModelError, naming `model`, when it was trained by triplets, so that its scores mean nothing.
void require_scores(const models::ModelDescription& about, const std::string& model);

}  // namespace sonograd::train
