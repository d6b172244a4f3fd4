#include "train/run/kernel_choices.h"

#include <algorithm>

#include "tensor/io/atomic_file.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"

namespace sonograd::train {
namespace {
constexpr std::string_view kTitle = "sonograd kernels 1\t";
}

std::vector<kernels::FastestChoice> read_kernel_choices(const std::filesystem::path& file,
                                                        std::string_view machine) {
  if (!std::filesystem::exists(file)) return {};
  const std::string text = io::read_text_file(file);
  if (!is_utf8_text(text) || !text.starts_with(kTitle) || !text.ends_with('\n')) {
    throw FormatError(concat(file.string(), ": expected a complete list of kernel choices"));
  }
  const std::vector<std::string_view> lines = text_lines(text);
  if (lines.front().substr(kTitle.size()) != machine) return {};
  std::vector<kernels::FastestChoice> choices;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t tab = lines[i].find('\t');
    if (tab == 0 || tab == std::string_view::npos || std::ranges::count(lines[i], '\t') != 1) {
      throw FormatError(concat(file.string(), ':', i + 1, ": expected KEY<tab>VARIANT"));
    }
    choices.push_back({std::string(lines[i].substr(0, tab)), std::string(lines[i].substr(tab + 1))});
  }
  return choices;
}

void write_kernel_choices(const std::filesystem::path& file, std::string_view machine,
                          const std::vector<kernels::FastestChoice>& choices) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) throw IoError(concat("cannot make ", file.parent_path().string(), ": ", error.message()));
  io::AtomicFile out(file);
  out.write(concat(kTitle, machine, '\n'));
  for (const auto& [timing, variant] : choices) out.write(concat(timing, '\t', variant, '\n'));
  out.commit();
}

}  // namespace sonograd::train
