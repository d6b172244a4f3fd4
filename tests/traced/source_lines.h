// From addresses in this program to lines of its source.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/traced/shadow.h"

namespace sonograd::traced {

/// `kernels/gemm/gemm_tiled.cu:41`, innermost first, then the lines that it was inlined into.
using Lines = std::vector<std::string>;

/// By addr2line (binutils). Sites of objects without debug information have no lines.
std::map<Site, Lines> source_lines(const std::set<Site>& sites);

/// The line a reader looks for: the innermost that is a kernel's, not the device language's.
std::string kernel_line(const Lines& lines);

}  // namespace sonograd::traced
