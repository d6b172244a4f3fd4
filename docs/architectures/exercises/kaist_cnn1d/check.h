// The three layers of the network on 188 frames, and other paddings.
inline void check(exercise::Report& report) {
  std::vector<int> frames;
  int at = 188;
  for (int layer = 0; layer < 3; ++layer) {
    frames.push_back(at = frames_behind_convolution(at, 3, 3));
    frames.push_back(at = frames_behind_pooling(at, 3));
  }
  report.equal("frames behind each convolution and each pooling", {192, 64, 68, 22, 26, 8}, frames);
  report.equal("frames_behind_convolution(188, 3, 1)", 188, frames_behind_convolution(188, 3, 1));
  report.equal("frames_of_zeros(3, 3)", 2, frames_of_zeros(3, 3));
  report.equal("frames_of_zeros(3, 1)", 0, frames_of_zeros(3, 1));
  report.equal("frames_of_zeros(5, 7)", 6, frames_of_zeros(5, 7));
}
