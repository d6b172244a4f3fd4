// A network compared with reference activations, stage by stage.
#pragma once

#include <string>
#include <vector>

#include "models/core/network.h"
#include "models/verify/reference.h"

namespace sonograd::models {

/// The weights of a network, apart from its front end: SHA-256 over the float32 bytes (little-endian) of parameters and running
/// statistics, in the layout of published files and in the bytewise order of their published names.
std::string fingerprint_of(const Network& network);

/// Input of the comparison [1, samples]: x[n] = 0.5 u + 0.25 sin(2 pi 440 n / sample_rate), with u = s / 2^32 - 0.5 of the generator
/// s <- (1664525 s + 1013904223) mod 2^32, which begins with s = 1 and takes one step before each sample.
Tensor test_signal(std::int64_t samples, std::int64_t sample_rate);

/// Statistics of one example of float32 values [...], and its values at the positions of `samples`. Throws ShapeError for a
/// position outside of it.
StageValues values_of_stage(const Tensor& example, const std::vector<SampledValue>& samples);

/// Largest difference of a statistic or a sampled value, each relative to the root mean square of `expected`, or to the expected
/// value where that is larger. Infinite for values of another shape, and where ours is not finite.
double deviation_of(const StageValues& ours, const StageValues& expected);

/// Outcome of one stage.
struct ComparedStage {
  std::string name;
  Shape expected, shape;
  double deviation = 0, limit = 0;

  bool agrees() const { return deviation <= limit; }
};

/// The reason why a network of the architecture `arch`, whose weights have this fingerprint, cannot be compared with a reference,
/// which is of another network, of other weights, or of chunks of another length or rate. Empty when the two can be compared.
std::string why_not_comparable(const Network& network, const std::string& arch,
                               const std::string& fingerprint, const Reference& reference);

/// Every stage of the reference, in its order: runs `network`, which is on the CPU in evaluation mode, on the test signal. The two
/// can be compared (why_not_comparable). Throws ModelError for a stage that the network lacks.
std::vector<ComparedStage> compare_with_reference(const Network& network, const Reference& reference);

}  // namespace sonograd::models
