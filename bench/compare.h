// Two sets of timings side by side.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sonograd::bench {

enum class Verdict : std::uint8_t { same, faster, slower };

struct ComparedRow {
  std::string name;
  double before = 0, after = 0;  ///< seconds, median over the repetitions
  double change = 0;             ///< after / before - 1
  double noise = 0;              ///< a change of this size means nothing
  Verdict verdict = Verdict::same;
};

struct Comparison {
  std::vector<ComparedRow> rows;                     ///< in the order of the first file
  std::vector<std::string> only_before, only_after;  ///< rows that one file has
  std::vector<std::string> differences;              ///< of the devices and machines: `threads: 2, 4`

  std::int64_t regressions() const;
};

/// Compares files (`-`: standard input) as `sonograd bench` (or any program with Google Benchmark) writes them. The noise of a row
/// is the larger spread, (slowest - fastest) / median, of its repetitions in the two files, and at least
/// `least_noise`. Throws ReadError, and FormatError, naming the file, for one that is something else.
Comparison compare(const std::filesystem::path& before, const std::filesystem::path& after,
                   double least_noise);

}  // namespace sonograd::bench
