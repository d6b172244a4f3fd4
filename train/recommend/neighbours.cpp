#include "train/recommend/neighbours.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sonograd::train {
namespace {

double product(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// Within [-1, 1], and 1 for equal vectors.
double cosine(std::span<const double> a, std::span<const double> b) {
  const double lengths = std::sqrt(product(a, a) * product(b, b));
  return lengths > 0 ? std::clamp(product(a, b) / lengths, -1.0, 1.0) : 0;
}

std::vector<Neighbour> best(std::vector<Neighbour> all, std::size_t most) {
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()));
  std::ranges::partial_sort(all, end, [](const Neighbour& a, const Neighbour& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  });
  all.erase(end, all.end());
  return all;
}

std::vector<Neighbour> cosines(const Factors& factors, std::span<const double> vector) {
  std::vector<Neighbour> all;
  all.reserve(factors.items.rows());
  for (std::size_t item = 0; item < factors.items.rows(); ++item)
    all.push_back({item, cosine(factors.items.row(item).first(factors.factors()), vector)});
  return all;
}

}  // namespace

std::vector<Neighbour> nearest_items(const Factors& factors, std::span<const double> vector,
                                     std::size_t most) {
  return best(cosines(factors, vector), most);
}

std::vector<Neighbour> similar_items(const Factors& factors, std::size_t item, std::size_t most) {
  if (most == 0) return {};
  std::vector<Neighbour> all = cosines(factors, factors.items.row(item).first(factors.factors()));
  const Neighbour itself = all[item];
  // Others may be parallel to it, with a smaller index or, by rounding, a larger cosine.
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(item));
  all = best(std::move(all), most - 1);
  all.insert(all.begin(), itself);
  return all;
}

std::vector<Neighbour> items_for(const Factors& factors, std::size_t user,
                                 std::span<const std::size_t> played, std::size_t most) {
  std::vector<Neighbour> all;
  for (std::size_t item = 0; item < factors.items.rows(); ++item) {
    if (!std::ranges::binary_search(played, item)) all.push_back({item, factors.preference(user, item)});
  }
  return best(std::move(all), most);
}

}  // namespace sonograd::train
