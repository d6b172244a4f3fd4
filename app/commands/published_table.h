// Tables of published scores, one file of app/commands/tables each, for `sonograd reproduce`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::app {

/// A file of app/commands/tables: a comment with the source, a header, and a row for each model.
struct PublishedTable {
  std::string_view name, text;
};

/// Every table, by name.
std::vector<PublishedTable> published_tables();

/// The source of a table: its first line without the comment sign.
std::string_view source_of(const PublishedTable& table);

/// Scores of a model on the test clips of a data set, as published.
struct PublishedScores {
  std::string data;     ///< name of the data set, and of its folder: `mtat`
  std::string model;    ///< in the table of the paper
  std::string network;  ///< our name of its architecture
  std::string file;     ///< name of our model, without its ending: `mtat-fcn`
  double roc_auc = 0, pr_auc = 0;
};

/// The rows of a table. Throws FormatError, naming table and line, for one that is malformed.
std::vector<PublishedScores> rows_of(const PublishedTable& table);

}  // namespace sonograd::app
