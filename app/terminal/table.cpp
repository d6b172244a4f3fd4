#include "app/terminal/table.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <unistd.h>
#include <utility>

#include "app/terminal/output.h"
#include "app/terminal/window.h"

namespace sonograd::app {
namespace {

constexpr std::size_t kWidestCell = 200;  // bytes, in a table for people

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.+-e%x") == std::string::npos;
}

// Text that a spreadsheet would take for a formula gets an apostrophe, which it takes off again.
std::string harmless(std::string text) {
  const bool is_formula =
      !text.empty() && std::string_view("=+-@\t\r\n").find(text[0]) != std::string_view::npos;
  return is_formula && !is_number(text) ? '\'' + text : text;
}

// Line feeds stay where a format has a notation for them; a carriage return alone would write over the line.
std::string separated_cell(const std::string& text, bool keeps_lines) {
  std::string cell;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of(keeps_lines ? "\t\n" : "\t\r\n", at), text.size());
    cell += to_printable(std::string_view(text).substr(at, end - at), std::string::npos);
    if (end < text.size()) cell += keeps_lines ? text[end] : ' ';
    at = end + 1;
  }
  return harmless(cell);
}

constexpr std::size_t kGap = 2;  // blanks between columns

std::string csv_cell(const std::string& cell) {
  const std::string text = separated_cell(cell, true);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace

void OutputFormat::add_to(CLI::App& app) {
  auto* const as_json = app.add_flag("--json", json, "JSON on stdout");
  app.add_option(
         "--format", format,
         "table, csv or tsv; in csv and tsv an apostrophe is put before text that begins with = + - or @")
      ->excludes(as_json)
      ->check(CLI::IsMember({"table", "csv", "tsv"}))
      ->capture_default_str();
}

Table::Table(std::vector<std::string> header, std::string format)
    : header_(std::move(header)), format_(std::move(format)) {}

void Table::add(std::vector<std::string> row) {
  if (format_ == "table") {
    for (std::string& cell : row) cell = to_printable(cell, kWidestCell);
    return rows_.push_back(std::move(row));
  }
  print_header();
  print_separated(row);
}

void Table::print_header() {
  if (!std::exchange(has_header_, true)) print_separated(header_);
}

void Table::print_separated(const std::vector<std::string>& row) const {
  std::string line;
  for (const std::string& cell : row) {
    if (&cell != &row.front()) line += format_ == "csv" ? ',' : '\t';
    line += format_ == "csv" ? csv_cell(cell) : separated_cell(cell, false);
  }
  print_data("{}\n", line);
  flush_data();
}

// Takes characters from the widest columns of text until the table is `columns` wide, or they are as narrow as is sensible.
void Table::fit(std::vector<std::size_t>& widths, std::size_t columns) const {
  constexpr std::size_t kNarrowest = 8;
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  };
  std::vector<std::size_t> texts;
  for (std::size_t column = 0; column < header_.size(); ++column) {
    const auto is_text = [&](const auto& row) { return !row[column].empty() && !is_number(row[column]); };
    if (std::ranges::any_of(rows_, is_text)) texts.push_back(column);
  }
  while (!texts.empty() && total() > columns) {
    std::size_t& widest =
        widths[*std::ranges::max_element(texts, {}, [&](std::size_t i) { return widths[i]; })];
    if (widest <= kNarrowest) return;
    --widest;
  }
}

std::string Table::aligned(std::size_t columns) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < header_.size(); ++column) {
    std::size_t widest = width_of(header_[column]);
    for (const auto& row : rows_) widest = std::max(widest, width_of(row[column]));
    widths.push_back(widest);
  }
  fit(widths, columns);
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string cell = cut_to_width(row[column], widths[column]);
      const std::string blanks(widths[column] - width_of(cell), ' ');
      line += is_number(cell) ? blanks + cell : cell + blanks;
      line += std::string(kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  add_line(header_);
  for (const auto& row : rows_) add_line(row);
  return text;
}

void Table::finish() {
  if (format_ != "table") return print_header();
  print_data("{}", aligned(terminal_columns(STDOUT_FILENO).value_or(std::string::npos)));
}

}  // namespace sonograd::app
