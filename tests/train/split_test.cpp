#include "train/data/split.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "tests/train/table_files.h"
#include "train/data/data_error.h"
#include "train/data/split_file.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `values` of a column, one clip each.
LabelsTable column_of(const std::string& column, const std::vector<std::string>& values) {
  std::string text = "path\t" + column + "\n";
  for (std::size_t i = 0; i < values.size(); ++i) text += concat("clip", i, '\t', values[i], '\n');
  return table_of(text);
}

/// 60 clips in 20 groups of three; the first six have fold 2, the others 1.
LabelsTable grouped() {
  std::string text = "path\tgroup\tfold\n";
  for (int i = 0; i < 60; ++i) {
    text += concat('c', i, "\tg", i % 20, '\t', i < 6 ? 2 : 1, '\n');
  }
  return table_of(text);
}

void expect_partition(const LabelsTable& table, const Split& split) {
  std::set<std::size_t> rows;
  for (const auto* const part : {&split.train, &split.valid, &split.test}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    rows.insert(part->begin(), part->end());
  }
  EXPECT_EQ(rows.size(), table.size());
  EXPECT_EQ(split.train.size() + split.valid.size() + split.test.size(), table.size());
}

TEST(SplitRule, ReadsTheThreeForms) {
  EXPECT_EQ(SplitRule::parse("").column, "");
  EXPECT_EQ(SplitRule::parse("split").column, "split");
  EXPECT_EQ(SplitRule::parse("split").value, std::nullopt);
  EXPECT_EQ(SplitRule::parse("fold=3").column, "fold");
  EXPECT_EQ(SplitRule::parse("fold=3").value, "3");
  EXPECT_EQ(SplitRule::parse("key=a=b").value, "a=b");
  EXPECT_THROW(SplitRule::parse("=3"), ConfigError);
}

TEST(Split, TakesTheColumnByDefaultAndByName) {
  const LabelsTable table = column_of("split", {"train", "test", "valid", "train"});
  for (const char* const rule : {"", "split"}) {
    const Split split = make_split(table, SplitRule::parse(rule), 0);
    EXPECT_THAT(split.train, ElementsAre(0, 3));
    EXPECT_THAT(split.valid, ElementsAre(2));
    EXPECT_THAT(split.test, ElementsAre(1));
  }
}

TEST(Split, NamesTheCellThatIsNoPart) {
  EXPECT_THAT(message_of<DataError>([] {
                make_split(column_of("split", {"train", "dev"}), {}, 0);
              }),
              HasSubstr("labels.tsv:3: column 2 (split)"));
}

TEST(Split, TestsOnOneValueAndValidatesOnTheOneBefore) {
  const LabelsTable table = column_of("fold", {"1", "2", "3", "10", "2"});
  const Split middle = make_split(table, SplitRule::parse("fold=10"), 0);
  EXPECT_THAT(middle.test, ElementsAre(3));
  EXPECT_THAT(middle.valid, ElementsAre(2)) << "as numbers 3 comes before 10";
  EXPECT_THAT(middle.train, ElementsAre(0, 1, 4));
  const Split wrapped = make_split(table, SplitRule::parse("fold=1"), 0);
  EXPECT_THAT(wrapped.valid, ElementsAre(3)) << "the first value follows the last";
}

TEST(Split, OrdersValuesBytewiseWhenOneIsNoNumber) {
  const LabelsTable table = column_of("fold", {"1", "2", "10", "x"});
  EXPECT_THAT(make_split(table, SplitRule::parse("fold=2"), 0).valid, ElementsAre(2));
  EXPECT_THAT(make_split(table, SplitRule::parse("fold=1"), 0).valid, ElementsAre(3));
}

