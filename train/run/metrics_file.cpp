#include "train/run/metrics_file.h"

#include <nlohmann/json.hpp>

#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::train {
namespace {

using nlohmann::json;

std::optional<double> value_of(const json& line, const char* key) {
  const auto member = line.find(key);
  if (member == line.end() || member->is_null()) return std::nullopt;
  return member->get<double>();
}

EpochReport parse(std::string_view text) {
  const json line = json::parse(text);
  return {.epoch = line.at("epoch"),
          .step = line.at("step"),
          .train_loss = line.at("train_loss"),
          .valid_loss = value_of(line, "valid_loss"),
          .valid_roc_auc = value_of(line, "valid_roc_auc"),
          .valid_pr_auc = value_of(line, "valid_pr_auc"),
          .valid_accuracy = value_of(line, "valid_accuracy"),
          .lr = line.at("lr"),
          .seconds = line.at("seconds"),
          .wait_share = line.at("wait_share")};
}

}  // namespace

std::vector<EpochReport> read_metrics(const std::filesystem::path& file) {
  std::vector<EpochReport> epochs;
  if (!std::filesystem::exists(file)) return epochs;
  const std::string text = io::read_text_file(file);
  std::size_t number = 0;
  for (const std::string_view line : text_lines(text)) {
    ++number;
    if (line.empty()) continue;
    try {
      epochs.push_back(parse(line));
    } catch (const json::exception& error) {
      throw FormatError(concat(file.string(), ':', number, ": no epoch of a run: ", error.what()));
    }
  }
  return epochs;
}

std::optional<std::int64_t> epoch_of(std::string_view line) {
  try {
    return parse(line).epoch;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace sonograd::train
