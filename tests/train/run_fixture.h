// Runs on a few sounds that are made on the spot.
#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tensor/io/text_file.h"
#include "tensor/support/text.h"
#include "tests/train/tiny_run.h"
#include "train/run/run.h"

namespace sonograd::train {

class RunTest : public testing::Test {
 protected:
  RunTest() : folder_(test_folder()), settings_(tiny_run(folder_)) {}

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  RunResult start(const std::string& name, TestObserver&& observer = {}) {
    const RunResult result = start_run(settings_, path(name), request_, observer);
    observer_ = std::move(observer);
    return result;
  }
  RunResult resume(const std::string& name, TestObserver&& observer = {}, const Resumption& changes = {}) {
    const RunResult result = resume_run(path(name), changes, request_, observer);
    observer_ = std::move(observer);
    return result;
  }
  static TestObserver stop_after(std::int64_t steps) {
    TestObserver observer;
    observer.stop_after_steps = steps;
    return observer;
  }

  /// The lines of metrics.jsonl without times.
  std::vector<nlohmann::json> metrics(const std::string& name) const {
    const std::string text = io::read_text_file(path(name) / "metrics.jsonl");
    std::vector<nlohmann::json> lines;
    for (const std::string_view line : text_lines(text)) {
      if (line.empty()) continue;
      lines.push_back(nlohmann::json::parse(line));
      lines.back().erase("seconds");
      lines.back().erase("wait_share");
    }
    return lines;
  }
  void expect_same_files(const std::string& a, const std::string& b) const {
    for (const char* const file : {"best.safetensors", "last.ckpt", "split.tsv", "config.toml"}) {
      EXPECT_TRUE(io::read_text_file(path(a) / file) == io::read_text_file(path(b) / file)) << file;
    }
    EXPECT_EQ(metrics(a), metrics(b));
  }

  std::filesystem::path folder_;
  Settings settings_;
  RunRequest request_{"sonograd train --data x", "1.2.3"};
  TestObserver observer_;
};

}  // namespace sonograd::train
