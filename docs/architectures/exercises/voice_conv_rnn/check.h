// Labels that change inside of a frame and between two of them, hops of 2 samples.
inline void check(exercise::Report& report) {
  report.equal("frame_labels({0, 0, 0, 0, 1, 1, 1, 1}, 2)", {0, 0, 0, 1},
               frame_labels({0, 0, 0, 0, 1, 1, 1, 1}, 2));
  report.equal("frame_labels({0, 0, 0, 1, 1, 1, 1, 1}, 2)", {0, 0, 1, 1},
               frame_labels({0, 0, 0, 1, 1, 1, 1, 1}, 2));
  report.equal("the first frame has half of the samples", {1, 0, 0}, frame_labels({1, 1, 0, 0, 0, 0}, 2));
  report.equal("a rest of one sample is no frame", {1, 1}, frame_labels({1, 1, 1, 1, 1}, 2));
  report.equal("half of the samples are not more than half", {0, 0}, frame_labels({1, 0, 1, 0}, 2));
}
