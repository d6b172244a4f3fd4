// Names of files that a command is asked to write.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class Validator;
}

namespace sonograd::app {

/// Whether `-` may take the place of a file name.
enum class Stream { refused, permitted };

/// `.svg` of `a.SVG`; empty without an extension.
std::string extension_of(const std::filesystem::path& file);

/// Whether the extension of an output decides its format.
enum class Extension { usual, decides_format };

/// Refuses a name without one of `extensions` (`.svg`; upper case too) where they decide the format, and a file that is there
/// already without one, so that a slip replaces no file of another kind.
CLI::Validator output_file(std::vector<std::string> extensions, Extension use,
                           Stream stream = Stream::refused);

/// Throws ConfigError when `out` is the file `in`, also by another name or through a link.
void require_other_file(const std::filesystem::path& out, const std::filesystem::path& in);

}  // namespace sonograd::app
