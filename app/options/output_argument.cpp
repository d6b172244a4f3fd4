#include "app/options/output_argument.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/options/stream_argument.h"
#include "tensor/support/ascii.h"
#include "tensor/support/error.h"

namespace sonograd::app {

std::string extension_of(const std::filesystem::path& file) {
  return in_lower_case(file.extension().native());
}

CLI::Validator output_file(std::vector<std::string> extensions, Extension use, Stream stream) {
  const auto check = [extensions = std::move(extensions), use,
                      stream](const std::string& name) -> std::string {
    if (name == "-") return stream == Stream::permitted ? "" : not_a_stream(name);
    if (std::ranges::find(extensions, extension_of(name)) != extensions.end()) return "";
    std::error_code absent;
    if (use == Extension::usual && !std::filesystem::is_regular_file(name, absent)) return "";
    return fmt::format("expected a file name that ends in {}, got '{}'", fmt::join(extensions, " or "), name);
  };
  return {check, "", ""};
}

void require_other_file(const std::filesystem::path& out, const std::filesystem::path& in) {
  std::error_code absent;
  if (std::filesystem::equivalent(out, in, absent))
    throw ConfigError(
        concat(out.string(), ": this is the file that is read; expected another name to write to"));
}

}  // namespace sonograd::app
