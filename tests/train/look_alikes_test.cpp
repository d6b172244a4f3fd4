// Labels that look alike: the expected forms follow from the Unicode tables of composed and decomposed letters.
#include "train/data/look_alikes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LookAlikes, HaveOnePlainForm) {
  const std::pair<const char*, const char*> pairs[] = {
      {"Rock", "rock"},
      {"caf\u00e9", "cafe\u0301"},
      {"\u00c5", "a\u030a"},
      {"\u1ec7", "e\u0323\u0302"},
      {"\u0439", "\u0438\u0306"},
      {"\u0419", "\u0439"},
      {"\u0416\u0410\u041d\u0420", "\u0436\u0430\u043d\u0440"},
      {"\u0386", "\u03b1\u0301"},
      {"\ud55c\uad6d", "\u1112\u1161\u11ab\u1100\u116e\u11a8"},
      {"hip\u00a0hop", "hip hop"},
      {"hip  hop", "hip hop"},
      {"rock\u200b", "rock"},
      {"rock\u00a0", "rock"},
      {"\ufeffrock", "rock"},
      {"hip-hop", "hip hop"},
      {"hip\u2010hop", "hip-hop"},
      {"hip_hop", "hip-hop"},
      {"hip - hop", "hip hop"},
      {"r\u043eck", "rock"},
      {"\u0420\u041e\u0421K", "pock"},
      {"r\u03bfck", "rock"},
      {"\uff52\uff4f\uff43\uff4b", "rock"},
      {"\uff32\uff0d\uff22", "r b"},
      {"c\u0430f\u00e9", "cafe"}};
  for (const auto& [a, b] : pairs) EXPECT_EQ(plain_form(a), plain_form(b)) << a;
}

TEST(LookAlikes, OtherLabelsDiffer) {
  const std::pair<const char*, const char*> pairs[] = {{"rock", "roc"},
                                                       {"hip hop", "hiphop"},
                                                       {"o", "\u00f8"},
                                                       {"\u97f3\u697d", "\u97f3\u6a02"},
                                                       {"vocal", "vocals"},
                                                       {"-1", "1"},
                                                       {"\u0436\u0430\u043d\u0440", "zhanr"}};
  for (const auto& [a, b] : pairs) EXPECT_NE(plain_form(a), plain_form(b)) << a;
  EXPECT_EQ(plain_form("\u97f3\u697d \U0001F3B5"), "\u97f3\u697d \U0001F3B5");
}

TEST(LookAlikes, AreNamedTogether) {
  const std::vector<std::string> labels = {"Rock", "caf\u00e9", "cafe\u0301", "jazz", "rock"};
  EXPECT_THAT(look_alikes(labels),
              ElementsAre(HasSubstr("'caf\u00e9' and 'cafe\u0301'"), HasSubstr("'Rock' and 'rock'")));
  EXPECT_THAT(look_alikes(std::vector<std::string>{"rock", "jazz"}), IsEmpty());
}

}  // namespace
}  // namespace sonograd::train
