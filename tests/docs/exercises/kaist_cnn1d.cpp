// Frames and zeros of kaist_cnn1d: its kernels of 3 frames have 3 zeros at both ends, two more than keep the number of frames.
#include "docs/architectures/exercises/exercise.h"

/// Frames behind a convolution over `kernel` frames with `padding` zeros at both ends.
int frames_behind_convolution(int frames, int kernel, int padding) {
  return frames + 2 * padding - kernel + 1;
}

/// Frames behind a pooling of `window` frames side by side, which leaves out a rest.
int frames_behind_pooling(int frames, int window) {
  return frames / window;
}

/// Frames behind that convolution whose kernel covers zeros alone, at both ends together.
int frames_of_zeros(int kernel, int padding) {
  return 2 * std::max(0, padding - kernel + 1);
}
