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
  double noise = 0;              ///< largest change that is not significant
  Verdict verdict = Verdict::same;
};

struct Comparison {
  std::vector<ComparedRow> rows;                     ///< in the order of the first file
  std::vector<std::string> only_before, only_after;  ///< rows that one file has
  std::vector<std::string> busy;         ///< files measured while other programs were at work, with the load
  std::vector<std::string> differences;  ///< between devices and machines: `threads: 2, 4`

  std::int64_t regressions() const;
};

/// Compares two files (`-`: standard input) of `sonograd bench`, or of another program with Google Benchmark. The noise of a
/// row is the larger spread, (slowest - fastest) / median, of its repetitions in the two files, and at least
/// `least_noise`. Throws ReadError, and FormatError, with the file, for a file of another kind, and when no row is in both.
Comparison compare(const std::filesystem::path& before, const std::filesystem::path& after,
                   double least_noise);

}  // namespace sonograd::bench
