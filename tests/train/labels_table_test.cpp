#include "train/data/labels_table.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/table_files.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string table_error(std::string_view text) {
  return message_of<DataError>([&] { table_of(text); });
}

TEST(LabelsTable, KeepsColumnsRowsAndTheirOrder) {
  const LabelsTable table = table_of("path\tlabel\ttake\nb.wav\trock\tA\nsub/ü a.ogg\tjazz\t\n");
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table.path(0), "b.wav");
  EXPECT_EQ(table.file(1), "/data/sub/ü a.ogg");
  EXPECT_EQ(table.cell(1, table.column("label")), "jazz");
  EXPECT_EQ(table.cell(0, table.column("take")), "A");
  EXPECT_EQ(table.cell(1, table.column("take")), "");
  EXPECT_EQ(table.find_column("tags"), std::nullopt);
  EXPECT_EQ(table.where(1, 1), "labels.tsv:3: column 2 (label)");
}

TEST(LabelsTable, ToleratesByteOrderMarkCrLfEmptyLinesAndNoFinalNewline) {
  const LabelsTable table = table_of("\xEF\xBB\xBFpath\tlabel\r\n\r\na.wav\trock\r\nb.wav\tpop");
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table.path(0), "a.wav");
  EXPECT_EQ(table.cell(0, 1), "rock");
  EXPECT_EQ(table.cell(1, 1), "pop");
}

TEST(LabelsTable, NamesFileLineAndColumnOfWhatIsWrong) {
  EXPECT_THAT(table_error(""), HasSubstr("labels.tsv:1: column 1"));
  EXPECT_THAT(table_error("path\tlabel\n"), AllOf(HasSubstr("labels.tsv"), HasSubstr("at least one clip")));
  EXPECT_THAT(table_error("file\tlabel\na\tb\n"), AllOf(HasSubstr("labels.tsv:1"), HasSubstr("'path'")));
  EXPECT_THAT(table_error("path\tlabel\na\tb\nc\n"),
              AllOf(HasSubstr("labels.tsv:3: column 2"), HasSubstr("has 1")));
  EXPECT_THAT(table_error("path\tlabel\na\tb\tc\n"),
              AllOf(HasSubstr("labels.tsv:2: column 3"), HasSubstr("has 3")));
  EXPECT_THAT(table_error("path\tlabel\tlabel\na\tb\tc\n"), HasSubstr("labels.tsv:1: column 3 (label)"));
  EXPECT_THAT(table_error("path\t\na\tb\n"), HasSubstr("labels.tsv:1: column 2"));
  EXPECT_THAT(table_error("path\tlabel\na\tb\n\nx\tc\na\td\n"),
              AllOf(HasSubstr("labels.tsv:5: column 1 (path)"), HasSubstr("duplicate of line 2")));
  EXPECT_THAT(table_error("path\nx/a\n./x//a\n"),
              HasSubstr("labels.tsv:3: column 1 (path): duplicate of line 2"));
}

