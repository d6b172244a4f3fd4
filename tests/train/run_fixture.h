// Runs on a few sounds that are made on the spot.
#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/train/tiny_run.h"
#include "train/run/run.h"

namespace sonograd::train {

class RunTest : public testing::Test {
 protected:
  RunTest() : folder_(test_folder()), settings_(tiny_run(folder_)) {}

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  RunResult start(const std::string& name, TestObserver&& observer = {});
  RunResult resume(const std::string& name, TestObserver&& observer = {}, const Resumption& changes = {});
  static TestObserver stop_after(std::int64_t steps) {
    TestObserver observer;
    observer.stop_after_steps = steps;
    return observer;
  }

  /// The lines of metrics.jsonl without times.
  std::vector<nlohmann::json> metrics(const std::string& name) const;
  void expect_same_files(const std::string& a, const std::string& b) const;

  std::filesystem::path folder_;
  Settings settings_;
  RunRequest request_{"sonograd train --data x", "1.2.3"};
  TestObserver observer_;
};

}  // namespace sonograd::train
