// A held tone and a click: a wide kernel answers to the first, a tall one to the second.
inline void check(exercise::Report& report) {
  const exercise::Map odd = same_convolution({{1, 2, 3}}, {{10, 1, 100}});
  report.equal("same_convolution of one frame: frames", 1, static_cast<long>(odd.size()));
  if (odd.size() != 1) return;
  report.near("same_convolution({{1, 2, 3}}, {{10, 1, 100}})", {201, 312, 23}, odd[0]);
  const exercise::Map even = same_convolution({{1, 2, 3}}, {{10, 1}});
  report.near("same_convolution({{1, 2, 3}}, {{10, 1}}): one more band behind", {12, 23, 30}, even[0]);

  exercise::Map tone(5, exercise::Sequence(5)), click = tone;
  for (int i = 0; i < 5; ++i) tone[i][2] = click[2][i] = 1;
  const exercise::Map wide(4, exercise::Sequence(1, 1.0f)), tall = {{1, 1, 1, 1}};
  report.near("a kernel of 4 frames on a tone, frame 2", {0, 0, 4, 0, 0}, same_convolution(tone, wide)[2]);
  report.near("a kernel of 4 frames on a click, frame 2", {1, 1, 1, 1, 1}, same_convolution(click, wide)[2]);
  report.near("a kernel of 4 frames on a click, frame 0", {1, 1, 1, 1, 1}, same_convolution(click, wide)[0]);
  report.near("a kernel of 4 frames on a click, frame 4", {0, 0, 0, 0, 0}, same_convolution(click, wide)[4]);
  report.near("a kernel of 4 bands on a click, frame 2", {3, 4, 4, 3, 2}, same_convolution(click, tall)[2]);
}
