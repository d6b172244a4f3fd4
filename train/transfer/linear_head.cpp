#include "train/transfer/linear_head.h"

#include <algorithm>
#include <cmath>
#include <linear.h>
#include <memory>

#include "tensor/support/error.h"
#include "train/data/data_error.h"
#include "train/data/label_set.h"

namespace sonograd::train {
namespace {

constexpr double kTolerance = 1e-4;       // of the gradient, beside its first value
constexpr double kLeastDeviation = 1e-8;  // a feature that varies less is constant

/// The examples as liblinear has them: for each, its features, then the bias.
class Problem {
 public:
  Problem(std::size_t examples, std::size_t width)
      : width_(width), nodes_(examples * (width + 2)), rows_(examples), targets_(examples) {
    for (std::size_t i = 0; i < examples; ++i) rows_[i] = nodes_.data() + i * (width + 2);
  }
  void set(std::size_t example, std::size_t feature, double value) {
    rows_[example][feature] = {static_cast<int>(feature) + 1, value};
  }
  /// Ends the examples; the features of all must be set.
  void end_rows() {
    for (feature_node* const row : rows_) {
      row[width_] = {static_cast<int>(width_) + 1, 1};
      row[width_ + 1] = {-1, 0};
    }
  }
  std::vector<double>& targets() { return targets_; }
  problem view() {
    return {.l = static_cast<int>(rows_.size()),
            .n = static_cast<int>(width_) + 1,
            .y = targets_.data(),
            .x = rows_.data(),
            .bias = 1};
  }

 private:
  std::size_t width_;
  std::vector<feature_node> nodes_;
  std::vector<feature_node*> rows_;
  std::vector<double> targets_;
};

struct FreeModel {
  void operator()(model* trained) const { free_and_destroy_model(&trained); }
};

/// Weights [width + 1] of one label against the others. The methods in the primal draw no random numbers.
std::vector<double> train_label(Problem& data, Task task, double c) {
  parameter options{};
  options.solver_type = task == Task::multi_label ? L2R_LR : L2R_L2LOSS_SVC;
  options.eps = kTolerance;
  options.C = c;
#if LIBLINEAR_VERSION >= 240
  options.regularize_bias = 1;  // as in the versions without this choice
#endif
  const problem examples = data.view();
  if (const char* const fault = check_parameter(&examples, &options))
    throw Error(concat("[linear head] liblinear: ", fault));
  const std::unique_ptr<model, FreeModel> trained(::train(&examples, &options));
  const auto count = static_cast<std::size_t>(examples.n);
  std::vector<double> weights(trained->w, trained->w + count);
  if (trained->label[0] != 1)  // the label of the first example is the positive one
    for (double& weight : weights) weight = -weight;
  return weights;
}

}  // namespace

void HeadData::add(const HeadData& from, std::size_t row) {
  const auto append = [row](std::vector<float>& to, const std::vector<float>& all, std::size_t count) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(row * count);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(count));
  };
  append(features, from.features, width);
  append(targets, from.targets, labels);
}

LinearHead::LinearHead(const HeadData& train, Task task, double c)
    : task_(task), labels_(train.labels), mean_(train.width), scale_(train.width, 1) {
  const std::size_t examples = train.size(), width = train.width;
  if (examples == 0) throw DataError("a linear classifier requires examples to train on; there are none");
  for (std::size_t i = 0; i < train.features.size(); ++i) mean_[i % width] += train.features[i];
  for (double& mean : mean_) mean /= static_cast<double>(examples);
  std::vector<double> squares(width);
  for (std::size_t i = 0; i < train.features.size(); ++i) {
    const double difference = train.features[i] - mean_[i % width];
    squares[i % width] += difference * difference;
  }
  for (std::size_t i = 0; i < width; ++i) {
    const double deviation = std::sqrt(squares[i] / static_cast<double>(examples));
    scale_[i] = deviation > kLeastDeviation ? 1 / deviation : 0;
  }
  Problem data(examples, width);
  for (std::size_t i = 0; i < train.features.size(); ++i)
    data.set(i / width, i % width, (train.features[i] - mean_[i % width]) * scale_[i % width]);
  data.end_rows();
  set_print_string_function([](const char*) {});
  for (std::size_t label = 0; label < labels_; ++label) {
    std::size_t positive = 0;
    for (std::size_t i = 0; i < examples; ++i) {
      const bool has = train.targets[i * labels_ + label] >= kPositiveGrade;
      data.targets()[i] = has ? 1 : -1;
      positive += has;
    }
    std::vector<double> weights(width + 1);
    if (positive == 0 || positive == examples) {
      weights[width] = positive == 0 ? -1 : 1;
    } else {
      weights = train_label(data, task, c);
    }
    weights_.insert(weights_.end(), weights.begin(), weights.end());
  }
}

std::vector<float> LinearHead::scores(const HeadData& data) const {
  const std::size_t width = data.width;
  std::vector<float> scores;
  for (std::size_t row = 0; row < data.size(); ++row) {
    for (std::size_t label = 0; label < labels_; ++label) {
      const double* const weights = weights_.data() + label * (width + 1);
      double score = weights[width];
      for (std::size_t i = 0; i < width; ++i)
        score += weights[i] * (data.features[row * width + i] - mean_[i]) * scale_[i];
      scores.push_back(static_cast<float>(task_ == Task::multi_label ? 1 / (1 + std::exp(-score)) : score));
    }
  }
  return scores;
}

}  // namespace sonograd::train
