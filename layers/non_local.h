// Non-local block: every position of a map sees all others (Wang, Girshick, Gupta, He, "Non-local neural networks", CVPR 2018).
#pragma once

#include <optional>

#include "layers/norm.h"
#include "layers/part.h"

namespace sonograd::layers {

/// Affinity f(x_i, x_j) of two positions, with embeddings theta and phi, and its normalisation C.
enum class Affinity : std::uint8_t {
  gaussian,           ///< exp(x_i . x_j), C = sum over j
  embedded_gaussian,  ///< exp(theta_i . phi_j), C = sum over j
  dot_product,        ///< theta_i . phi_j, C = number of positions j
  concatenation,      ///< ReLU(w . [theta_i, phi_j]), C = number of positions j
};

struct NonLocalOptions {
  Affinity affinity = Affinity::embedded_gaussian;
  std::int64_t inner = 0;  ///< channels of theta, phi and g; 0: half of the block's, at least 1
  /// Scales the exponents of the Gaussian affinities by 1 / sqrt(channels that are multiplied): in the authors' code, not in the
  /// paper.
  bool scaled = true;
  /// Takes keys and values, the positions j, from x after maximum pooling over 2, or 2 x 2; an axis of one position stays.
  bool subsampled = false;
  /// Batch norm behind the last product, its weight 0 at first; otherwise that product has weights of 0 at first.
  std::optional<BatchNormOptions> norm = BatchNormOptions();
};

/// z_i = x_i + norm(out(y_i)), y_i = sum over j of f(x_i, x_j) g(x_j) / C; theta, phi, g and out are affine maps of the channels.
/// [N, T, C] or [N, T, F, C], same extents out. A new block is the identity, bit for bit where x is finite. Initial weights are from a
/// normal distribution with standard deviation 0.01, biases 0. Memory: positions i times positions j numbers for each example.
/// Parts: theta, phi (unless Gaussian), g, out, bn (if there is a norm); parameter: affinity [1, 2 inner] of the concatenation, the
/// weights of theta first. Throws ShapeError for other ranks, ConfigError for `inner` below 0.
class NonLocal : public Layer {
 public:
  explicit NonLocal(std::int64_t channels, const NonLocalOptions& options = {});
  Variable forward(const Variable& x) const override;

 private:
  /// Affine map of the channels; deviation 0: weights of 0.
  class Projection : public Layer {
   public:
    Projection(std::int64_t in, std::int64_t out, double deviation);
    Variable forward(const Variable& x) const override;

   private:
    Parameter weight_, bias_;
  };

  bool embeds() const { return options_.affinity != Affinity::gaussian; }
  Variable affinities(const Variable& queries, const Variable& keys) const;

  NonLocalOptions options_;
  std::int64_t inner_;
  std::optional<Part<Projection>> theta_, phi_;
  std::optional<Parameter> affinity_;
  std::optional<Part<Projection>> g_, out_;
  std::optional<Part<BatchNorm>> norm_;
};

}  // namespace sonograd::layers
