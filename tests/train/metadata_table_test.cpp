#include "train/data/metadata_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/table_files.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::filesystem::path metadata_file(std::string_view text) {
  return write_text(test_folder() / "table.csv", text);
}

TEST(MetadataTable, ReadsQuotesLineBreaksAndCrLf) {
  MetadataTable table(
      metadata_file("\xEF\xBB\xBFid,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n\r\n2,plain\r\n3,\"\"\n4,"), ',');
  EXPECT_THAT(table.header(), ElementsAre("id", "text"));
  EXPECT_EQ(table.column("text"), 1u);
  ASSERT_TRUE(table.next());
  EXPECT_THAT(table.cells(), ElementsAre("1", "a, \"b\"\nc"));
  EXPECT_THAT(table.where(1), HasSubstr("table.csv:2: column 2 (text)"));
  ASSERT_TRUE(table.next());
  EXPECT_THAT(table.cells(), ElementsAre("2", "plain"));
  EXPECT_THAT(table.where(0), HasSubstr("table.csv:5:"));
  ASSERT_TRUE(table.next());
  EXPECT_THAT(table.cells(), ElementsAre("3", ""));
  ASSERT_TRUE(table.next());
  EXPECT_THAT(table.cells(), ElementsAre("4", ""));
  EXPECT_FALSE(table.next());
}

TEST(MetadataTable, NamesTheLineOfDamage) {
  const auto error = [](std::string_view text) {
    return message_of<DataError>([&] {
      MetadataTable table(metadata_file(text), '\t');
      while (table.next()) continue;
    });
  };
  EXPECT_THAT(error(""), HasSubstr("expected a header"));
  EXPECT_THAT(error("a\tb\n1\t2\n3\n4\t5\n"),
              HasSubstr(":3: column 1: the header has 2 columns, this row has 1"));
  EXPECT_THAT(error("a\tb\n1\t2\n3"), HasSubstr("cut short"));
  EXPECT_THAT(error("a\tb\n1\t2\t3\n"), HasSubstr(":2: column 2: the header has 2 columns, this row has 3"));
  EXPECT_THAT(error("a\tb\n1\t\"2\n3\t4\n"), HasSubstr(":2: a quote without its end"));
  EXPECT_THAT(error("a\tb\n1\t\xFF\n"), HasSubstr(":2: column 2 (b): not UTF-8"));
  EXPECT_THAT(message_of<DataError>([] { MetadataTable(metadata_file("a\tb\n"), '\t').column("c"); }),
              HasSubstr("expected a column 'c', found: a and b"));
}

TEST(MetadataTable, TakesRowsThatAreLongerWhereTheLastColumnRepeats) {
  MetadataTable table(metadata_file("a\tb\n1\t2\t3\t4\n5\t6\n"), '\t', RowWidth::at_least);
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table.cells().size(), 4u);
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table.cells().size(), 2u);
}

}  // namespace
}  // namespace sonograd::train
