// [threads]
#include "train/data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// 20 clips: 12 train, 4 valid, 4 test; two labels in turn, one tag that only training clips carry.
Settings data_set(const std::filesystem::path& folder) {
  std::string table = "path\tlabel\ttags\tsplit\n";
  for (int i = 0; i < 20; ++i) {
    const std::string name = concat(i, ".wav");
    write_sine(folder / name, 200 + 10 * i, kTestRate / 4);
    table += concat(name, '\t', i % 2 ? "high" : "low", '\t', i < 12 ? "loud,all" : "all", '\t',
                    i < 12   ? "train"
                    : i < 16 ? "valid"
                             : "test",
                    '\n');
  }
  write_text(folder / "labels.tsv", table);
  Settings settings;
  settings.data.dir = folder.string();
  return settings;
}

const auto kNoProgress = [](std::size_t, std::size_t) { return true; };
const ClipReader kReader(kTestRate, models::Pcm::int16, nullptr);

TEST(Dataset, ListsTheClipsOfEachPart) {
  Settings settings = data_set(test_folder());
  settings.data.task = TaskChoice::multi_class;
  const Dataset data = Dataset::open(settings);
  const ClipList valid = data.clips(data.split.valid);
  EXPECT_THAT(valid.rows, ElementsAre(12, 13, 14, 15));
  EXPECT_EQ(valid.files[1], std::filesystem::path(settings.data.dir) / "13.wav");
  EXPECT_THAT(valid.target(0), ElementsAre(0, 1));
  EXPECT_THAT(valid.target(1), ElementsAre(1, 0));
  EXPECT_EQ(valid.one_class_labels(), 0u);
}

TEST(Dataset, CountsTagsThatTellNothingApart) {
  const Dataset data = Dataset::open(data_set(test_folder()));
  EXPECT_EQ(data.clips(data.split.train).one_class_labels(), 2u);
  EXPECT_EQ(data.clips(std::vector<std::size_t>{0, 19}).one_class_labels(), 1u);
}

TEST(Dataset, LeavesOutClipsWhoseLabelIsDropped) {
  Settings settings = data_set(test_folder());
  settings.data.task = TaskChoice::multi_class;
  settings.data.labels = write_text(test_folder("order") / "labels.txt", "high\n").string();
  const Dataset data = Dataset::open(settings);
  EXPECT_THAT(data.split.test, ElementsAre(17, 19));
}

TEST(Dataset, RefusesAPartWithoutALearnedLabel) {
  Settings settings = data_set(test_folder());
  settings.data.task = TaskChoice::multi_class;
  std::string table = "path\tlabel\tsplit\n";
  for (int i = 0; i < 20; ++i) {
    table += concat(i, ".wav\t",
                    i < 12   ? "a"
                    : i < 16 ? "rare"
                             : "b",
                    '\t',
                    i < 12   ? "train"
                    : i < 16 ? "valid"
                             : "test",
                    '\n');
  }
  write_text(std::filesystem::path(settings.data.dir) / "labels.tsv", table);
  settings.data.labels = write_text(test_folder("order") / "labels.txt", "a\nb\n").string();
  EXPECT_THAT(message_of<DataError>([&] { Dataset::open(settings); }), HasSubstr("valid split is empty"));
}

TEST(Dataset, NamesLabelsThatAreNotUsed) {
  Settings settings = data_set(test_folder());
  settings.data.labels = write_text(test_folder("order") / "labels.txt", "all\nquiet\n").string();
  settings.data.min_clips = 1;
  const Dataset data = Dataset::open(settings);
  EXPECT_THAT(data.unused_labels, ElementsAre("loud", "quiet"));
  EXPECT_EQ(data.unused_clips, 0u);
  EXPECT_THAT(data.warnings(), ElementsAre(HasSubstr("2 tags of the data not used: loud and quiet")));
}

/// The warnings of a data set with these labels, a clip each.
std::vector<std::string> warnings_of(const std::vector<std::string>& labels) {
  const auto folder = test_folder();
  std::string table = "path\tlabel\tsplit\n";
  for (std::size_t i = 0; i < 3 * labels.size(); ++i) {
    const char* const parts[] = {"train", "valid", "test"};
    table += concat(i, ".wav\t", labels[i / 3], '\t', parts[i % 3], '\n');
  }
  write_text(folder / "labels.tsv", table);
  Settings settings;
  settings.data.dir = folder.string();
  return Dataset::open(settings).warnings();
}

TEST(Dataset, WarnsOfLabelsThatLookAlikeOrJoinOthers) {
  EXPECT_THAT(warnings_of({"rock", "rock ", "jazz"}), testing::IsEmpty()) << "blanks are dropped: one label";
  EXPECT_THAT(warnings_of({"rock", "Rock"}), ElementsAre(HasSubstr("'Rock' and 'rock'")));
  EXPECT_THAT(warnings_of({"rock", "rock|voice", "Child speech, kid speaking"}),
              ElementsAre(testing::AllOf(HasSubstr("'rock|voice' is one class"), HasSubstr("column tags"))));
}

TEST(Dataset, RefusesAListAsLabel) {
  EXPECT_THAT(message_of<DataError>([] {
                warnings_of({"['rock']", "jazz"});
              }),
              testing::AllOf(HasSubstr("labels.tsv:2"), HasSubstr("column tags")));
}

TEST(Dataset, RefusesAPublishedListOfWhichNoClipHasALabel) {
  Settings settings = data_set(test_folder());
  settings.data.labels = "msd";
  EXPECT_THAT(message_of<DataError>([&] { Dataset::open(settings); }),
              testing::AllOf(HasSubstr("--labels msd: none of its 50 labels"), HasSubstr("all and loud")));
}

TEST(Inspection, ListsClipsThatCannotBeReadAndGoesOn) {
  const auto folder = test_folder();
  const Settings settings = data_set(folder);
  write_text(folder / "3.wav", "no sound");
  std::filesystem::remove(folder / "18.wav");
  const Dataset data = Dataset::open(settings);
  std::vector<std::size_t> progress;
  const Inspection seen = inspect(data, kReader, 2, [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(total, 20u);
    progress.push_back(done);
    return true;
  });
  ASSERT_EQ(seen.unreadable.size(), 2u);
  EXPECT_EQ(seen.unreadable[0].path, "3.wav");
  EXPECT_THAT(seen.unreadable[1].reason, HasSubstr("18.wav"));
  EXPECT_EQ(progress.back(), 20u);
  EXPECT_THAT(rows_without(data.split.test, std::vector<std::size_t>{3, 18}), ElementsAre(16, 17, 19));
}

TEST(Inspection, RefusesWhenMoreThanATenthIsUnreadable) {
  const auto folder = test_folder();
  const Settings settings = data_set(folder);
  for (const char* const name : {"1.wav", "2.wav", "15.wav"}) write_text(folder / name, "");
  const Dataset data = Dataset::open(settings);
  EXPECT_THAT(message_of<DataError>([&] { inspect(data, kReader, 2, kNoProgress); }),
              testing::AllOf(HasSubstr("3 of 20"), HasSubstr("1.wav")));
}

TEST(Inspection, StopsOnRequest) {
  const Settings settings = data_set(test_folder());
  const Dataset data = Dataset::open(settings);
  std::size_t calls = 0;
  inspect(data, kReader, 2, [&](std::size_t, std::size_t) { return ++calls < 4; });
  EXPECT_EQ(calls, 4u);
}

}  // namespace
}  // namespace sonograd::train
