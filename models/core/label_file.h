// The argument of `--labels`.
#pragma once

#include <string>
#include <vector>

namespace sonograd::models {

/// Names of outputs in their order: those of a published list (`mtat`, `msd`, `jamendo`), or of a file, `-` for standard
/// input, with one per line, up to the first tab, blanks around it dropped; empty lines are skipped. Throws ReadError;
/// FormatError, naming file and line, for a label that is not UTF-8 text or comes twice, and for a file without any.
std::vector<std::string> read_labels(const std::string& argument);

}  // namespace sonograd::models
