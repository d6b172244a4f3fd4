// Look-ups in factors: items that are like another one, and items for a user.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "train/recommend/factors.h"

namespace sonograd::train {

struct Neighbour {
  std::size_t item = 0;
  double score = 0;

  bool operator==(const Neighbour&) const = default;
};

/// The `most` items with the largest cosine between their factors and `vector` [factors], largest first, equal ones by index. Biases do not
/// count. The cosine of a vector of zeros is 0.
std::vector<Neighbour> nearest_items(const Factors& factors, std::span<const double> vector,
                                     std::size_t most);

/// The same for the factors of `item`, which itself comes first.
std::vector<Neighbour> similar_items(const Factors& factors, std::size_t item, std::size_t most);

/// The `most` items with the largest preference of `user` (`Factors::preference`), largest first, equal ones by index, without those
/// of `played`, which ascends.
std::vector<Neighbour> items_for(const Factors& factors, std::size_t user,
                                 std::span<const std::size_t> played, std::size_t most);

}  // namespace sonograd::train
