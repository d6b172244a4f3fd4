// Tables of the report: a long one has a button that shows all of it, and its style sheet limits the height of no other.
#include "train/report/sortable_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace sonograd::train::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string table_with(std::size_t rows) {
  return sortable_table("t", sortable_heading("tag", "text"), element("tr", {}), rows, "tags").str();
}

TEST(SortableTable, OnlyALongOneHasAButtonAndItStandsBesideTheTable) {
  EXPECT_THAT(table_with(16), Not(HasSubstr("class=\"open\"")));
  EXPECT_THAT(table_with(17), HasSubstr("</table></div><p class=\"more\">17 tags; the table scrolls. "));
}

TEST(SortableTable, OnlyOneWithAButtonHasALimitedHeight) {
  const std::string style = test::read_file(SONOGRAD_SOURCE_DIR "/train/report/page.css");
  EXPECT_THAT(style, HasSubstr(".scroll:has(+ .more) { max-height: "));
  const std::size_t plain = style.find("\n.scroll {");
  ASSERT_NE(plain, std::string::npos);
  EXPECT_THAT(style.substr(plain, style.find('}', plain) - plain), Not(HasSubstr("max-height")));
}

}  // namespace
}  // namespace sonograd::train::report
