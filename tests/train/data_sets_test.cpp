// Published data sets in miniature: their tables, known errors, and copies that are not complete.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "tests/support/published_trees.h"
#include "tests/train/table_files.h"
#include "train/data/data_error.h"
#include "train/data/labels_table.h"
#include "train/data/sets/registry.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using test::write_tree;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Cells = std::vector<std::string>;

std::map<std::string, Cells> by_path(const SetClips& set) {
  std::map<std::string, Cells> rows;
  for (const SetClip& clip : set.clips) rows[clip.path] = clip.cells;
  return rows;
}

std::string set_error(std::string_view name, const SetRequest& request) {
  return message_of<DataError>([&] { read_data_set(name, request); });
}

TEST(DataSets, AreFoundByNameWithChoices) {
  std::set<std::string_view> names;
  for (const DataSet& set : all_data_sets()) {
    EXPECT_TRUE(names.insert(set.name).second) << set.name;
    EXPECT_FALSE(set.summary.empty() || set.layout.empty()) << set.name;
  }
  EXPECT_THAT(message_of<ConfigError>([] { read_data_set("mtt", {.root = "/"}); }),
              AllOf(HasSubstr("expected"), HasSubstr("mtat"), HasSubstr("got 'mtt'")));
  EXPECT_THAT(message_of<ConfigError>([] { read_data_set("fma", {.root = "/", .subset = "tiny"}); }),
              HasSubstr("--subset: expected small, medium, large and full; got 'tiny'"));
  EXPECT_THAT(message_of<ConfigError>([] { read_data_set("folder", {.root = "/", .split = "a"}); }),
              HasSubstr("--split: the data set folder has none"));
  EXPECT_THAT(set_error("gtzan", {.root = "/none"}), HasSubstr("/none: expected the folder of the data set"));
}

class MtatTree : public testing::Test {
 protected:
  MtatTree() {
    write_tree(root_, {{"annotations_final.csv",
                        test::mtat_table({{"f/a-b-01-t-0-29.mp3", {"strings", "violin"}},
                                          {"c/a-b-01-u-29-58.mp3", {}},
                                          {"0/a-b-01-u-0-29.mp3", {"no piano"}},
                                          {"d/c-d-02-v-0-29.mp3", {"no vocals"}},
                                          {"6/norine_braun-now_and_zen-08-gently-117-146.mp3", {"rock"}}})}});
    for (const char* const folder : {"f", "c", "0", "d", "6"}) fs::create_directories(root_ / folder);
  }
  fs::path root_ = test_folder();
};

TEST_F(MtatTree, HasTagsInTheOrderOfTheListAndPartsByFolder) {
  const SetClips set = read_data_set("mtat", {.root = root_});
  EXPECT_EQ(set.folder, root_);
  EXPECT_THAT(set.columns, ElementsAre("tags", "split", "group"));
  ASSERT_EQ(set.clips.size(), 4u) << "the file that is empty in the archive is left out";
  EXPECT_EQ(set.clips[0].key, "2");
  EXPECT_THAT(set.clips[0].cells, ElementsAre("strings,violin", "test", "f/a-b-01-t"));
  EXPECT_THAT(set.clips[1].cells, ElementsAre("", "valid", "c/a-b-01-u"));
  EXPECT_THAT(set.clips[2].cells, ElementsAre("", "train", "0/a-b-01-u"));
  EXPECT_THAT(set.clips[3].cells, ElementsAre("no vocals", "test", "d/c-d-02-v"));
  EXPECT_THAT(set.warnings, ElementsAre(HasSubstr("5 rows"), HasSubstr("1 clip left out")));
}

TEST_F(MtatTree, FiltersAndSubsets) {
  const SetClips filtered = read_data_set("mtat", {.root = root_, .split = "filtered"});
  ASSERT_EQ(filtered.clips.size(), 2u);
  EXPECT_EQ(filtered.clips[1].least_seconds, 29.1);
  EXPECT_THAT(by_path(read_data_set("mtat", {.root = root_, .subset = "all"}))["0/a-b-01-u-0-29.mp3"][0],
              "no piano");
  const auto homework = by_path(read_data_set("mtat-kaist", {.root = root_}));
  ASSERT_EQ(homework.size(), 1u) << "folders 0 to 2, a to d, and a tag";
  EXPECT_EQ(homework.begin()->second[1], "test");
}

