// The mistakes that docs/writing.md names and a program can find, in the sources and in the pages.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/files.h"

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

// Words to avoid, as far as they have no other use. Whole words: `tells` does not match `.tell`.
constexpr std::string_view kWords[] = {
    "wants",         "asks for",   "tells",        "says",         "knows",    "hears",
    "listens to",    "nobody",     "somebody",     "contest",      "contests", "unkind",
    "unkindly",      "go on with", "goes on with", "drawn by lot", "is had",   "be had",
    "clock decides", "tags task",  "label task",   "ladder"};
// People want something; no program does, and no variable is called so.
constexpr std::string_view kWordsOfSources[] = {"want"};
constexpr std::string_view kComments[] = {"///<", "///", "//", "#", "\"\"\""};
// Beginnings of relative clauses and bare genitives.
constexpr std::string_view kBeginnings[] = {"What ", "Of ", "Those "};
// Calls whose texts are read as help: options, flags, settings, and options of networks.
constexpr std::string_view kCallsWithHelp[] = {"add_option",      "add_flag",      "add_option_function",
                                               "add_word_option", "plain",         "number",
                                               "all.add",         "variable_entry"};

bool is_part_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

bool contains_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_part_of_word(line[at - 1])) && (end == line.size() || !is_part_of_word(line[end])))
      return true;
  }
  return false;
}

bool contains_any(std::string_view line, std::span<const std::string_view> words) {
  std::string lower(line);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(words, [&](std::string_view word) { return contains_word(lower, word); });
}

bool begins_badly(std::string_view line) {
  const auto skip_blanks = [&] { line.remove_prefix(std::min(line.find_first_not_of(' '), line.size())); };
  skip_blanks();
  const auto comment =
      std::ranges::find_if(kComments, [&](std::string_view mark) { return line.starts_with(mark); });
  if (comment == std::end(kComments)) return false;
  line.remove_prefix(comment->size());
  skip_blanks();
  return std::ranges::any_of(kBeginnings, [&](std::string_view words) { return line.starts_with(words); });
}

// In the middle of a sentence they are fine.
bool begins_clause(std::string_view text) {
  return std::ranges::any_of(kBeginnings, [&](std::string_view words) {
    return text.size() >= words.size() &&
           std::tolower(static_cast<unsigned char>(text[0])) == std::tolower(words[0]) &&
           text.substr(1).starts_with(words.substr(1));
  });
}

// The literal that begins at a quotation mark, joined with those right behind it; `at` moves behind them.
std::string literal_at(std::string_view source, std::size_t& at) {
  std::string text;
  while (at < source.size() && source[at] == '"') {
    for (++at; at < source.size() && source[at] != '"'; ++at) {
      if (source[at] == '\\') ++at;
      if (at < source.size()) text += source[at];
    }
    const std::size_t next = source.find_first_not_of(" \n", ++at);
    if (next == std::string_view::npos || source[next] != '"') break;
    at = next;
  }
  return text;
}

// String literals in the arguments of the calls above.
std::vector<std::string> help_texts(std::string_view source) {
  std::vector<std::string> texts;
  for (const std::string_view call : kCallsWithHelp) {
    for (std::size_t at = source.find(call); at != std::string_view::npos; at = source.find(call, at)) {
      const bool is_name = at == 0 || !is_part_of_word(source[at - 1]);
      at += call.size();
      if (is_name && source.substr(at).starts_with('<')) at = std::min(source.find('(', at), source.size());
      if (!is_name || !source.substr(at).starts_with('(')) continue;
      for (int depth = 0; at < source.size();) {
        if (source[at] == '"') {
          texts.push_back(literal_at(source, at));
          continue;
        }
        depth += (source[at] == '(') - (source[at] == ')');
        ++at;
        if (depth == 0) break;
      }
    }
  }
  return texts;
}

// Paragraphs, headings, list entries and rows of a page, by their first lines, that begin with such a clause.
std::vector<std::string> bad_paragraphs(const fs::path& page) {
  std::vector<std::string> bad;
  std::ifstream in(page);
  bool is_first = true;
  for (std::string line; std::getline(in, line);) {
    const std::size_t text = line.find_first_not_of("#-*| 0123456789.");
    const bool is_marked = line.starts_with('#') || line.starts_with("- ") || line.starts_with("* ") ||
                           line.starts_with('|') || line.find(". ") == line.find_first_not_of("0123456789");
    if (text != std::string::npos && (is_first || is_marked) && begins_clause(line.substr(text)))
      bad.push_back(line);
    is_first = text == std::string::npos;
  }
  return bad;
}

bool is_bad_source(std::string_view line) {
  return contains_any(line, kWords) || contains_any(line, kWordsOfSources) || begins_badly(line);
}

bool is_bad_page(std::string_view line) {
  return contains_any(line, kWords);
}

