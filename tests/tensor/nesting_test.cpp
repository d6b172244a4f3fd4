#include "tensor/support/nesting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <toml++/toml.h>
#include <vector>

#include "tensor/io/json.h"
#include "tests/fuzz/choices.h"

namespace sonograd {
namespace {

using fuzz::repeated;
using testing::HasSubstr;
using testing::ThrowsMessage;

bool passes_json(std::string_view text) {
  try {
    check_json_nesting(text);
    return true;
  } catch (const FormatError&) {
    return false;
  }
}

bool passes_toml(std::string_view text) {
  try {
    check_toml_nesting(text);
    return true;
  } catch (const FormatError&) {
    return false;
  }
}

TEST(JsonNesting, EndsAtTheLimit) {
  for (const auto& [open, inner, close] : std::vector<std::array<std::string, 3>>{
           {"[", "", "]"}, {R"({"a":)", "1", "}"}, {R"([{"a":)", "[]", "}]"}}) {
    const auto levels =
        static_cast<std::size_t>(std::ranges::count_if(open, [](char c) { return c == '[' || c == '{'; }));
    const std::size_t most = (kMaxNesting - (inner == "[]" ? 1 : 0)) / levels;
    EXPECT_TRUE(passes_json(repeated(open, most) + inner + repeated(close, most))) << open;
    EXPECT_FALSE(passes_json(repeated(open, most + 1) + inner + repeated(close, most + 1))) << open;
    EXPECT_FALSE(passes_json(repeated(open, 200'000))) << open << ": without an end";
  }
}

TEST(JsonNesting, BracketsInStringsAreNoLevels) {
  EXPECT_TRUE(passes_json('"' + std::string(1000, '[') + '"'));
  EXPECT_TRUE(passes_json(R"(["\"[[)" + std::string(1000, '{') + R"(\\"])"));
  EXPECT_FALSE(passes_json(R"(["\\",)" + std::string(64, '[')))
      << "an escaped backslash does not escape the quote";
  EXPECT_TRUE(passes_json(repeated("[[]],", 1000))) << "side by side";
  EXPECT_TRUE(passes_json("\"never ends [" + std::string(1000, '[')));
  EXPECT_TRUE(passes_json("\"\\"));
}

TEST(JsonNesting, ErrorsNameTheLine) {
  EXPECT_THAT([] { io::parse_json("{\n\n\"a\":" + std::string(100, '[')); },
              ThrowsMessage<FormatError>(HasSubstr("line 3: nests deeper than 64 levels")));
  EXPECT_THAT([] { io::parse_json("{x}"); }, ThrowsMessage<FormatError>(HasSubstr("not JSON")));
}

TEST(TomlNesting, EveryKindOfLevelEndsAtTheLimit) {
  const auto ends_at = [](std::size_t most, const auto& text) {
    EXPECT_TRUE(passes_toml(text(most))) << text(most);
    EXPECT_FALSE(passes_toml(text(most + 1))) << text(most + 1);
    EXPECT_FALSE(passes_toml(text(100'000)));
  };
  ends_at(63, [](std::size_t n) { return "a = " + repeated("[", n) + repeated("]", n); });
  ends_at(63, [](std::size_t n) { return "a = " + repeated("{b=", n) + "1" + repeated("}", n); });
  ends_at(64, [](std::size_t n) { return "a" + repeated(".a", n - 1) + " = 1"; });
  ends_at(64, [](std::size_t n) { return "a" + repeated(" . 'b.c'", n - 1) + " = 1"; });
  ends_at(63, [](std::size_t n) { return "[a" + repeated(".a", n - 1) + "]"; });
  ends_at(63, [](std::size_t n) { return "x = 1\n[[a" + repeated(".\"b.c\"", n - 1) + "]]\n"; });
  ends_at(61,
          [](std::size_t n) { return "[a.b]\nc = [" + repeated("[", n - 1) + repeated("]", n - 1) + "]"; });
  ends_at(31, [](std::size_t n) { return "a.b = " + repeated("{c.d = ", n) + "1" + repeated("}", n); });
  ends_at(63, [](std::size_t n) { return "\xEF\xBB\xBF[a" + repeated(".a", n - 1) + "]"; });
}

TEST(TomlNesting, WhatIsNotALevelDoesNotCount) {
  const std::string brackets(1000, '[');
  EXPECT_TRUE(passes_toml("a = [" + repeated("1.5, ", 1000) + "]"));
  EXPECT_TRUE(passes_toml(repeated("[a.b.c]\nd.e = 1979-05-27T07:32:00.999Z\n", 1000)));
  EXPECT_TRUE(passes_toml(repeated("a = {b.c = 1, d.e = 2}\n", 1000)));
  for (const std::string& text :
       {"a = \"" + brackets + "\\\"" + brackets + "\"", "a = '" + brackets + "\\'", "# " + brackets,
        "a = 1 # \"" + brackets, "a = \"\"\"" + brackets + "\n\"\"" + brackets + "\"\"\"\"\"",
        "a = '''" + brackets + "\n''" + brackets + "'''''", "\"" + brackets + "\" = 1",
        "['" + brackets + "']", "a = \"\"\n'" + brackets + "' = 1"}) {
    EXPECT_TRUE(passes_toml(text)) << text.substr(0, 12);
    EXPECT_NO_THROW(toml::parse(text)) << text.substr(0, 12);
    EXPECT_FALSE(passes_toml(text + "\nb = " + brackets)) << text.substr(0, 12);
  }
}

int depth_of(const toml::node& node) {
  int deepest = 0;
  if (const auto* const table = node.as_table()) {
    for (const auto& [key, value] : *table) deepest = std::max(deepest, depth_of(value));
  } else if (const auto* const array = node.as_array()) {
    for (const toml::node& value : *array) deepest = std::max(deepest, depth_of(value));
  } else {
    return 0;
  }
  return deepest + 1;
}

// A random value, up to `levels` deep.
std::string value_of(fuzz::Choices& choices, std::size_t levels) {
  if (levels == 0) return choices.of<std::string>({"1.5", "'['", "\"]\\\"\"", "true"});
  const std::string inner = value_of(choices, levels - 1);
  const std::string beside = value_of(choices, choices.below(2));
  return choices.one_in(2) ? "[" + beside + ", " + inner + "]" : "{a.b = " + beside + ", c = " + inner + "}";
}

// The depth of the tree that the parser makes of it.
TEST(TomlNesting, AgreesWithTheParser) {
  fuzz::Choices choices(1);
  for (int i = 0; i < 500; ++i) {
    const std::size_t parts = 1 + choices.below(30);
    const std::string text = "[x" + repeated(".y", choices.below(30)) + "]\n" + "k" +
                             repeated(".k", parts - 1) + " = " + value_of(choices, choices.below(12)) +
                             " # [[[\n";
    const int depth = depth_of(toml::parse(text));
    EXPECT_EQ(passes_toml(text), depth <= kMaxNesting) << depth << ": " << text;
  }
}

}  // namespace
}  // namespace sonograd
