#include "train/recommend/plays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/io/read_error.h"
#include "tests/train/table_files.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::pair<std::uint32_t, double>> counts_of(const SparseRows& rows, std::size_t row) {
  std::vector<std::pair<std::uint32_t, double>> counts;
  for (const auto& [column, value] : rows.row(row)) counts.emplace_back(column, value);
  return counts;
}

std::string plays_error(std::string_view text) {
  return message_of<DataError>([&] { parse_plays("plays.tsv", text); });
}

TEST(Plays, NumbersIdsInOrderAndAddsDuplicates) {
  const Plays plays = read_plays(write_text(test_folder() / "plays.tsv",
                                            "\xEF\xBB\xBFzoe\tsong b\t2\r\nabe\tsong a\t1\r\n\r\n"
                                            "zoe\tsong a\t0.5\nzoe\tsong b \t3"));
  EXPECT_THAT(plays.users, ElementsAre("zoe", "abe"));
  EXPECT_THAT(plays.items, ElementsAre("song b", "song a"));
  ASSERT_EQ(plays.by_user.rows(), 2u);
  EXPECT_THAT(counts_of(plays.by_user, 0), ElementsAre(std::pair(0u, 5.0), std::pair(1u, 0.5)));
  EXPECT_THAT(counts_of(plays.by_user, 1), ElementsAre(std::pair(1u, 1.0)));
  ASSERT_EQ(plays.by_item.rows(), 2u);
  EXPECT_THAT(counts_of(plays.by_item, 0), ElementsAre(std::pair(0u, 5.0)));
  EXPECT_THAT(counts_of(plays.by_item, 1), ElementsAre(std::pair(0u, 0.5), std::pair(1u, 1.0)));
}

TEST(Plays, NamesFileAndLineOfABadRow) {
  EXPECT_THAT(plays_error("a\tx\t1\na\tx\n"), HasSubstr("plays.tsv:2: expected user, item and count"));
  EXPECT_THAT(plays_error("a\tx\t1\t2\n"), HasSubstr("plays.tsv:1: expected user, item and count"));
  for (const std::string count : {"", "0", "-1", "nan", "inf", "1e16", "3x"}) {
    EXPECT_THAT(
        plays_error("a\tx\t1\n\nb\ty\t" + count + '\n'),
        HasSubstr("plays.tsv:3: column 3 (count): expected a number above 0 and at most 1e+15, got '" +
                  count + '\''));
  }
  EXPECT_THAT(plays_error("user\titem\tcount\n"), HasSubstr("plays.tsv:1: column 3"));
  EXPECT_THAT(plays_error(" \tx\t1\n"), HasSubstr("plays.tsv:1: column 1 (user): expected 1 to 256 bytes"));
  EXPECT_THAT(plays_error("a\t\xFF\t1\n"),
              HasSubstr("plays.tsv:1: column 2 (item): expected 1 to 256 bytes"));
  EXPECT_EQ(plays_error(std::string(256, 'a') + "\tx\t1\n"), "");
  EXPECT_THAT(plays_error(std::string(257, 'a') + "\tx\t1\n"), HasSubstr("got 257: 'aaa"));
  EXPECT_THAT(plays_error("\n \n"), HasSubstr("plays.tsv:1: expected rows of user, item and count"));
  EXPECT_THROW(read_plays(test_folder() / "absent.tsv"), io::ReadError);
}

}  // namespace
}  // namespace sonograd::train
