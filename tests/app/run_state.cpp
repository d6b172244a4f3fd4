#include "tests/app/run_state.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "models/core/model.h"
#include "tensor/io/owner_lock.h"
#include "tensor/support/error.h"
#include "tests/support/files.h"
#include "train/config/config.h"
#include "train/run/checkpoint.h"

namespace sonograd::test {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

std::vector<json> metrics_without_clock(const fs::path& run) {
  std::vector<json> lines;
  std::istringstream in(read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(in, line);) {
    lines.push_back(json::parse(line));
    lines.back().erase("seconds");
    lines.back().erase("wait_share");
  }
  return lines;
}

}  // namespace

std::string damage_of_run(const fs::path& run) {
  if (!fs::exists(run)) return "";
  try {
    train::read_config(run / "config.toml");
    metrics_without_clock(run);
    if (fs::exists(run / "run.json") && !json::accept(read_file(run / "run.json"))) return "half a run.json";
    if (fs::exists(run / "best.safetensors")) models::load_model(run / "best.safetensors");
    if (fs::exists(run / "last.ckpt")) train::load_checkpoint(run / "last.ckpt");
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

std::string difference_of_runs(const fs::path& a, const fs::path& b) {
  for (const char* const file : {"config.toml", "split.tsv", "best.safetensors", "last.ckpt"}) {
    if (read_file(a / file) != read_file(b / file)) return file;
  }
  return metrics_without_clock(a) == metrics_without_clock(b) ? "" : "metrics.jsonl";
}

std::int64_t epochs_in(const fs::path& run) {
  return fs::exists(run / "last.ckpt") ? train::load_checkpoint(run / "last.ckpt").state.epoch : 0;
}

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && !io::is_folder_lock(entry.path()))
      files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return files;
}

int temporaries(const fs::path& folder) {
  return static_cast<int>(
      std::ranges::count_if(fs::recursive_directory_iterator(folder), [](const auto& entry) {
        return entry.path().filename().string().find(".sonograd-") != std::string::npos;
      }));
}

}  // namespace sonograd::test
