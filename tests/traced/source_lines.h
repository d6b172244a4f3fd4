// Source lines of addresses in this program.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/traced/shadow.h"

namespace sonograd::traced {

/// `kernels/gemm/gemm_tiled.cu:41`, innermost first, then the lines that it was inlined into.
using Lines = std::vector<std::string>;

/// Uses addr2line (binutils). Sites in objects without debug information have no lines.
std::map<Site, Lines> source_lines(const std::set<Site>& sites);

/// The innermost line that belongs to a kernel and not to the device language.
std::string kernel_line(const Lines& lines);

}  // namespace sonograd::traced