TEST_F(MtatTree, NamesWhatACopyLacks) {
  fs::remove(root_ / "c");
  EXPECT_THAT(set_error("mtat", {.root = root_}),
              AllOf(HasSubstr("1 of the 4 folders with clips missing: c"), HasSubstr("mp3.zip.001")));
  for (const char* const folder : {"f", "0", "d", "6"}) fs::remove(root_ / folder);
  test::write_file(root_ / "mp3.zip.001", "");
  EXPECT_THAT(set_error("mtat", {.root = root_}),
              AllOf(HasSubstr("no sound files found"), HasSubstr("unpack mp3.zip.001 first")));
  const std::string table = test::read_file(root_ / "annotations_final.csv");
  test::write_file(root_ / "annotations_final.csv", table.substr(0, table.size() - 60));
  EXPECT_THAT(set_error("mtat", {.root = root_}), HasSubstr("annotations_final.csv:6"));
  fs::remove(root_ / "annotations_final.csv");
  EXPECT_THAT(set_error("mtat", {.root = root_}), HasSubstr("annotations_final.csv: missing"));
}

TEST_F(MtatTree, TakesCellsWithoutQuotesAndFoldersBelowMp3) {
  std::string table = test::read_file(root_ / "annotations_final.csv");
  std::erase(table, '"');
  test::write_file(root_ / "annotations_final.csv", table);
  for (const char* const folder : {"f", "c", "0", "d", "6"}) {
    fs::create_directories(root_ / "mp3" / folder);
    fs::remove(root_ / folder);
  }
  const SetClips set = read_data_set("mtat", {.root = root_});
  EXPECT_EQ(set.folder, root_ / "mp3");
  EXPECT_EQ(set.clips[0].cells[0], "strings,violin");
}

TEST(GtzanTree, HasTheFaultFilteredSplit) {
  const fs::path root = test_folder();
  for (const char* const genre :
       {"blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"})
    write_tree(root, {{concat("genres/", genre, "/", genre, ".00000.au"), ""}});
  const SetClips set = read_data_set("gtzan", {.root = root});
  std::map<std::string, int> parts, blues;
  for (const SetClip& clip : set.clips) {
    ++parts[clip.cells[1]];
    if (clip.cells[0] == "blues") ++blues[clip.cells[1]];
  }
  EXPECT_EQ(parts, (std::map<std::string, int>{{"train", 443}, {"valid", 197}, {"test", 290}}));
  EXPECT_EQ(blues, (std::map<std::string, int>{{"train", 46}, {"valid", 23}, {"test", 31}}));
  EXPECT_EQ(set.clips[0].path, "blues/blues.00000.au");
  EXPECT_EQ(set.clips[0].key, "blues-00000");
  EXPECT_EQ(read_data_set("gtzan", {.root = root, .split = "none"}).clips.size(), 1000u);
  fs::remove_all(root / "genres/jazz");
  EXPECT_THAT(set_error("gtzan", {.root = root}), HasSubstr("1 of the 10 folders with clips missing: jazz"));
}

TEST(JamendoTree, ReadsRaggedRowsOfTheSplits) {
  const fs::path root = test_folder();
  const std::string header = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS\r\n";
  const auto write = [&](const std::string& part, const std::string& rows) {
    write_tree(root, {{concat("data/splits/split-0/autotagging_genre-", part, ".tsv"), header + rows}});
  };
  write("train",
        "track_0000948\tartist_000087\talbum_000149\t48/948.mp3\t212.7\tgenre---rock\tgenre---pop\r\n"
        "track_0000949\tartist_000087\talbum_000149\t49/949.mp3\t30.1\tgenre---jazz\r\n");
  write("validation", "track_0000001\tartist_000001\talbum_000001\t01/1.mp3\t60.0\tgenre---rock\r\n");
  write("test", "track_0000002\tartist_000002\talbum_000002\t01/1001.mp3\t60.0\tgenre---rock\r\n");
  const SetRequest request = {.root = root, .subset = "genre"};
  EXPECT_THAT(set_error("mtg-jamendo", request), HasSubstr("--audio"));
  write_tree(root, {{"audio-low/48/948.low.mp3", ""}, {"audio-low/49/949.low.mp3", ""}});
  EXPECT_THAT(set_error("mtg-jamendo", request), HasSubstr("1 of the 3 folders with clips missing: 01"));
  fs::create_directories(root / "audio-low/01");
  const SetClips set = read_data_set("mtg-jamendo", request);
  EXPECT_EQ(set.folder, root / "audio-low");
  ASSERT_EQ(set.clips.size(), 4u);
  EXPECT_EQ(set.clips[0].path, "48/948.low.mp3");
  EXPECT_EQ(set.clips[0].key, "track_0000948");
  EXPECT_EQ(set.clips[0].seconds, 212.7);
  EXPECT_THAT(set.clips[0].cells, ElementsAre("rock,pop", "train", "artist_000087", "album_000149"));
  EXPECT_EQ(set.clips[2].cells[1], "valid");
  write("test", "track_0000002\tartist_000002\talbum_000002\t01/1.mp3\n");
  EXPECT_THAT(set_error("mtg-jamendo", request),
              HasSubstr("autotagging_genre-test.tsv:2: column 4: the header has 6 columns, this row has 4"));
}

