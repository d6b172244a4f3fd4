#include "train/optim/triplet_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops/binary.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "kernels/core/context.h"
#include "kernels/fill/fill.h"
#include "train/data/distance.h"

namespace sonograd::train {
namespace {

constexpr double kLeastSquare = 1e-12;  // below the root: its gradient at zero is finite

/// A constant that broadcasts with `x`.
Variable constant(double value, const Variable& x) {
  const Tensor one = Tensor::empty({1}, x.dtype(), x.device());
  kernels::fill(value, set(one));
  return Variable(one);
}

/// Sum of the squares of each row, [N, 1].
Variable square_of_rows(const Variable& x) {
  return add(sum(mul(x, x), {1}, true), constant(kLeastSquare, x));
}

Variable unit_rows(const Variable& x) {
  return div(x, sqrt(square_of_rows(x)));
}

/// d(a, p) - d(a, n), [N, 1].
Variable difference_of_distances(const Variable& a, const Variable& p, const Variable& n,
                                 TripletDistance distance) {
  if (distance == TripletDistance::euclidean)
    return sub(sqrt(square_of_rows(sub(a, p))), sqrt(square_of_rows(sub(a, n))));
  return sum(mul(unit_rows(a), sub(unit_rows(n), unit_rows(p))), {1}, true);
}

/// Rows `chosen` of x [M, D]: a product with a matrix of zeros and a one in each row, which is exact.
Variable rows_of(const Variable& x, std::span<const std::size_t> chosen) {
  const auto count = std::ssize(chosen), width = x.shape()[0];
  const Tensor matrix = Tensor::zeros({count, width}, DType::f32);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    matrix.span<float>()[i * static_cast<std::size_t>(width) + chosen[i]] = 1;
  const kernels::PrecisionScope exact(kernels::Precision::strict);
  return matmul(Variable(matrix.to(x.device())), x);
}

}  // namespace

Variable triplet_loss(const Variable& anchors, const Variable& positives, const Variable& negatives,
                      TripletDistance distance, double margin) {
  if (anchors.shape() != positives.shape() || anchors.shape() != negatives.shape())
    throw ShapeError(concat("[triplet_loss] expected equal extents, got ", anchors.shape(), ", ",
                            positives.shape(), " and ", negatives.shape()));
  const Variable difference = difference_of_distances(anchors, positives, negatives, distance);
  return mean(relu(add(difference, constant(margin, difference))));
}

std::vector<std::size_t> mine_negatives(std::span<const float> embeddings,
                                        std::span<const std::uint8_t> candidates,
                                        const Settings::Triplet& settings) {
  // [N, 3 N] candidates: N is the root of a third of their number.
  const auto triplets =
      static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(candidates.size()) / 3)));
  const std::size_t rows = 3 * triplets, width = embeddings.size() / std::max<std::size_t>(1, rows);
  const auto row = [&](std::size_t i) { return embeddings.subspan(i * width, width); };
  std::vector<std::size_t> chosen;
  for (std::size_t triplet = 0; triplet < triplets; ++triplet) {
    const std::span<const float> anchor = row(3 * triplet);
    double least = 0, most = std::numeric_limits<double>::infinity();
    if (settings.mining == TripletMining::semi_hard) {
      least = distance_of(anchor, row(3 * triplet + 1), settings.distance);
      most = least + settings.margin;
    } else {
      least = -most;
    }
    std::size_t best = 3 * triplet + 2;
    double nearest = most;
    for (std::size_t i = 0; i < rows; ++i) {
      if (!candidates[triplet * rows + i]) continue;
      const double distance = distance_of(anchor, row(i), settings.distance);
      if (distance > least && distance < nearest) {
        nearest = distance;
        best = i;
      }
    }
    chosen.push_back(best);
  }
  return chosen;
}

Variable batch_triplet_loss(const Variable& embeddings, std::span<const std::uint8_t> candidates,
                            const Settings::Triplet& settings) {
  const std::int64_t triplets = embeddings.shape()[0] / 3, width = embeddings.shape()[1];
  const Variable parts = reshape(embeddings, {triplets, 3, width});
  const auto part = [&](std::int64_t which) { return reshape(slice(parts, 1, which, 1), {triplets, width}); };
  Variable negatives;
  if (candidates.empty()) {
    negatives = part(2);
  } else {
    const Tensor host = embeddings.data().to(Device{});
    negatives = rows_of(embeddings, mine_negatives(host.span<float>(), candidates, settings));
  }
  return triplet_loss(part(0), part(1), negatives, settings.distance, settings.margin);
}

}  // namespace sonograd::train
