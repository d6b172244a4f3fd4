#include "app/commands/published_table.h"

#include <sstream>

#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"

namespace sonograd::app {
namespace {

constexpr std::size_t kColumns = 6;

std::vector<std::string> cells_of_line(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
  return cells;
}

}  // namespace

std::string_view source_of(const PublishedTable& table) {
  return trim(table.text.substr(1, table.text.find('\n') - 1));
}

std::vector<PublishedScores> rows_of(const PublishedTable& table) {
  std::vector<PublishedScores> rows;
  std::istringstream text{std::string(table.text)};
  int number = 0;
  for (std::string line; std::getline(text, line);) {
    if (++number <= 2) continue;  // source and header
    const std::vector<std::string> cells = cells_of_line(line);
    const auto roc_auc = cells.size() == kColumns ? parse_number<double>(cells[4]) : std::nullopt;
    const auto pr_auc = cells.size() == kColumns ? parse_number<double>(cells[5]) : std::nullopt;
    if (!roc_auc || !pr_auc) {
      throw FormatError(concat("table ", table.name, ':', number, ": expected ", kColumns,
                               " cells, the last two of them numbers"));
    }
    rows.push_back({cells[0], cells[1], cells[2], cells[3], *roc_auc, *pr_auc});
  }
  return rows;
}

}  // namespace sonograd::app
