#include "train/run/metrics_file.h"

#include "tensor/io/json.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "train/config/setting_table.h"

namespace sonograd::train {
namespace {

constexpr NumberRange kScore{0, 1};

EpochReport parse(std::string_view text) {
  const nlohmann::json line = io::parse_json(text);
  const auto required = [&](const char* key, const NumberRange& range) {
    return io::number_in<double>(line, key, range);
  };
  const auto optional = [&](const char* key, const NumberRange& range) {
    return io::optional_number_in(line, key, range);
  };
  const NumberRange& epochs = find_setting("train.epochs")->limits;
  const NumberRange rates{
      0, 10 * find_setting("optim.lr")->limits.max};  // the recipe sota has steps at 10 times the rate
  std::array<std::optional<double>, kRecallAt.size()> recall;
  for (std::size_t k = 0; k < recall.size(); ++k)
    recall[k] = optional(recall_key(kRecallAt[k]).c_str(), kScore);
  return {.epoch = io::number_in<std::int64_t>(line, "epoch", epochs),
          .step = io::number_in<std::int64_t>(line, "step", kAnyCount),
          .train_loss = required("train_loss", kAnyNumber),
          .valid_loss = optional("valid_loss", kAnyNumber),
          .valid_roc_auc = optional("valid_roc_auc", kScore),
          .valid_pr_auc = optional("valid_pr_auc", kScore),
          .valid_accuracy = optional("valid_accuracy", kScore),
          .valid_recall = recall,
          .valid_triplet_accuracy = optional(kTripletKey, kScore),
          .lr = required("lr", rates),
          .seconds = required("seconds", kAnyCount),
          .wait_share = required("wait_share", kAnyCount)};
}

}  // namespace

std::string recall_key(std::size_t k) {
  return concat("valid_recall_", k);
}

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
    } catch (const FormatError& error) {
      throw FormatError(concat(file.string(), ':', number, ": no epoch of a run: ", error.what()));
    }
  }
  return epochs;
}

std::optional<std::int64_t> epoch_of(std::string_view line) {
  try {
    return parse(line).epoch;
  } catch (const FormatError&) {
    return std::nullopt;
  }
}

}  // namespace sonograd::train
