// Layers of the waveform network of Pons et al.: without padding, and with the norm behind ReLU.
#include "docs/architectures/exercises/exercise.h"

/// Positions that the layers leave of that many samples. The first is a convolution of 3 samples every 3 samples; each of the others
/// is one of 3 positions, and a pooling of 3. There is no padding: a convolution of 3 leaves n - 2 positions, one every 3 samples
/// n / 3, a pooling n / 3, all rounded down.
int positions_behind(int samples, int layers) {
  int left = samples / 3;
  for (int layer = 1; layer < layers; ++layer) left = (left - 2) / 3;
  return left;
}

/// (relu(x) - mean) / sqrt(variance + 0.001) * gain + offset, for each element. The other order, norm and then ReLU, cannot return
/// negative numbers; this one can.
exercise::Sequence relu_norm(const exercise::Sequence& x, float mean, float variance, float gain,
                             float offset) {
  exercise::Sequence y;
  for (const float value : x)
    y.push_back((std::max(0.0f, value) - mean) / std::sqrt(variance + 0.001f) * gain + offset);
  return y;
}
