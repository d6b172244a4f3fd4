// Extents of the published network: 29 s are 464,000 samples and 1,813 frames.
inline void check(exercise::Report& report) {
  report.equal("frames_behind(1813, {4, 4, 4, 5, 4})", {453, 113, 28, 5, 1},
               frames_behind(1813, {4, 4, 4, 5, 4}));
  report.equal("frames_behind(9, {2})", {4}, frames_behind(9, {2}));
  report.equal("fits(464000), the published 29 s", 1, fits(464000));
  report.equal("fits(327423), one sample too short", 0, fits(327423));
  report.equal("fits(327424), the shortest", 1, fits(327424));
  report.equal("fits(655103), the longest", 1, fits(655103));
  report.equal("fits(655104), one sample too long", 0, fits(655104));
}
