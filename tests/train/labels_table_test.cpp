#include "train/data/labels_table.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"
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
  const std::filesystem::path data = test::shared_path("data");
  const std::pair<const char*, std::size_t> kSets[] = {
      {"esc10", 400}, {"gm_synth_mini", 300}, {"nsynth_test", 4096}};
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no shared data at " << data;
  for (const auto& [name, clips] : kSets) {
    const LabelsTable table = LabelsTable::read(data / name);
    EXPECT_EQ(table.size(), clips);
    for (const char* const column : {"label", "tags", "split", "fold", "fold_group", "group"}) {
      EXPECT_TRUE(table.find_column(column)) << name << ' ' << column;
    }
    for (std::size_t row = 0; row < table.size(); ++row) {
      EXPECT_FALSE(table.tags(row, table.column("tags")).empty()) << table.where(row, 0);
    }
  }
}

std::string cell_of(std::string_view text, std::size_t column = 1) {
  return table_of(text).cell(0, column);
}

TEST(LabelsTable, TakesTheQuotesOfASpreadsheetOff) {
  const LabelsTable table =
      table_of("path\ttags\tnote\n\"a\tb.wav\"\t\"rock,voice\"\t\"he said \"\"no\"\"\"\n");
  EXPECT_EQ(table.path(0), "a\tb.wav");
  EXPECT_EQ(table.cell(0, 2), "he said \"no\"");
  const auto tags = table.tags(0, 1);
  ASSERT_EQ(tags.size(), 2u);
  EXPECT_EQ(tags[0].name, "rock");
  EXPECT_EQ(tags[1].name, "voice");
  EXPECT_EQ(cell_of("\"path\"\t\"label\"\na\t\"\"\n"), "");
  EXPECT_EQ(cell_of("path\tlabel\na\t \"rock\" \n"), "rock");
  EXPECT_EQ(cell_of("path\tlabel\na\t7\" vinyl\n"), "7\" vinyl") << "a quote within a cell is text";
}

TEST(LabelsTable, RefusesQuotesWithoutTheirEnd) {
  EXPECT_THAT(table_error("path\tlabel\na\trock\nb\t\"two\nlines\"\n"),
              AllOf(HasSubstr("labels.tsv:3: column 2"), HasSubstr("no end on this line")));
  EXPECT_THAT(table_error("path\tlabel\na\t\"Heroes\" live\n"),
              AllOf(HasSubstr("labels.tsv:2: column 2"), HasSubstr("' live'"), HasSubstr("twice")));
}

TEST(LabelsTable, DropsBlanksAroundCells) {
  const LabelsTable table = table_of(" path \tlabel \na.wav\t rock \nb.wav\trock\n\t \nc d.wav\trock\n");
  EXPECT_EQ(table.size(), 3u) << "cells without any text are an empty line";
  EXPECT_EQ(table.cell(0, 1), table.cell(1, 1));
}

TEST(LabelsTable, ReadsTheSeparatorOfACsvFile) {
  for (const char separator : {',', ';', '\t'}) {
    const auto folder = test_folder();
    std::string text = "path,tags,note\n\"a,1.wav\",\"rock,voice\",x;y\n";
    if (separator != ',') {
      text = "path;tags;note\na.wav;rock,voice;x,y\n";
      std::ranges::replace(text, ';', separator);
    }
    write_text(folder / "labels.csv", text);
    const LabelsTable table = LabelsTable::read(folder);
    EXPECT_EQ(table.path(0), separator == ',' ? "a,1.wav" : "a.wav");
    EXPECT_EQ(table.tags(0, 1).size(), 2u);
  }
}

TEST(LabelsTable, NamesTheEncodingOfASpreadsheet) {
  const auto folder = test_folder();
  write_text(folder / "labels.tsv", std::string_view("\xFF\xFEp\0a\0t\0h\0", 10));
  EXPECT_THAT(message_of<DataError>([&] { LabelsTable::read(folder); }), HasSubstr("UTF-16"));
}

TEST(LabelsTable, RefusesListsOfOtherNotations) {
  const std::pair<std::string, std::string> lists[] = {
      {"['rock', 'voice']", "between them: rock, voice;"},
      {"[\"rock\", \"voice\"]", "between them: rock, voice;"},
      {"rock|voice", "between them: rock,voice;"},
      {"rock; voice", "between them: rock, voice;"},
      {"{rock,voice}", "between them: rock,voice;"}};
  for (const auto& [list, hint] : lists) {
    const LabelsTable table = table_of("path\ttags\na\t" + list + "\n");
    EXPECT_THAT(message_of<DataError>([&] { table.tags(0, 1); }),
                AllOf(HasSubstr("labels.tsv:2: column 2 (tags)"), HasSubstr(hint)))
        << list;
  }
}

