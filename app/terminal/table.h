// Tables on stdout, for people or for other programs.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sonograd::app {

/// Format of the result of a command.
struct OutputFormat {
  bool json = false;
  std::string format = "table";  ///< table, csv or tsv

  void add_to(CLI::App& app);
};

/// Prints `rows` under `header`: aligned columns, comma-separated (RFC 4180) or tab-separated (tabs and line ends in a cell
/// become blanks). Cells that are numbers are aligned to the right. Control characters are escaped, aligned cells cut at 200
/// bytes, and on a terminal the widest texts at its width; a text that a spreadsheet would run gets an apostrophe in csv and
/// tsv.
class Table {
 public:
  Table(std::vector<std::string> header, std::string format);
  void add(std::vector<std::string> row);
  /// A table needs all rows for its column widths; csv and tsv are printed as they come, the header
  /// before the first row.
  void finish();
  /// The rows so far as `table` prints them, at most `columns` wide where shorter texts make that possible.
  std::string aligned(std::size_t columns = std::string::npos) const;

 private:
  void fit(std::vector<std::size_t>& widths, std::size_t columns) const;
  void print_header();
  void print_separated(const std::vector<std::string>& row) const;

  std::vector<std::string> header_;
  std::string format_;
  std::vector<std::vector<std::string>> rows_;
  bool has_header_ = false;
};

}  // namespace sonograd::app
