#include "tests/train/run_fixture.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "tensor/io/text_file.h"
#include "tensor/support/text.h"

namespace sonograd::train {

RunResult RunTest::start(const std::string& name, TestObserver&& observer) {
  const RunResult result = start_run(settings_, path(name), request_, observer);
  observer_ = std::move(observer);
  return result;
}

RunResult RunTest::resume(const std::string& name, TestObserver&& observer, const Resumption& changes) {
  const RunResult result = resume_run(path(name), changes, request_, observer);
  observer_ = std::move(observer);
  return result;
}

std::vector<nlohmann::json> RunTest::metrics(const std::string& name) const {
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

void RunTest::expect_same_files(const std::string& a, const std::string& b) const {
  for (const char* const file : {"best.safetensors", "last.ckpt", "split.tsv", "config.toml"}) {
    EXPECT_TRUE(io::read_text_file(path(a) / file) == io::read_text_file(path(b) / file)) << file;
  }
  EXPECT_EQ(metrics(a), metrics(b));
}

}  // namespace sonograd::train