TEST(LabelsTable, LeavesClipsOutWhoseNameIsNotUtf8) {
  const LabelsTable table = table_of("path\tlabel\ncaf\xE9.wav\trock\nb.wav\tpop\n");
  ASSERT_EQ(table.size(), 1u);
  EXPECT_EQ(table.path(0), "b.wav");
  EXPECT_THAT(table.warnings(), ElementsAre(AllOf(HasSubstr("labels.tsv:2"), HasSubstr("not UTF-8"))));

  const auto folder = test_folder();
  for (const char* const name : {"rock/a.wav", "rock/caf\xE9.wav", "rock/two\nlines.wav", "pop/\"b\".wav"})
    write_text(folder / name, "x");
  const LabelsTable found = LabelsTable::read(folder);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found.path(0), "pop/\"b\".wav");
  EXPECT_EQ(found.warnings().size(), 2u);
}

std::vector<std::string> rows_of(const LabelsTable& table) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < table.size(); ++row) {
    rows.push_back(table.path(row) + "=" + table.cell(row, table.column("label")));
    if (const auto split = table.find_column("split")) rows.back() += "/" + table.cell(row, *split);
  }
  return rows;
}

TEST(LabelsTable, ReadsFoldersOfTheSplitAsItsParts) {
  const auto folder = test_folder();
  for (const char* const name : {"Train/rock/1.wav", "Train/jazz/deep/2.wav", "validation/rock/3.wav",
                                 "test/jazz/4.wav", "readme.txt"})
    write_text(folder / name, "x");
  EXPECT_THAT(rows_of(LabelsTable::read(folder)),
              ElementsAre("Train/jazz/deep/2.wav=jazz/train", "Train/rock/1.wav=rock/train",
                          "test/jazz/4.wav=jazz/test", "validation/rock/3.wav=rock/valid"));
  write_text(folder / "train/5.wav", "x");
  EXPECT_THAT(message_of<DataError>([&] { LabelsTable::read(folder); }),
              AllOf(HasSubstr("train/5.wav"), HasSubstr("train/LABEL/CLIP"), HasSubstr("labels.tsv")));
}

TEST(LabelsTable, RefusesFoldersOfTheSplitBesideOthers) {
  const auto folder = test_folder();
  for (const char* const name : {"train/rock/1.wav", "test/rock/2.wav", "extra/3.wav"})
    write_text(folder / name, "x");
  EXPECT_THAT(message_of<DataError>([&] { LabelsTable::read(folder); }), HasSubstr("'extra'"));
}

TEST(LabelsTable, OneFolderCalledAsAPartBesideOthersIsALabel) {
  const auto folder = test_folder();
  for (const char* const name : {"train/1.wav", "plane/2.wav"}) write_text(folder / name, "x");
  EXPECT_THAT(rows_of(LabelsTable::read(folder)), ElementsAre("plane/2.wav=plane", "train/1.wav=train"));
}

TEST(LabelsTable, RefusesATableThatItDoesNotRead) {
  for (const char* const name : {"metadata.csv", "annotations.csv", "metadata.jsonl", "train.csv"}) {
    const auto folder = test_folder();
    write_text(folder / "audio/1.wav", "x");
    write_text(folder / name, "file_name,label\naudio/1.wav,rock\n");
    EXPECT_THAT(message_of<DataError>([&] { LabelsTable::read(folder); }),
                AllOf(HasSubstr(name), HasSubstr("labels.tsv"), HasSubstr("path")));
  }
}

TEST(LabelsTable, PassesHiddenFoldersAndCopiesOfAttributesOver) {
  const auto folder = test_folder();
  for (const char* const name : {"rock/1.wav", "rock/._1.wav", "rock/.ipynb_checkpoints/1-checkpoint.wav",
                                 ".ipynb_checkpoints/1.wav", "__MACOSX/rock/._1.wav", "@eaDir/1.wav"})
    write_text(folder / name, "x");
  EXPECT_THAT(rows_of(LabelsTable::read(folder)), ElementsAre("rock/1.wav=rock"));
}

TEST(SubFolders, SoundFilesThatAreNoClipsAreNamed) {
  const auto folder = test_folder();
  write_text(folder / "rock/a.wav", "");
  write_text(folder / "pop/b.wav", "");
  write_text(folder / "notes.txt", "");
  EXPECT_THAT(LabelsTable::read(folder).warnings(), testing::IsEmpty());
  write_text(folder / "1.wav", "");
  write_text(folder / "2.mp3", "");
  std::filesystem::create_symlink("/dev/zero", folder / "pop/x.wav");
  const LabelsTable table = LabelsTable::read(folder);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_THAT(
      table.warnings(),
      ElementsAre(AllOf(HasSubstr(folder.string()), HasSubstr("2 of the sound files"),
                        HasSubstr("no sub-folder names their label: 1.wav and 2.mp3")),
                  HasSubstr("1 of the sound files left out, because they are no regular files: pop/x.wav")));
}

}  // namespace
}  // namespace sonograd::train
