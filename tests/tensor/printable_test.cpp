// Text of files on a terminal.
#include <gtest/gtest.h>
#include <string>

#include "tensor/support/utf8.h"

namespace sonograd {
namespace {

using namespace std::literals;

TEST(Printable, TextStaysAsItIs) {
  for (const char* text : {"", "no vocals", "a\\b", "Ünïcode ♫ 日本語", "=1+1"})
    EXPECT_EQ(to_printable(text), text);
}

TEST(Printable, ControlCharactersAreEscaped) {
  EXPECT_EQ(to_printable("\x1b[2J\x1b]0;title\a"), R"(\x1b[2J\x1b]0;title\x07)");
  EXPECT_EQ(to_printable("a\r\n\tb\0c\x7f"sv), R"(a\r\n\tb\x00c\x7f)");
  EXPECT_EQ(to_printable("\xC2\x9B"
                         "2J"),
            R"(\u009b2J)")
      << "C1: the one-character form of ESC [";
  EXPECT_EQ(to_printable("\xE2\x80\xAE"
                         "3pm"),
            R"(\u202e3pm)")
      << "right-to-left override";
  EXPECT_EQ(to_printable("\xE2\x80\xA8\xE2\x81\xA6\xD8\x9C"), R"(\u2028\u2066\u061c)");
}

TEST(Printable, CharactersThatAreNotSeenAreEscaped) {
  EXPECT_EQ(to_printable("a\u200b\ufeff\u00ad\u2060z"), R"(a\u200b\ufeff\u00ad\u2060z)");
  EXPECT_EQ(to_printable("a\U000E0041z"), R"(a\U000e0041z)") << "a tag character";
  for (const char* text : {"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\U0001F469\u200d\U0001F3A4"})
    EXPECT_EQ(to_printable(text), text) << "joiners of Persian and of emoji";
}

TEST(Printable, BytesThatAreNoTextAreEscaped) {
  EXPECT_EQ(to_printable("caf\xe9.wav"), R"(caf\xe9.wav)");
  EXPECT_EQ(to_printable("\xF0\x9F\x8E"), R"(\xf0\x9f\x8e)");
}

TEST(Printable, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(to_printable(std::string(10, 'x'), 10), std::string(10, 'x'));
  EXPECT_EQ(to_printable(std::string(11, 'x'), 10), "xxxxxxxxxx… (11 bytes)");
  EXPECT_EQ(to_printable("äöüäöü", 5), "äö… (12 bytes)");
  EXPECT_LT(to_printable(std::string(10'000'000, '\x1b')).size(), kMostPrinted + 30);
}

}  // namespace
}  // namespace sonograd
