// The metrics against scikit-learn's: golden/metrics.json, made by golden/make_metrics.py.
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/files.h"
#include "train/eval/metrics.h"

namespace sonograd::train {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-12;

const json& golden() {
  static const json file = json::parse(std::ifstream(test::golden_path("metrics.json")));
  return file;
}

template <class T>
std::vector<T> flat(const json& rows, T factor = 1) {
  std::vector<T> values;
  for (const json& row : rows) {
    for (const json& value : row) values.push_back(value.get<T>() / factor);
  }
  return values;
}

void expect_near(const std::optional<double>& actual, const json& expected, const std::string& what) {
  ASSERT_TRUE(actual) << what;
  EXPECT_NEAR(*actual, expected.get<double>(), kTolerance) << what;
}

void expect_averages(const Averages& actual, const json& expected, const std::string& what) {
  expect_near(actual.macro, expected["macro"], what + " macro");
  expect_near(actual.micro, expected["micro"], what + " micro");
  expect_near(actual.weighted, expected["weighted"], what + " weighted");
}

// A tag that is absent from the file has one class only.
void expect_tag(const std::optional<double>& actual, const json& expected, const std::string& tag) {
  if (!expected.contains(tag)) {
    EXPECT_FALSE(actual) << "tag " << tag;
  } else {
    expect_near(actual, expected[tag], "tag " + tag);
  }
}

TEST(GoldenMetrics, OfTags) {
  ASSERT_EQ(golden()["tags"].size(), 3u);
  for (const auto& [name, expected] : golden()["tags"].items()) {
    SCOPED_TRACE(name);
    const std::size_t n_tags = expected["targets"][0].size();
    const TagMetrics actual = tag_metrics(flat<float>(expected["targets"]),
                                          flat(expected["scores"], golden()["steps"].get<float>()), n_tags);
    EXPECT_EQ(actual.one_class_tags, 2u);
    expect_averages(actual.roc_auc, expected["roc_auc"], "ROC-AUC");
    expect_averages(actual.average_precision, expected["average_precision"], "average precision");
    expect_averages(actual.f1, expected["f1"], "F1");
    for (std::size_t i = 0; i < n_tags; ++i) {
      expect_tag(actual.tags[i].roc_auc, expected["roc_auc"]["tags"], std::to_string(i));
      expect_tag(actual.tags[i].average_precision, expected["average_precision"]["tags"], std::to_string(i));
      expect_tag(actual.tags[i].f1, expected["f1"]["tags"], std::to_string(i));
    }
  }
}

TEST(GoldenMetrics, OfLabels) {
  ASSERT_EQ(golden()["labels"].size(), 2u);
  for (const auto& [name, expected] : golden()["labels"].items()) {
    SCOPED_TRACE(name);
    const std::size_t n_classes = expected["scores"][0].size();
    const ConfusionMatrix actual = confusion_matrix(expected["truths"].get<std::vector<std::int32_t>>(),
                                                    flat<float>(expected["scores"]), n_classes);
    expect_near(actual.accuracy(), expected["accuracy"], "accuracy");
    expect_averages(actual.f1(), expected["f1"], "F1");
    for (std::size_t c = 0; c < n_classes; ++c) {
      expect_tag(actual.f1(c), expected["f1"]["classes"], std::to_string(c));
    }
  }
}

}  // namespace
}  // namespace sonograd::train