TEST(FmaTree, ReadsThreeHeaderLinesLineBreaksAndLists) {
  const fs::path root = test_folder();
  const std::string tracks =
      std::string(test::kFmaHeader) +
      "2,\"<p>One,\n\"\"two\"\"</p>\",[],1,AWOL,training,small,168,Hip-Hop,[21],\"[21, 10]\",Food\n"
      "5,,['x'],1,AWOL,validation,medium,206,Pop,[10],[10],\"This, World\"\n"
      "1486,,[],9,Other,test,large,161,,[],[],Broken\n"
      "10,,[],6,Kurt,test,large,161,,\"[10, 11]\",\"[10, 11]\",Freeway\n";
  write_tree(root,
             {{"fma_metadata/tracks.csv", tracks},
              {"fma_metadata/genres.csv",
               "genre_id,#tracks,parent,title,top_level\n10,1,0,Pop,10\n21,1,0,Hip-Hop,21\n11,1,0,Pop,11\n"},
              {"fma_large/000/000002.mp3", ""}});
  const SetClips small = read_data_set("fma", {.root = root});
  EXPECT_EQ(small.folder, root / "fma_large");
  ASSERT_EQ(small.clips.size(), 1u);
  EXPECT_EQ(small.clips[0].path, "000/000002.mp3");
  EXPECT_EQ(small.clips[0].key, "000002");
  EXPECT_THAT(small.clips[0].cells, ElementsAre("Hip-Hop", "train", "1"));
  EXPECT_EQ(read_data_set("fma", {.root = root, .subset = "medium"}).clips.size(), 2u);
  const SetClips large = read_data_set("fma", {.root = root, .subset = "large"});
  ASSERT_EQ(large.clips.size(), 3u) << "track 1486 has no sound";
  EXPECT_THAT(large.clips[0].cells, ElementsAre("Hip-Hop,Pop (10)", "train", "1", "Hip-Hop"));
  EXPECT_THAT(large.clips[2].cells, ElementsAre("Pop (10),Pop (11)", "test", "6", ""));
  EXPECT_THAT(set_error("fma", {.root = root, .subset = "full"}), HasSubstr("fma_full/000"));
  test::write_file(root / "fma_metadata/tracks.csv", tracks.substr(0, 185));
  EXPECT_THAT(set_error("fma", {.root = root}), HasSubstr("tracks.csv:4: a quote without its end"));
}

TEST(FmaTree, LengthsThatAreNoneGiveNoSizes) {
  const fs::path root = test_folder();
  std::string tracks(test::kFmaHeader);
  for (const char* const row :
       {"2,,[],1,A,training,small,1e300,Pop,[],[],x\n", "3,,[],1,A,training,small,-5,Pop,[],[],x\n",
        "4,,[],1,A,training,small,nan,Pop,[],[],x\n", "5,,[],1,A,training,small,12,Pop,[],[],x\n"})
    tracks += row;
  write_tree(root, {{"fma_metadata/tracks.csv", tracks},
                    {"fma_metadata/genres.csv", "genre_id,#tracks,parent,title,top_level\n10,1,0,Pop,10\n"},
                    {"fma_full/000/000002.mp3", ""}});
  const SetClips full = read_data_set("fma", {.root = root, .subset = "full"});
  std::vector<double> seconds;
  for (const SetClip& clip : full.clips) seconds.push_back(clip.seconds);
  EXPECT_THAT(seconds, ElementsAre(24 * 3600, 0, 0, 12));
}

