// Division of a data set into parts in which every label has its share.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sonograd::train {

/// Clips that stay together.
struct LabelledGroup {
  std::size_t clips = 0;
  std::vector<std::size_t>
      labels;  ///< of each clip, one after the other: a label comes once per clip that has it
};

/// The part of each group, an index of `shares` (positive, their sum is 1). Each label is divided in the proportion of the
/// shares as well as groups allow, rarest label first (iterative stratification: Sechidis, Tsoumakas and Vlahavas, ECML 2011).
/// A label of at least as many groups as there are parts gets one in each part, where moves of single groups can reach that. No
/// part is empty where there are enough groups; parts later in `shares` are the first to stay empty. Equal groups in equal
/// order give equal parts.
std::vector<std::size_t> stratified_parts(std::span<const LabelledGroup> groups,
                                          std::span<const double> shares);

}  // namespace sonograd::train
