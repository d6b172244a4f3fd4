// Linear classifiers on vectors, by liblinear (Fan et al., JMLR 2008).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "train/data/task.h"

namespace sonograd::train {

/// Examples in rows.
struct HeadData {
  std::size_t width = 0, labels = 0;
  std::vector<float> features;  ///< [n, width]
  std::vector<float> targets;   ///< [n, labels]: one-hot, or grades

  std::size_t size() const { return width == 0 ? 0 : features.size() / width; }
  /// Appends an example of another object with the same extents.
  void add(const HeadData& from, std::size_t row);
};

/// One linear function of the features for each label, after each feature has been moved to mean 0 and deviation 1 on the training
/// examples.
class LinearHead {
 public:
  /// Multi-class: support vector machines with squared hinge loss, each class against the others. Multi-label: a logistic regression for
  /// each label; a grade of 1/2 or more is present. `c` > 0 weighs the losses of the examples against the squares of the weights.
  /// A label that all or no examples have gets a constant score. The same bits for the same data. Throws DataError without examples.
  LinearHead(const HeadData& train, Task task, double c);

  /// Scores [n, labels]: decision values, or for tags probabilities.
  std::vector<float> scores(const HeadData& data) const;

 private:
  Task task_;
  std::size_t labels_;
  std::vector<double> mean_, scale_;  ///< [width]
  std::vector<double> weights_;       ///< [labels, width + 1], the last one the bias
};

}  // namespace sonograd::train