TEST(Split, HoldsOutWholeGroupsWhenThereAreFewerThanThreeValues) {
  const LabelsTable table = grouped();
  const Split split = make_split(table, SplitRule::parse("fold=2"), 7);
  expect_partition(table, split);
  EXPECT_THAT(split.test, ElementsAre(0, 1, 2, 3, 4, 5));
  // 15 % of 54 training rows are 8.1. The groups left have two or three rows and stay whole.
  EXPECT_GE(split.valid.size(), 8u);
  EXPECT_LE(split.valid.size(), 10u);
  for (const std::size_t row : split.valid) {
    for (const std::size_t other : split.train) EXPECT_NE(row % 20, other % 20);
  }
}

TEST(Split, TrainsOnEverythingThatIsNotTestWithoutValidation) {
  for (const char* const rule : {"fold=1", "fold=2"}) {
    SplitRule parsed = SplitRule::parse(rule);
    parsed.validate = false;
    const Split split = make_split(column_of("fold", {"1", "2", "3"}), parsed, 0);
    EXPECT_THAT(split.valid, IsEmpty());
    EXPECT_EQ(split.train.size(), 2u);
  }
}

TEST(Split, DrawsSeventyFifteenFifteenByWholeGroups) {
  const LabelsTable table = grouped();
  const Split split = make_split(table, {}, 3);
  expect_partition(table, split);
  EXPECT_EQ(split.test.size(), 9u);
  EXPECT_EQ(split.valid.size(), 9u);
  std::map<std::size_t, std::set<int>> parts_of_group;
  for (const std::size_t row : split.train) parts_of_group[row % 20].insert(0);
  for (const std::size_t row : split.valid) parts_of_group[row % 20].insert(1);
  for (const std::size_t row : split.test) parts_of_group[row % 20].insert(2);
  for (const auto& [group, parts] : parts_of_group) EXPECT_EQ(parts.size(), 1u) << group;
}

TEST(Split, IsTheSameForOneSeedAndDiffersBetweenSeeds) {
  const LabelsTable table = grouped();
  EXPECT_EQ(make_split(table, {}, 3).test, make_split(table, {}, 3).test);
  EXPECT_NE(make_split(table, {}, 3).test, make_split(table, {}, 4).test);
  SplitRule no_valid;
  no_valid.validate = false;
  EXPECT_EQ(make_split(table, no_valid, 3).test, make_split(table, {}, 3).test);
}

TEST(Split, DrawsFilesWhenThereAreNoGroups) {
  const LabelsTable table = column_of("label", std::vector<std::string>(100, "rock"));
  const Split split = make_split(table, {}, 0);
  expect_partition(table, split);
  EXPECT_EQ(split.train.size(), 70u);
  EXPECT_EQ(split.valid.size(), 15u);
  EXPECT_FALSE(
      std::is_sorted(split.test.begin(), split.test.end(), [](auto a, auto b) { return a + 1 != b; }));
}

TEST(Split, TreatsClipsWithoutAGroupOneByOne) {
  const Split split = make_split(column_of("group", std::vector<std::string>(20, "")), {}, 0);
  EXPECT_EQ(split.test.size(), 3u);
  EXPECT_EQ(split.valid.size(), 3u);
}

TEST(Split, GivesEveryPartAGroupFromThreeGroupsOn) {
  const LabelsTable table = column_of("group", {"a", "a", "a", "a", "a", "a", "b", "c"});
  for (std::uint64_t seed = 0; seed < 20; ++seed) EXPECT_NO_THROW(make_split(table, {}, seed)) << seed;
}

TEST(Split, RefusesAnAbsentColumnAsAUsageError) {
  EXPECT_THAT(message_of<ConfigError>([] { make_split(grouped(), SplitRule::parse("split"), 0); }),
              HasSubstr("'split'"));
  EXPECT_THROW(make_split(grouped(), SplitRule::parse("take=1"), 0), ConfigError);
}

