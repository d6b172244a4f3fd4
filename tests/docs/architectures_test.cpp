// The pages of docs/architectures: their figures, pictures, links and names of the code are those of the program.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
// std::regex under the sanitizers: g++ 12 warns about reads before writes in it.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <regex>
#include <set>
#include <sstream>

#include "models/core/summary.h"
#include "tensor/support/error.h"
#include "tests/docs/page.h"
#include "tests/support/files.h"

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

const fs::path kPages = SONOGRAD_SOURCE_DIR "/docs/architectures";
constexpr const char* kSections[] = {"## Picture", "## In the code", "## Paper and code",
                                     "## Published and ours", "## Exercise"};

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> matches_in(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

/// Text of the section that begins with `heading`.
std::string section_of(const std::string& page, const std::string& heading) {
  const std::size_t begin = page.find(heading);
  if (begin == std::string::npos) return "";
  return page.substr(begin, page.find("\n## ", begin + 1) - begin);
}

/// List entries of a section, their lines joined.
std::vector<std::string> entries_of(const std::string& section) {
  std::vector<std::string> entries;
  for (const std::string& line : lines_of(section)) {
    if (line.starts_with("- ")) entries.push_back(line);
    if (line.starts_with("  ") && !entries.empty()) entries.back() += line.substr(1);
  }
  return entries;
}

/// Links of the page that are files of this repository exist.
void expect_links(const fs::path& page) {
  std::size_t checked = 0;
  for (const std::string& link : matches_in(test::read_file(page), "\\]\\(([^)#]+)\\)")) {
    if (link.starts_with("http")) continue;
    EXPECT_TRUE(fs::exists(page.parent_path() / link)) << page << " links to " << link;
    ++checked;
  }
  EXPECT_GT(checked, 0u) << page;
}

struct PublishedRow {
  std::string data, network, roc_auc, pr_auc;
};

const std::vector<PublishedRow>& published_rows() {
  static const std::vector<PublishedRow> rows = [] {
    std::vector<PublishedRow> all;
    for (const auto& entry : fs::directory_iterator(SONOGRAD_SOURCE_DIR "/app/commands/tables")) {
      const std::vector<std::string> lines = lines_of(test::read_file(entry.path()));
      for (std::size_t i = 2; i < lines.size(); ++i) {
        const std::vector<std::string> cells = matches_in(lines[i] + '\t', "([^\\t]*)\\t");
        all.push_back({cells.at(0), cells.at(2), cells.at(4), cells.at(5)});
      }
    }
    return all;
  }();
  return rows;
}

bool is_published(const std::string& network, const std::string& roc_auc, const std::string& pr_auc) {
  return std::ranges::any_of(published_rows(), [&](const PublishedRow& row) {
    return row.network == network && row.roc_auc == roc_auc && row.pr_auc == pr_auc;
  });
}

class ArchitecturePages : public testing::TestWithParam<std::string> {
 protected:
  std::string name = GetParam();
  fs::path path = kPages / (name + ".md");
  std::string page = test::read_file(path);
};

TEST_P(ArchitecturePages, HasItsSectionsInFewLines) {
  ASSERT_TRUE(fs::exists(path)) << path;
  const std::string title = lines_of(page).at(0);
  EXPECT_NE(title.find(concat('`', name, '`')), std::string::npos) << title;
  std::size_t at = 0;
  for (const char* const heading : kSections) {
    const std::size_t found = page.find(heading, at);
    ASSERT_NE(found, std::string::npos) << heading;
    at = found;
  }
  EXPECT_LE(lines_of(page).size(), 120u);
  EXPECT_NE(page.find(concat("](pictures/", name, ".svg)")), std::string::npos);
  EXPECT_NE(page.find(concat("scripts/exercise ", name)), std::string::npos);
  expect_links(path);
}

TEST_P(ArchitecturePages, HasTheSizesOfTheNetwork) {
  const models::NetworkSummary summary = summarise(models::find_architecture(name));
  const std::int64_t samples = summary.input.samples, rate = summary.input.sample_rate;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.2f", static_cast<double>(samples) / static_cast<double>(rate));
  const std::string row =
      concat("| ", grouped(summary.parameters), " | ", grouped(static_cast<std::int64_t>(summary.macs)),
             " | ", seconds, " s, ", grouped(samples), " samples | ", grouped(rate), " Hz |");
  EXPECT_NE(page.find(row), std::string::npos) << "expected the row " << row;
}

TEST_P(ArchitecturePages, HasThePictureThatTheProgramDraws) {
  const fs::path folder = test::temporary_folder("picture");
  run_shell(folder, concat("sonograd models ", name, " --svg drawn.svg\n"));
  EXPECT_EQ(test::read_file(folder / "drawn.svg"), test::read_file(kPages / "pictures" / (name + ".svg")))
      << "scripts/draw-networks draws it again";
}

// An entry begins with a link to a file; words in backquotes are in that file.
TEST_P(ArchitecturePages, NamesCodeThatExists) {
  std::size_t names = 0;
  for (const std::string& entry : entries_of(section_of(page, "## In the code"))) {
    const std::vector<std::string> links = matches_in(entry, "^- \\[[^\\]]*\\]\\(([^)]+)\\): ");
    ASSERT_EQ(links.size(), 1u) << entry;
    const std::string source = test::read_file(kPages / links[0]);
    for (const std::string& word : matches_in(entry, "`([^`]+)`")) {
      EXPECT_NE(source.find(word), std::string::npos) << word << " is not in " << links[0];
      ++names;
    }
  }
  EXPECT_GE(names, 3u);
}

TEST_P(ArchitecturePages, HasThePublishedScoresAndNoOthers) {
  const std::string section = section_of(page, "## Published and ours");
  for (const PublishedRow& row : published_rows()) {
    if (row.network != name) continue;
    EXPECT_NE(section.find(concat("| ", row.roc_auc, " | ", row.pr_auc, " |")), std::string::npos)
        << row.data << ' ' << row.roc_auc;
  }
  for (const std::string& line : lines_of(section)) {
    const std::vector<std::string> scores = matches_in(line, "\\| (0\\.\\d{4})(?= \\|)");
    if (scores.empty()) continue;
    ASSERT_EQ(scores.size(), 2u) << line;
    EXPECT_TRUE(is_published(name, scores[0], scores[1])) << line;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, ArchitecturePages, testing::ValuesIn(models::architecture_names()),
                         [](const auto& each) { return each.param; });

TEST(ArchitectureIndex, HasARowWithTheFiguresOfEveryNetwork) {
  const std::string index = test::read_file(kPages / "README.md");
  expect_links(kPages / "README.md");
  for (const models::Architecture& architecture : models::all_architectures()) {
    const models::NetworkSummary summary = summarise(architecture);
    char sizes[64];
    std::snprintf(
        sizes, sizeof sizes, " M | %.2f s |",
        static_cast<double>(summary.input.samples) / static_cast<double>(summary.input.sample_rate));
    const std::int64_t tenths = std::llround(summary.macs / 1e5);
    const std::string row =
        concat("| [", architecture.name, "](", architecture.name, ".md) | ", grouped(summary.parameters),
               " | ", grouped(tenths / 10), '.', tenths % 10, sizes);
    const std::size_t found = index.find(row);
    ASSERT_NE(found, std::string::npos) << "expected the row " << row;
    const std::string line = index.substr(found, index.find('\n', found) - found);
    for (const std::string& pair : matches_in(line, "(0\\.\\d{4} / 0\\.\\d{4})"))
      EXPECT_TRUE(is_published(architecture.name, pair.substr(0, 6), pair.substr(9))) << line;
  }
}

TEST(ArchitectureIndex, HasTheTableThatTheScriptWrites) {
  const fs::path folder = test::temporary_folder("table");
  run_shell(folder, "SONOGRAD=sonograd " SONOGRAD_SOURCE_DIR "/scripts/draw-networks --table > table.md\n");
  const std::string index = test::read_file(kPages / "README.md");
  const std::string begin = "<!-- scripts/draw-networks writes this table -->\n",
                    end = "<!-- end of the table -->";
  const std::size_t at = index.find(begin);
  ASSERT_NE(at, std::string::npos) << "the table is between " << begin << " and " << end;
  const std::string table = index.substr(at + begin.size(), index.find(end) - at - begin.size());
  EXPECT_EQ(table, test::read_file(folder / "table.md")) << "scripts/draw-networks writes it again";
}

TEST(ArchitectureIndex, OfMeasurementsNamesNetworks) {
  const std::string section = section_of(test::read_file(kPages / "README.md"), "## Measured here");
  const std::vector<std::string> names = models::architecture_names();
  std::size_t rows = 0;
  for (const std::string& name : matches_in(section, "\n\\| (\\w+) \\| ")) {
    if (name == "network") continue;
    EXPECT_NE(std::ranges::find(names, name), names.end()) << name;
    ++rows;
  }
  EXPECT_GE(rows, 3u);
}

TEST(ArchitectureIndex, ListsNoPageOrPictureOfAnotherNetwork) {
  const std::vector<std::string> names = models::architecture_names();
  std::set<std::string> expected = {"README.md"};
  for (const std::string& name : names) expected.insert(name + ".md");
  std::set<std::string> pages;
  for (const auto& entry : fs::directory_iterator(kPages)) {
    if (entry.path().extension() == ".md") pages.insert(entry.path().filename());
  }
  EXPECT_EQ(pages, expected);
  std::set<std::string> pictures, drawn;
  for (const std::string& name : names) drawn.insert(name + ".svg");
  for (const auto& entry : fs::directory_iterator(kPages / "pictures"))
    pictures.insert(entry.path().filename());
  EXPECT_EQ(pictures, drawn);
}

}  // namespace
}  // namespace sonograd::docs
