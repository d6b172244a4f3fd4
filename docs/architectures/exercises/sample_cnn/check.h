// The published network takes 3^10 = 59,049 samples.
inline void check(exercise::Report& report) {
  report.equal("frames of 59049 samples with 3 taps every 3", 19683,
               static_cast<long>(strided_convolution(Sequence(59049, 0.0f), {1, 1, 1}, 3).size()));
  const Sequence x = {1, 2, 3, 4, 5, 6};
  report.near("the first tap of the first frame is on a zero", {0, 3}, strided_convolution(x, {1, 0, 0}, 3));
  report.near("the middle tap is on the samples 0, 3, …", {1, 4}, strided_convolution(x, {0, 1, 0}, 3));
  report.near("the taps 1, 10, 100 every 3", {210, 543}, strided_convolution(x, {1, 10, 100}, 3));
  report.near("the taps 1, 10, 100 every sample", {210, 321, 432, 543, 654, 65},
              strided_convolution(x, {1, 10, 100}, 1));
}
