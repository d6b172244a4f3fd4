// Helpers of the exercises: data as plain vectors, and a report of the checks. An exercise includes this file alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace exercise {

using Sequence = std::vector<float>;  ///< a number for each frame, sample or channel
using Map = std::vector<Sequence>;    ///< rows of equal length: a row for each frame

/// Differences between expected and actual results, as sentences.
class Report {
 public:
  void equal(const std::string& what, long expected, long actual) {
    if (expected != actual) differ(what, std::to_string(expected), std::to_string(actual));
  }
  void equal(const std::string& what, const std::vector<int>& expected, const std::vector<int>& actual) {
    if (expected != actual) differ(what, text_of(expected), text_of(actual));
  }
  void near(const std::string& what, double expected, double actual, double tolerance = 1e-5) {
    if (is_near(expected, actual, tolerance)) return;
    differ(what, text_of(std::vector<double>{expected}), text_of(std::vector<double>{actual}));
  }
  void near(const std::string& what, const Sequence& expected, const Sequence& actual) {
    bool same = expected.size() == actual.size();
    for (std::size_t i = 0; same && i < expected.size(); ++i) same = is_near(expected[i], actual[i], 1e-5);
    if (!same) differ(what, text_of(expected), text_of(actual));
  }

  /// "WHAT: expected A, got B" for each check that failed.
  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  static bool is_near(double expected, double actual, double tolerance) {
    return std::abs(expected - actual) <= tolerance * std::max(1.0, std::abs(expected));
  }
  template <class T>
  static std::string text_of(const std::vector<T>& values) {
    constexpr std::size_t kMost = 10;
    if (values.empty()) return "no numbers";
    std::ostringstream text;
    text.precision(7);
    for (std::size_t i = 0; i < std::min(values.size(), kMost); ++i) text << (i > 0 ? ", " : "") << values[i];
    if (values.size() > kMost) text << ", … (" << values.size() << " numbers)";
    return text.str();
  }
  void differ(const std::string& what, const std::string& expected, const std::string& actual) {
    mistakes_.push_back(what + ": expected " + expected + ", got " + actual);
  }

  std::vector<std::string> mistakes_;
};

}  // namespace exercise
