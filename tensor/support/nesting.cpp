#include "tensor/support/nesting.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "tensor/support/error.h"

namespace sonograd {
namespace {

[[noreturn]] void refuse(std::string_view text, std::size_t at) {
  const auto line = 1 + std::ranges::count(text.substr(0, at), '\n');
  throw FormatError(concat("line ", line, ": nests deeper than ", kMaxNesting, " levels"));
}

/// Where the string that begins at `at` with `quote` ends: behind its closing quote, or at the end of the text. `escapes`:
/// a backslash takes the character behind it along.
std::size_t end_of_string(std::string_view text, std::size_t at, char quote, bool escapes) {
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (escapes && text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Depth of TOML text, character by character. A level is an open bracket, or the statement that is being read.
class TomlDepth {
 public:
  explicit TomlDepth(std::string_view text) : text_(text) {}

  void check() {
    while (at_ < text_.size()) {
      step();
      if (depth() > kMaxNesting) refuse(text_, std::min(at_, text_.size() - 1));
    }
  }

 private:
  struct Level {
    bool is_table;   ///< its elements are `key = value`
    bool reads_key;  ///< dots separate the parts of a key
    int parts;       ///< of the key that is being read or has been read; 1 in an array
  };
  static constexpr Level kTable = {.is_table = true, .reads_key = true, .parts = 1};
  static constexpr Level kArray = {.is_table = false, .reads_key = false, .parts = 1};

  int depth() const {
    return std::accumulate(levels_.begin(), levels_.end(), header_parts_,
                           [](int sum, const Level& level) { return sum + level.parts; });
  }
  bool is_statement() const { return levels_.size() == 1; }

  void step() {
    switch (const char c = text_[at_]) {
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        return;
      case '"':
      case '\'':
        at_ = behind_string(c);
        return;
      case '[':
        return is_statement() && levels_.back().reads_key ? header() : open(kArray);
      case '{':
        return open(kTable);
      case ']':
      case '}':
        if (!is_statement()) levels_.pop_back();
        break;
      case '.':
        levels_.back().parts += levels_.back().reads_key ? 1 : 0;
        break;
      case '=':
        levels_.back().reads_key = false;
        break;
      case ',':
        if (!is_statement()) levels_.back() = levels_.back().is_table ? kTable : kArray;
        break;
      case '\n':
        if (is_statement()) levels_.back() = kTable;
        break;
      default:
        break;
    }
    ++at_;
  }

  void open(Level level) {
    levels_.push_back(level);
    ++at_;
  }

  // `[a.b]` or `[[a.b]]`: the tables that the statements below it lie in.
  void header() {
    header_parts_ = 1;
    for (++at_;
         at_ < text_.size() && text_[at_] != ']' && text_[at_] != '\n' && header_parts_ <= kMaxNesting;) {
      const char c = text_[at_];
      header_parts_ += c == '.' ? 1 : 0;
      at_ = c == '"' || c == '\'' ? behind_string(c) : at_ + 1;
    }
    levels_.back() = {.is_table = true, .reads_key = false, .parts = 1};
  }

  // Three quotes begin a string of several lines; up to two more may stand before the three that end it.
  std::size_t behind_string(char quote) const {
    const bool escapes = quote == '"';
    const std::string_view three = escapes ? R"(""")" : "'''";
    if (!text_.substr(at_).starts_with(three)) return end_of_string(text_, at_, quote, escapes);
    for (std::size_t at = at_ + 3; at < text_.size(); ++at) {
      if (escapes && text_[at] == '\\') {
        ++at;
      } else if (text_.substr(at).starts_with(three)) {
        at += 3;
        for (int more = 0; more < 2 && at < text_.size() && text_[at] == quote; ++more) ++at;
        return at;
      }
    }
    return text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int header_parts_ = 0;
  std::vector<Level> levels_ = {kTable};
};

}  // namespace

void check_json_nesting(std::string_view text) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at, '"', true);
      continue;
    }
    if ((c == '[' || c == '{') && ++depth > kMaxNesting) refuse(text, at);
    if (c == ']' || c == '}') --depth;
    ++at;
  }
}

void check_toml_nesting(std::string_view text) {
  TomlDepth(text).check();
}

}  // namespace sonograd