TEST(NsynthTree, TakesPartsAndSortsNotes) {
  const fs::path root = test_folder();
  const auto note = [](const std::string& name, const std::string& family) {
    return concat('"', name, R"(": {"note_str": ")", name,
                  R"(", "pitch": 60, "velocity": 100, "qualities": [0, 1],
      "instrument_str": "x_000", "instrument_source_str": "synthetic", "instrument_family_str": ")",
                  family, "\"}");
  };
  write_tree(root, {{"nsynth-test/examples.json",
                     concat('{', note("b-060-100", "bass"), ',', note("a-060-100", "vocal"), '}')},
                    {"nsynth-test/audio/a-060-100.wav", ""}});
  EXPECT_THAT(set_error("nsynth", {.root = root}), HasSubstr("nsynth-train/examples.json: missing"));
  const SetClips set = read_data_set("nsynth", {.root = root, .subset = "test"});
  ASSERT_EQ(set.clips.size(), 2u);
  EXPECT_EQ(set.clips[0].path, "nsynth-test/audio/a-060-100.wav");
  EXPECT_THAT(set.clips[0].cells, ElementsAre("vocal", "test", "x_000", "synthetic", "60", "100"));
  test::write_file(root / "nsynth-test/examples.json", "{\"a\": {\"pitch\": 1");
  EXPECT_THAT(set_error("nsynth", {.root = root, .subset = "test"}), HasSubstr("cut short"));
  test::write_file(root / "nsynth-test/examples.json", "{\"a\": {\"pitch\": 1}}");
  EXPECT_THAT(set_error("nsynth", {.root = root, .subset = "test"}),
              HasSubstr("examples.json: a: expected instrument_family_str"));
}

TEST(EscTree, HasFoldsAndRecordings) {
  const fs::path root = test_folder();
  write_tree(
      root,
      {{"meta/esc50.csv",
        "filename,fold,target,category,esc10,src_file,take\n"
        "1-100032-A-0.wav,1,0,dog,True,100032,A\n1-100038-A-14.wav,2,14,chirping_birds,False,100038,A\n"},
       {"audio/1-100032-A-0.wav", ""}});
  const SetClips esc50 = read_data_set("esc50", {.root = root});
  ASSERT_EQ(esc50.clips.size(), 2u);
  EXPECT_THAT(esc50.clips[1].cells, ElementsAre("chirping_birds", "2", "100038"));
  EXPECT_EQ(esc50.clips[1].key, "1-100038-A-14");
  const SetClips esc10 = read_data_set("esc10", {.root = root});
  ASSERT_EQ(esc10.clips.size(), 1u);
  EXPECT_EQ(esc10.clips[0].cells[0], "dog");
  fs::remove_all(root / "audio");
  EXPECT_THAT(set_error("esc50", {.root = root}), HasSubstr("expected audio/"));
}

TEST(OpenmicTree, GradesInstruments) {
  const fs::path root = test_folder();
  write_tree(root, {{"openmic-2018-aggregated-labels.csv",
                     "sample_key,instrument,relevance,num_responses\n000046_3840,clarinet,0.1712,3\n"
                     "000046_3840,flute,0.0,3\n000135_483840,accordion,1.0,3\n"},
                    {"partitions/split01_train.csv", "000046_3840\n"},
                    {"partitions/split01_test.csv", "000135_483840\n"},
                    {"audio/000/000046_3840.ogg", ""}});
  const SetClips set = read_data_set("openmic", {.root = root});
  ASSERT_EQ(set.clips.size(), 2u);
  EXPECT_EQ(set.clips[0].path, "000/000046_3840.ogg");
  EXPECT_THAT(set.clips[0].cells, ElementsAre("clarinet:0.1712,flute:0", "train"));
  EXPECT_THAT(set.clips[1].cells, ElementsAre("accordion:1", "test"));
  test::write_file(root / "partitions/split01_test.csv", "");
  EXPECT_THAT(set_error("openmic", {.root = root}), HasSubstr("'000135_483840' is in no list"));
}

TEST(JamendoVadTree, HasTheShareOfSinging) {
  const fs::path root = test_folder();
  write_tree(root, {{"train/01 - Séance d'été.ogg", ""}, {"valid/b.mp3", ""}, {"test/c.mp3", ""}});
  for (const char* const song : {"01 - Séance d'été", "b", "c"})
    write_tree(root, {{concat("jamendo_lab/", song, ".lab"), "0.000 3.0 nosing\n3.0 4.0 sing\n"}});
  const SetClips set = read_data_set("jamendo-vad", {.root = root});
  ASSERT_EQ(set.clips.size(), 3u);
  EXPECT_EQ(set.clips[0].path, "train/01 - Séance d'été.ogg");
  EXPECT_THAT(set.clips[0].cells, ElementsAre("sing:0.25", "0 3 nosing; 3 4 sing", "train"));
  EXPECT_EQ(set.clips[0].seconds, 4);
  test::write_file(root / "jamendo_lab/b.lab", "0.0 1.0\n");
  EXPECT_THAT(set_error("jamendo-vad", {.root = root}), HasSubstr("b.lab:1: expected START END LABEL"));
  test::write_file(root / "jamendo_lab/b.lab", "0 1 song\n");
  EXPECT_THAT(set_error("jamendo-vad", {.root = root}), HasSubstr("label sing or nosing, got 'song'"));
  fs::remove(root / "jamendo_lab/b.lab");
  EXPECT_THAT(set_error("jamendo-vad", {.root = root}), HasSubstr("jamendo_lab/b.lab: missing"));
}

/// An array of NumPy [rows, 50] with zeros and a one in the first row.
std::string one_tag_array(int rows, std::size_t tag) {
  std::string header = concat("{'descr': '|b1', 'fortran_order': False, 'shape': (", rows, ", 50), }");
  header.resize(117, ' ');
  std::string data(static_cast<std::size_t>(rows) * 50, '\0');
  data[tag] = 1;
  return std::string("\x93NUMPY\x01\x00v\x00", 10) + header + '\n' + data;
}

TEST(MsdTree, ReadsListsAndArrays) {
  const fs::path root = test_folder();
  for (const std::string part : {"train", "valid", "test"}) {
    write_tree(root, {{part + "_x_7d_id.txt", "101\n102\n"},
                      {part + "_x_msd_id.txt", concat("TR", part, "A\nTR", part, "B\n")},
                      {part + "_x_filename.txt", concat("1/0/", part, "1.npy\n1/0/", part, "2.clip.npy\n")},
                      {part + "_y.npy", one_tag_array(2, 1)}});
  }
  write_tree(root, {{"audio/1/0/train1.clip.mp3", ""}});
  const SetClips set = read_data_set("msd", {.root = root});
  ASSERT_EQ(set.clips.size(), 6u);
  EXPECT_EQ(set.clips[0].path, "1/0/train1.clip.mp3");
  EXPECT_EQ(set.clips[1].path, "1/0/train2.clip.mp3");
  EXPECT_EQ(set.clips[0].key, "TRtrainA");
  EXPECT_THAT(set.clips[0].cells, ElementsAre("pop", "train"));
  EXPECT_THAT(set.clips[5].cells, ElementsAre("", "test"));
  write_tree(root, {{"train_x_7d_invalid_audio_id.txt", "102\n"}});
  EXPECT_EQ(read_data_set("msd", {.root = root}).clips.size(), 3u);
  write_tree(root, {{"test_y.npy", one_tag_array(1, 1)}});
  EXPECT_THAT(set_error("msd", {.root = root}), HasSubstr("test_y.npy: expected an array [2, 50]"));
  write_tree(root, {{"test_x_7d_id.txt", "1\n"}});
  EXPECT_THAT(set_error("msd", {.root = root}), HasSubstr("1, 2 and 2 lines"));
}

TEST(FolderTree, KeepsColumnsAndMakesKeysUnique) {
  const fs::path root = test_folder();
  write_tree(root,
             {{"labels.tsv",
               "path\tlabel\tkey\ttake\na/x.wav\trock\tq\t1\na-x.wav\tpop\tq\t2\nb/é è.wav\tpop\tq\t3\n"}});
  const SetClips set = read_data_set("folder", {.root = root});
  EXPECT_THAT(set.columns, ElementsAre("label", "take"));
  ASSERT_EQ(set.clips.size(), 3u);
  EXPECT_THAT(set.clips[1].cells, ElementsAre("pop", "2"));
  EXPECT_NE(set.clips[0].key, set.clips[1].key);
  EXPECT_THAT(set.clips[0].key, testing::StartsWith("a-x-"));
  EXPECT_EQ(set.clips[2].key, "b------") << "letters of ASCII only";
  EXPECT_THAT(set.warnings, ElementsAre(HasSubstr("the column 'key' is left out")));
}

}  // namespace
}  // namespace sonograd::train