// Lines of a file that break a rule, as `file:line: text`.
std::vector<std::string> faults_in(const fs::path& file, bool (*is_bad)(std::string_view)) {
  std::vector<std::string> faults;
  std::ifstream in(file);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (is_bad(line)) faults.push_back(file.string() + ':' + std::to_string(number) + ": " + line);
  }
  return faults;
}

bool is_source(const fs::path& file) {
  constexpr std::string_view kEndings[] = {".h", ".cpp", ".cu", ".cuh", ".py", ".js", ".cmake"};
  const std::string ending = file.extension().string();
  return std::ranges::find(kEndings, ending) != std::end(kEndings) || file.filename() == "CMakeLists.txt" ||
         (ending.empty() && file.parent_path().filename() == "scripts");
}

bool is_page(const fs::path& file) {
  return file.extension() == ".md";
}

void expect_plain(std::string_view folder, bool (*is_of_kind)(const fs::path&),
                  bool (*is_bad)(std::string_view)) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SONOGRAD_SOURCE_DIR) / folder)) {
    const fs::path& file = entry.path();
    // The page and this file contain the words to avoid.
    if (!is_of_kind(file) || file.filename() == "writing.md" || file.filename() == "writing_test.cpp")
      continue;
    ++files;
    for (const std::string& line : faults_in(file, is_bad)) ADD_FAILURE() << line;
  }
  EXPECT_GT(files, 0u) << folder << " was not found";
}

TEST(Writing, CommentsAndMessagesArePlain) {
  for (const std::string_view folder : {"app", "audio", "autograd", "bench", "cmake", "examples", "include",
                                        "kernels", "layers", "models", "scripts", "tensor", "tests", "train"})
    expect_plain(folder, is_source, is_bad_source);
}

TEST(Writing, PagesArePlain) {
  expect_plain("docs", is_page, is_bad_page);
}

TEST(Writing, ReadmeIsPlain) {
  const fs::path readme = fs::path(SONOGRAD_SOURCE_DIR) / "README.md";
  ASSERT_TRUE(fs::exists(readme));
  for (const std::string& line : faults_in(readme, is_bad_page)) ADD_FAILURE() << line;
  for (const std::string& line : bad_paragraphs(readme)) ADD_FAILURE() << readme << ": " << line;
}

TEST(Writing, HelpBeginsWithAThingOrAnAction) {
  std::size_t texts = 0;
  for (const std::string_view folder : {"app", "models", "train/config"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SONOGRAD_SOURCE_DIR) / folder)) {
      if (!is_source(entry.path())) continue;
      for (const std::string& text : help_texts(test::read_file(entry.path()))) {
        ++texts;
        EXPECT_FALSE(begins_clause(text)) << entry.path() << ": " << text;
      }
    }
  }
  EXPECT_GT(texts, 200u) << "the texts were not found";
}

TEST(Writing, TheRulesFindMistakesInHelpAndPages) {
  const std::vector<std::string> texts = help_texts(
      "app.add_option(\"--rate\", f(rate),\n  \"of each \\\"step\\\" \"\n \"of the run\")->check(g(\"what "
      "else\"));\n"
      "app.add_option_function<int>(\"-n\", [] {}, \"those shown\"); print(\"what is that\");\n"
      "plain(\"train.seed\", at<&S::seed>, \"What is drawn\"), explain(\"of no setting\")");
  EXPECT_EQ(texts, (std::vector<std::string>{"--rate", "of each \"step\" of the run", "-n", "those shown",
                                             "train.seed", "What is drawn"}));
  EXPECT_EQ(std::ranges::count_if(texts, begins_clause), 3);
  const fs::path page =
      test::write_file("page.md",
                       "# What it does\n\nOf all files the first.\nof those, one\n\n"
                       "A file\nof a run\n- those of a run\n1. what runs\n| of peak | 3 |\n");
  EXPECT_EQ(bad_paragraphs(page).size(), 5u);
}

TEST(Writing, TheRulesFindMistakes) {
  const fs::path file = test::write_file("mistakes.txt",
                                         "/// What a run reports.\n"
                                         "  // Of each chunk.\n"
                                         "# Those of this thread\n"
                                         "the network wants more\n"
                                         "const int want = 3;\n"
                                         "Nobody says, in row 3,\n"
                                         "the loss of a label task\n");
  EXPECT_EQ(faults_in(file, is_bad_source).size(), 7u);
  const fs::path plain = test::write_file("plain.txt",
                                          "What a run reports.\n"
                                          "/// A run; of each chunk the scores\n"
                                          "callbacks.tell(wanted, unwanted);\n"
                                          "// A multi-label task\n"
                                          "essays\n");
  EXPECT_TRUE(faults_in(plain, is_bad_source).empty());
}

}  // namespace
}  // namespace sonograd::docs
