#include "train/data/label_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/table_files.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kAll[] = {0, 1, 2, 3};

LabelsTable sample() {
  return table_of(
      "path\tlabel\ttags\n"
      "a\trock\tloud,Drums:0.4\n"
      "b\tjazz\tloud:0.5,soft:0.2\n"
      "c\trock\tsoft,\xC3\xA9tude\n"
      "d\tpop\t\n");
}

TEST(LabelSet, SortsLabelsBytewise) {
  EXPECT_THAT(LabelSet::collect(sample(), Task::multi_label).names(),
              ElementsAre("Drums", "loud", "soft", "\xC3\xA9tude"));
  EXPECT_THAT(LabelSet::collect(sample(), Task::multi_class).names(), ElementsAre("jazz", "pop", "rock"));
}

TEST(LabelSet, DropsLabelsThatTooFewClipsCarry) {
  // A grade below one half does not count as carrying the tag.
  EXPECT_THAT(LabelSet::collect(sample(), Task::multi_label, 1).names(),
              ElementsAre("loud", "soft", "\xC3\xA9tude"));
  EXPECT_THAT(LabelSet::collect(sample(), Task::multi_label, 2).names(), ElementsAre("loud"));
  EXPECT_THROW(LabelSet::collect(sample(), Task::multi_label, 3), DataError);
}

TEST(LabelSet, TurnsRowsIntoGradedTargets) {
  const LabelSet tags = LabelSet::collect(sample(), Task::multi_label);
  EXPECT_THAT(tags.targets(sample(), kAll), ElementsAre(0.4f, 1, 0, 0,     //
                                                        0, 0.5f, 0.2f, 0,  //
                                                        0, 0, 1, 1,        //
                                                        0, 0, 0, 0));
  EXPECT_THAT(tags.support(sample(), kAll), ElementsAre(0, 2, 1, 1));
  const std::size_t one[] = {2};
  EXPECT_THAT(tags.targets(sample(), one), ElementsAre(0, 0, 1, 1));
}

TEST(LabelSet, TurnsRowsIntoClasses) {
  const LabelSet labels = LabelSet::collect(sample(), Task::multi_class);
  EXPECT_THAT(labels.classes(sample(), kAll), ElementsAre(2, 0, 2, 1));
  EXPECT_THAT(labels.support(sample(), kAll), ElementsAre(1, 1, 2));
  const std::size_t first[] = {0};
  EXPECT_THAT(labels.targets(sample(), first), ElementsAre(0, 0, 1));
}

TEST(LabelSet, LeavesOutRowsOfDroppedClassesOnly) {
  const LabelSet labels = LabelSet::collect(sample(), Task::multi_class, 2);
  EXPECT_THAT(labels.names(), ElementsAre("rock"));
  EXPECT_THAT(labels.usable_rows(sample()), ElementsAre(0, 2));
  EXPECT_THAT(message_of<DataError>([&] { labels.classes(sample(), kAll); }),
              HasSubstr("labels.tsv:3: column 2 (label)"));
  EXPECT_THAT(LabelSet::collect(sample(), Task::multi_label, 2).usable_rows(sample()),
              ElementsAre(0, 1, 2, 3));
}

TEST(LabelSet, TakesTheOrderOfAFile) {
  const auto file = write_text(test_folder() / "labels.txt", "\xEF\xBB\xBFsoft\t12\r\nunheard\r\n\r\nloud\n");
  EXPECT_THAT(LabelSet::from_file(file, sample(), Task::multi_label).names(),
              ElementsAre("soft", "unheard", "loud"));
  EXPECT_THAT(LabelSet::from_file(file, sample(), Task::multi_label, 1).names(), ElementsAre("soft", "loud"));
  write_text(file, "loud\nloud\n");
  EXPECT_THAT(message_of<FormatError>([&] { LabelSet::from_file(file, sample(), Task::multi_label); }),
              HasSubstr(file.string() + ":2: label 'loud'"));
  EXPECT_THAT(LabelSet::from_file("jamendo", sample(), Task::multi_label).names(), testing::SizeIs(50));
}

TEST(LabelSet, RefusesWhatCannotBeLearned) {
  EXPECT_THROW(LabelSet(Task::multi_label, {}), DataError);
  EXPECT_THROW(LabelSet(Task::multi_label, {"a", ""}), DataError);
  EXPECT_THROW(LabelSet(Task::multi_label, {"a", "b", "a"}), DataError);
  EXPECT_THAT(message_of<DataError>([] { LabelSet::collect(table_of("path\na\n"), Task::multi_class); }),
              HasSubstr("'label'"));
  EXPECT_THAT(
      message_of<DataError>([] { LabelSet::collect(table_of("path\tlabel\na\t\n"), Task::multi_class); }),
      HasSubstr("labels.tsv:2: column 2 (label)"));
  EXPECT_THROW(LabelSet::collect(table_of("path\ttags\na\t\n"), Task::multi_label), DataError);
}

TEST(LabelSet, ChoosesTheTaskFromTheColumns) {
  EXPECT_EQ(resolve_task(TaskChoice::automatic, sample()), Task::multi_label);
  EXPECT_EQ(resolve_task(TaskChoice::automatic, table_of("path\tlabel\na\tb\n")), Task::multi_class);
  EXPECT_EQ(resolve_task(TaskChoice::multi_class, sample()), Task::multi_class);
}

}  // namespace
}  // namespace sonograd::train
