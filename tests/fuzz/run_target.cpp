// run.json and metrics.jsonl of a run: the one is a JSON object, the other has one on each line.
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"
#include "train/run/metrics_file.h"
#include "train/run/run_record.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  train::read_sessions(file);
  train::read_metrics(file);
}

std::string mutate(std::string_view input, Choices& choices) {
  return input.find("sessions") == std::string_view::npos ? mutate_json_lines(input, choices)
                                                          : mutate_json(input, choices);
}

}  // namespace sonograd::fuzz