TEST(Split, RefusesEmptyParts) {
  const auto error = [](const LabelsTable& table, const char* rule) {
    return message_of<DataError>([&] { make_split(table, SplitRule::parse(rule), 0); });
  };
  EXPECT_THAT(error(column_of("split", {"train", "test"}), ""), HasSubstr("valid split is empty"));
  EXPECT_THAT(error(column_of("split", {"train", "valid"}), ""), HasSubstr("test split is empty"));
  EXPECT_THAT(error(column_of("split", {"valid", "test"}), ""), HasSubstr("train split is empty"));
  EXPECT_THAT(error(column_of("fold", {"1", "2"}), "fold=7"), HasSubstr("values: 1 2"));
  EXPECT_THAT(error(column_of("fold", {"1", "1"}), "fold=1"), HasSubstr("train split is empty"));
  EXPECT_THAT(error(column_of("label", {"a"}), ""), HasSubstr("split is empty"));
}

TEST(Split, NeedsOnlyTestRowsToScoreAModel) {
  SplitRule rule;
  rule.test_only = true;
  EXPECT_THAT(make_split(column_of("split", {"test", "test"}), rule, 0).test, ElementsAre(0, 1));
}

TEST(SplitFile, RoundTrips) {
  const LabelsTable table = grouped();
  const Split split = make_split(table, {}, 1);
  const auto file = test_folder() / "split.tsv";
  const std::uint64_t hash = write_split(file, table, split);
  const Split again = read_split(file, table);
  EXPECT_EQ(again.train, split.train);
  EXPECT_EQ(again.valid, split.valid);
  EXPECT_EQ(again.test, split.test);
  EXPECT_EQ(split_hash(format_split(table, again)), hash);
  EXPECT_NE(split_hash(format_split(table, make_split(table, {}, 2))), hash);
}

TEST(SplitFile, ListsClipsInTheOrderOfTheTable) {
  const LabelsTable table = column_of("split", {"test", "train", "valid"});
  EXPECT_EQ(format_split(table, make_split(table, {}, 0)),
            "path\tsplit\nclip0\ttest\nclip1\ttrain\nclip2\tvalid\n");
}

TEST(SplitFile, HashesAsFnv1aDoes) {
  EXPECT_EQ(split_hash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(split_hash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(split_hash("foobar"), 0x85944171f73967e8u);
}

TEST(SplitFile, RefusesForeignPathsAndParts) {
  const LabelsTable table = column_of("label", {"a", "b"});
  const auto file = test_folder() / "split.tsv";
  write_text(file, "path\tsplit\nclip0\ttrain\nother\ttest\n");
  EXPECT_THAT(message_of<DataError>([&] { read_split(file, table); }),
              HasSubstr("split.tsv:3: column 1 (path)"));
  write_text(file, "path\tsplit\nclip0\tdev\n");
  EXPECT_THAT(message_of<DataError>([&] { read_split(file, table); }),
              HasSubstr("split.tsv:2: column 2 (split)"));
  EXPECT_THROW(read_split(file / "none", table), IoError);
}

TEST(Split, NamesGroupsThatLeaveAPartEmpty) {
  const auto message = [](const LabelsTable& table, const char* rule) {
    return message_of<DataError>([&] { make_split(table, SplitRule::parse(rule), 0); });
  };
  const auto clause = HasSubstr("(column group), and a group is in one part only");
  EXPECT_THAT(message(column_of("group", std::vector<std::string>(20, "a")), ""),
              testing::AllOf(HasSubstr("test split is empty: the 20 clips are of 1 group "), clause));
  EXPECT_THAT(message(column_of("group", {"a", "a", "a", "b", "b", "b"}), ""),
              testing::AllOf(HasSubstr("split is empty: the 6 clips are of 2 groups "), clause));
  const LabelsTable folds = table_of("path\tgroup\tfold\n0\ta\t1\n1\ta\t1\n2\tb\t2\n");
  EXPECT_THAT(message(folds, "fold=2"), testing::AllOf(HasSubstr("the 2 clips are of 1 group "), clause));
  EXPECT_THAT(message(column_of("label", {"a"}), ""), testing::Not(HasSubstr("group")));
}

}  // namespace
}  // namespace sonograd::train