TEST(LabelsTable, RefusesWhatIsNotUtf8Text) {
  for (const std::string bad :
       {"\xFF", "caf\xE9", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    EXPECT_THAT(table_error("path\tlabel\na\tb\nc\t" + bad + "\n"),
                AllOf(HasSubstr("labels.tsv:3: column 2"), HasSubstr("UTF-8")));
  }
  EXPECT_THAT(table_error(std::string("path\na\0b\n", 9)), HasSubstr("labels.tsv:2: column 1"));
  EXPECT_EQ(table_error("path\n\xF0\x9F\x8E\xB5.ogg\n"), "");
}

TEST(LabelsTable, RefusesPathsThatLeaveTheFolder) {
  for (const std::string bad : {"/etc/passwd", "../a.wav", "x/../../a.wav", "..", ".", "", "x/"}) {
    EXPECT_THAT(table_error("path\tlabel\n" + bad + "\trock\n"), HasSubstr("labels.tsv:2: column 1 (path)"))
        << bad;
  }
  EXPECT_EQ(table_error("path\nx/../a.wav\n..a.wav\n"), "");
}

TEST(LabelsTable, ReadsTagsAndTheirGrades) {
  const LabelsTable table = table_of("path\ttags\na\trock, no beat ,loud:0.7,mood:happy,x:y:0\nb\t\n");
  const auto tags = table.tags(0, 1);
  ASSERT_EQ(tags.size(), 5u);
  EXPECT_EQ(tags[0].name, "rock");
  EXPECT_EQ(tags[0].grade, 1);
  EXPECT_EQ(tags[1].name, "no beat");
  EXPECT_EQ(tags[2].name, "loud");
  EXPECT_FLOAT_EQ(tags[2].grade, 0.7f);
  EXPECT_EQ(tags[3].name, "mood:happy");
  EXPECT_EQ(tags[3].grade, 1);
  EXPECT_EQ(tags[4].name, "x:y");
  EXPECT_EQ(tags[4].grade, 0);
  EXPECT_TRUE(table.tags(1, 1).empty());
}

TEST(LabelsTable, RefusesGradesOutsideZeroToOneAndNamelessTags) {
  for (const std::string bad :
       {"rock:1.01", "rock:-0.1", "rock:nan", "rock:inf", "rock:1e999", "a,,b", ":0.5", "a,"}) {
    const LabelsTable table = table_of("path\ttags\na\t" + bad + "\n");
    EXPECT_THAT(message_of<DataError>([&] { table.tags(0, 1); }), HasSubstr("labels.tsv:2: column 2 (tags)"))
        << bad;
  }
}

TEST(LabelsTable, ReadsAFolderWithATable) {
  const auto folder = test_folder();
  write_text(folder / "labels.tsv", "path\tlabel\na.wav\trock\n");
  const LabelsTable table = LabelsTable::read(folder);
  EXPECT_EQ(table.file(0), folder / "a.wav");
  EXPECT_EQ(table.name(), (folder / "labels.tsv").string());
}

TEST(LabelsTable, ReadsSubFoldersAsLabels) {
  const auto folder = test_folder();
  for (const char* const file :
       {"rock/b.WAV", "rock/a.mp3", "jazz/deep/c.ogg", "jazz/notes.txt", "loose.wav"}) {
    write_text(folder / file, "x");
  }
  const LabelsTable table = LabelsTable::read(folder);
  std::vector<std::string> clips;
  for (std::size_t row = 0; row < table.size(); ++row) {
    clips.push_back(table.path(row) + "=" + table.cell(row, table.column("label")));
  }
  EXPECT_THAT(clips, ElementsAre("jazz/deep/c.ogg=jazz", "rock/a.mp3=rock", "rock/b.WAV=rock"));
}

TEST(LabelsTable, SaysWhatAFolderLacks) {
  const auto folder = test_folder();
  EXPECT_THAT(message_of<DataError>([&] { LabelsTable::read(folder); }), HasSubstr(folder.string()));
  EXPECT_THAT(message_of<DataError>([&] { LabelsTable::read(folder / "none"); }), HasSubstr("none"));
}

TEST(LabelsTable, ReadsTheSharedDataSets) {
  const char* const given = std::getenv("SONOGRAD_SHARED");
  const std::filesystem::path shared = given ? given : SONOGRAD_SOURCE_DIR "/../shared";
  const std::pair<const char*, std::size_t> kSets[] = {
      {"esc10", 400}, {"gm_synth_mini", 300}, {"nsynth_test", 4096}};
  if (!std::filesystem::exists(shared / "data")) GTEST_SKIP() << "no shared data at " << shared;
  for (const auto& [name, clips] : kSets) {
    const LabelsTable table = LabelsTable::read(shared / "data" / name);
    EXPECT_EQ(table.size(), clips);
    for (const char* const column : {"label", "tags", "split", "fold", "fold_group", "group"}) {
      EXPECT_TRUE(table.find_column(column)) << name << ' ' << column;
    }
    for (std::size_t row = 0; row < table.size(); ++row) {
      EXPECT_FALSE(table.tags(row, table.column("tags")).empty()) << table.where(row, 0);
    }
  }
}

}  // namespace
}  // namespace sonograd::train
