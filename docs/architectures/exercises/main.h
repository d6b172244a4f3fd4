// The program of `scripts/exercise`, which includes an exercise and its check.h before this file.
#pragma once

#include <iostream>

#include "docs/architectures/exercises/exercise.h"

int main() {
  exercise::Report report;
  check(report);
  for (const std::string& mistake : report.mistakes()) std::cout << "  " << mistake << '\n';
  if (report.mistakes().empty()) {
    std::cout << "passed\n";
    return 0;
  }
  std::cout << "not yet: " << report.mistakes().size() << " of the checks failed\n";
  return 1;
}
