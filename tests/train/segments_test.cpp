#include "train/data/segments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/table_files.h"
#include "train/data/data_error.h"
#include "train/data/label_set.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Segments, AreReadFromACellAndWrittenBack) {
  const std::vector<Segment> segments = parse_segments(" 0 1.5 nosing;1.5\t3.25  solo voice ; ", "here");
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_EQ(segments[0].begin, 0);
  EXPECT_EQ(segments[0].end, 1.5);
  EXPECT_EQ(segments[1].label, "solo voice");
  EXPECT_EQ(segments_cell(segments), "0 1.5 nosing; 1.5 3.25 solo voice");
  EXPECT_TRUE(parse_segments("", "here").empty());
}

TEST(Segments, NamePlaceAndTextOfOneThatIsNone) {
  for (const char* const bad :
       {"0 1", "a 1 x", "0 b x", "2 1 x", "-1 1 x", "0 inf x", "0 nan x", "0,1,x", "0 1e999 x"}) {
    EXPECT_THAT(message_of<DataError>([&] { parse_segments(bad, "t.tsv:3"); }),
                testing::AllOf(HasSubstr("t.tsv:3: expected START END LABEL"), HasSubstr(bad)))
        << bad;
  }
}

TEST(Segments, OverlapWhereOtherLabelsShareMoreThanAMillisecond) {
  const auto overlaps = [](const char* cell) { return overlap(parse_segments(cell, "")); };
  EXPECT_FALSE(overlaps("0 1 a; 1 2 b"));
  EXPECT_FALSE(overlaps("1 2 b; 0 1.0005 a")) << "rounding of published times";
  EXPECT_FALSE(overlaps("0 3 a; 1 2 a")) << "the same label";
  EXPECT_TRUE(overlaps("1 2 b; 0 1.1 a"));
  EXPECT_TRUE(overlaps("0 9 a; 1 2 a; 3 4 b")) << "behind another one";
  EXPECT_TRUE(overlaps("0 5 a; 5 9 b; 6 7 a"));
  EXPECT_FALSE(overlaps("0 5 a; 5 9 b; 9 12 a; 9.5 10 a"));
  EXPECT_TRUE(overlaps("0 4 a; 4 5 b; 4.5 9 b; 4.7 4.8 c"));
}

TEST(Segments, OfATableAreInItsCellsOrInLabFiles) {
  const auto folder = test_folder();
  write_text(folder / "x/song.lab", "0.000 3.0 nosing\r\n\r\n3.0 4.0 sing\r\n");
  const auto table = [&](const std::string& cell) {
    return LabelsTable(folder, TsvTable("labels.tsv", concat("path\tsegments\na.wav\t", cell, '\n')));
  };
  EXPECT_EQ(segments_cell(table("x/song.lab").segments(0, 1)), "0 3 nosing; 3 4 sing");
  EXPECT_EQ(segments_cell(table("0 1 x").segments(0, 1)), "0 1 x");
  EXPECT_EQ(segments_cell(table("0 1 foo.lab").segments(0, 1)), "0 1 foo.lab") << "a label, no file";
  EXPECT_THAT(
      message_of<DataError>([&] { table("../song.lab"); }),
      HasSubstr("labels.tsv:2: column 2 (segments): expected a file inside the folder, got '../song.lab'"));
  write_text(folder / "bad.lab", "0 1 sing\n1 sing\n");
  EXPECT_THAT(message_of<DataError>([&] { table("bad.lab"); }),
              HasSubstr("bad.lab:2: expected START END LABEL"));
  EXPECT_THROW(table("absent.lab"), Error);
}

TEST(Segments, AreTheTaskOfATableWithoutOtherLabels) {
  const LabelsTable alone = table_of("path\tsegments\na\t0 1 x; 1 2 y\nb\t0 1 y\n");
  EXPECT_EQ(resolve_targets(TaskChoice::automatic, alone), TargetsOf::step);
  EXPECT_EQ(resolve_task(TaskChoice::automatic, alone), Task::multi_class);
  const LabelsTable both = table_of("path\tlabel\tsegments\na\tz\t0 2 x; 1 2 y\n");
  EXPECT_EQ(resolve_targets(TaskChoice::automatic, both), TargetsOf::clip);
  EXPECT_EQ(resolve_targets(TaskChoice::segments, both), TargetsOf::step);
  EXPECT_EQ(resolve_task(TaskChoice::segments, both), Task::multi_label) << "they overlap";

  const LabelSet labels = LabelSet::collect(alone, Task::multi_class, 0, TargetsOf::step);
  EXPECT_THAT(labels.names(), ElementsAre("x", "y"));
  EXPECT_EQ(labels.column(), "segments");
  const std::vector<std::size_t> rows = {0, 1};
  EXPECT_THAT(labels.targets(alone, rows), ElementsAre(1, 1, 0, 1)) << "of clips: the labels that they have";
  EXPECT_THAT(labels.support(alone, rows), ElementsAre(1, 2));
  const LabelSet fewer(Task::multi_class, {"x"}, TargetsOf::step);
  EXPECT_THAT(fewer.usable_rows(alone), ElementsAre(0u));
  EXPECT_THAT(fewer.unknown(alone, rows), ElementsAre("y"));
  EXPECT_EQ(fewer.times(alone, rows)[0].times().size(), 1u);
}

}  // namespace
}  // namespace sonograd::train
