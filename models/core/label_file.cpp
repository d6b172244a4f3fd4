#include "models/core/label_file.h"

#include <map>

#include "models/core/label_lists.h"
#include "tensor/io/read_error.h"
#include "tensor/io/text_file.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"

namespace sonograd::models {
namespace {

std::string read_label_text(const std::string& file) {
  try {
    return io::read_text_file(file);
  } catch (const io::ReadError& error) {
    throw io::ReadError(concat("labels: ", error.what(), "; the published lists are mtat, msd and jamendo"));
  }
}

}  // namespace

std::vector<std::string> read_labels(const std::string& argument) {
  if (const LabelList* const list = find_label_list(argument)) return list->labels;
  const std::string text = read_label_text(argument);
  std::vector<std::string> labels;
  std::map<std::string_view, std::size_t> first_lines;
  std::size_t number = 0;
  for (const std::string_view line : text_lines(text)) {
    ++number;
    const std::string_view label = trim(line.substr(0, line.find('\t')));
    if (label.empty()) continue;
    if (!is_utf8_text(label))
      throw FormatError(concat(argument, ':', number, ": the label is not UTF-8 text"));
    const auto [first, is_new] = first_lines.try_emplace(label, number);
    if (!is_new) {
      throw FormatError(
          concat(argument, ':', number, ": label '", label, "' is that of line ", first->second, " again"));
    }
    labels.emplace_back(label);
  }
  if (labels.empty()) throw FormatError(concat(argument, ": expected one label per line, got none"));
  return labels;
}

}  // namespace sonograd::models
