#include "audio/shard_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>

#include "tensor/io/crc32c.h"
#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::audio {
namespace {

using testing::HasSubstr;

ShardIndex small_index() {
  return {.sample_rate = 16000,
          .origin = "0123456789abcdef",
          .shards = {{"00000.tar", 4096, std::string(64, 'a')}},
          .clips = {{.row = 7,
                     .key = "k",
                     .shard = 0,
                     .offset = 512,
                     .samples = 100,
                     .clipped = 2,
                     .crc32c = 5,
                     .warning = "a\tb\nc"}},
          .absent = {{.row = 8, .key = "l", .is_left_out = false, .bytes = -1, .reason = "No such file"},
                     {.row = 9, .key = "m", .is_left_out = true, .bytes = 4, .reason = "short"}}};
}

// The text with a last line that fits it.
std::string with_checksum(std::string text) {
  text.resize(text.rfind("end\t"));
  const auto crc = io::crc32c(std::as_bytes(std::span(text)));
  return text + concat("end\t", crc, '\n');
}

std::string index_error(const std::string& text) {
  try {
    ShardIndex::read(test::write_file("00000.tsv", text));
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

TEST(ShardIndex, ReadsWhatItWrites) {
  const ShardIndex index = ShardIndex::read(test::write_file("00000.tsv", small_index().format()));
  EXPECT_EQ(index.sample_rate, 16000);
  ASSERT_EQ(index.clips.size(), 1u);
  EXPECT_EQ(index.clips[0].offset, 512u);
  EXPECT_EQ(index.clips[0].warning, "a b c");
  ASSERT_EQ(index.absent.size(), 2u);
  EXPECT_EQ(index.absent[0].bytes, -1);
  EXPECT_TRUE(index.absent[1].is_left_out);
  EXPECT_EQ(index.format(), ShardIndex::read(test::write_file("00000.tsv", index.format())).format());
}

TEST(ShardIndex, RefusesDamage) {
  const std::string text = small_index().format();
  std::string other = text;
  other[text.find("512")] = '6';
  EXPECT_THAT(index_error(other), HasSubstr("wrong checksum"));
  EXPECT_THAT(index_error(text.substr(0, text.size() / 2)), HasSubstr("last line is missing"));
  EXPECT_THAT(index_error(""), HasSubstr("not an index of shards"));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string damaged = text;
    damaged.replace(damaged.find(from), from.size(), to);
    return index_error(with_checksum(damaged));
  };
  EXPECT_THAT(changed("\t100\t", "\t2000\t"), HasSubstr("00000.tsv:3: "));
  EXPECT_THAT(changed("\t100\t", "\t18446744073709551615\t"), HasSubstr("outside its shard"));
  EXPECT_THAT(changed("\t100\t", "\t0\t"), HasSubstr("outside its shard"));
  EXPECT_THAT(changed("\t100\t", "\t-1\t"), HasSubstr("'-1' is no number"));
  EXPECT_THAT(changed("\tk\t0\t", "\tk\t1\t"), HasSubstr("names no shard"));
  EXPECT_THAT(changed("16000", "16"), HasSubstr("has no sample rate"));
  EXPECT_THAT(changed("00000.tar", "../x.tar"), HasSubstr("names no shard"));
  EXPECT_THAT(changed("unreadable\t8", "unread\t8"), HasSubstr("is of no kind"));
  EXPECT_THAT(changed("\tshort", "\tshort\tx"), HasSubstr("too many cells"));
}

TEST(ShardIndex, NamesUnitsAndFindsTheIndexOfAShard) {
  EXPECT_EQ(unit_name(12), "00012");
  EXPECT_EQ(unit_name(1234567), "1234567");
  EXPECT_EQ(index_of_shard("a/00012-3.tar"), "a/00012.tsv");
  EXPECT_EQ(index_of_shard("00012.tar"), "00012.tsv");
}

}  // namespace
}  // namespace sonograd::audio
