#include "models/core/published_bundle.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "models/core/label_lists.h"
#include "tensor/io/context.h"
#include "tensor/io/input_file.h"
#include "tensor/io/tensorflow_bundle.h"
#include "tensor/io/zip_archive.h"
#include "tensor/support/text.h"

namespace sonograd::models {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndex = ".index";

struct ArchiveArgument {
  std::string archive, name;  ///< name: empty when none is given
};

bool is_archive(const std::string& path) {
  const std::string extension = fs::path(path).extension().string();
  return extension == ".whl" || extension == ".zip";
}

std::optional<ArchiveArgument> archive_in(const std::string& argument) {
  if (is_archive(argument)) return ArchiveArgument{argument, ""};
  const std::size_t mark = argument.rfind('#');
  if (mark == std::string::npos || !is_archive(argument.substr(0, mark))) return std::nullopt;
  return ArchiveArgument{argument.substr(0, mark), argument.substr(mark + 1)};
}

// Beginning of the names of a bundle's files, by that of its index.
std::string prefix_of(const std::string& index) {
  return index.substr(0, index.size() - kIndex.size());
}

// "musicnn/MTT_musicnn/" and "runs/MTT_musicnn" are both called MTT_musicnn.
std::string name_of_prefix(std::string_view prefix) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  return std::string(prefix.substr(prefix.rfind('/') + 1));
}

std::vector<std::string> indexes_in(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().ends_with(kIndex)) found.push_back(entry->path().string());
  }
  std::ranges::sort(found);
  return found;
}

std::string index_in(const std::string& folder) {
  const std::vector<std::string> found = indexes_in(folder);
  if (found.size() > 1) throw ConfigError(concat(folder, ": expected one bundle, there are ", listed(found)));
  if (found.empty())
    throw ConfigError(concat(folder, ": expected a checkpoint bundle, there is no .index file"));
  return found.front();
}

// The index in an archive; `name`: that of the bundle, empty for the only one.
std::string index_in(const io::ZipArchive& archive, const ArchiveArgument& argument) {
  std::vector<std::string> found, names;
  for (const std::string& entry : archive.names()) {
    if (!entry.ends_with(kIndex)) continue;
    const std::string name = name_of_prefix(prefix_of(entry));
    names.push_back(concat(argument.archive, '#', name));
    if (argument.name.empty() || argument.name == name) found.push_back(entry);
  }
  if (found.size() == 1) return found.front();
  if (names.empty()) throw FormatError("there is no checkpoint bundle (.index) in it");
  const std::string reason = argument.name.empty() ? "there are several bundles"
                             : found.empty()       ? concat("there is no bundle '", argument.name, '\'')
                                             : concat("there are several bundles '", argument.name, '\'');
  throw ConfigError(concat(argument.archive, ": ", reason, "; name one of ", listed(names)));
}

// "License: ISC" in the header of METADATA (PEP 566).
std::string licence_in(std::string_view metadata) {
  constexpr std::string_view kField = "License: ";
  while (!metadata.empty()) {
    const std::string_view line = trim(metadata.substr(0, metadata.find('\n')));
    if (line.empty()) break;
    if (line.starts_with(kField)) return std::string(line.substr(kField.size()));
    metadata.remove_prefix(std::min(metadata.find('\n'), metadata.size() - 1) + 1);
  }
  return {};
}

std::string licence_of(io::ZipArchive& archive) {
  for (const std::string& entry : archive.names()) {
    if (!entry.ends_with(".dist-info/METADATA")) continue;
    const std::vector<std::byte> text = archive.read(entry);
    return licence_in({reinterpret_cast<const char*>(text.data()), text.size()});
  }
  return {};
}

PublishedBundle read_from_archive(const ArchiveArgument& argument) {
  const io::InputFile input(argument.archive);
  const io::FileBytes file(input);
  const auto read = [&] {
    io::ZipArchive archive(file.bytes(), io::ZipArchive::Entries::deflated);
    const std::string index = index_in(archive, argument);
    std::vector<std::unique_ptr<std::vector<std::byte>>> entries;
    const io::NamedTensors variables = io::read_tensorflow_bundle(
        prefix_of(index), [&](const std::string& name) -> std::span<const std::byte> {
          return io::within(concat("zip entry ", name), [&]() -> std::span<const std::byte> {
            return *entries.emplace_back(std::make_unique<std::vector<std::byte>>(archive.read(name)));
          });
        });
    return PublishedBundle{io::without_optimizer(variables), name_of_prefix(prefix_of(index)),
                           licence_of(archive)};
  };
  return io::within(argument.archive, read);
}

}  // namespace

bool names_bundle(const std::string& argument) {
  std::error_code unknown;
  if (fs::is_directory(argument, unknown)) return !indexes_in(argument).empty();
  return argument.ends_with(kIndex) || archive_in(argument);
}

PublishedBundle read_bundle(const std::string& argument) {
  if (const auto archive = archive_in(argument)) return read_from_archive(*archive);
  std::error_code unknown;
  const std::string index = fs::is_directory(argument, unknown) ? index_in(argument) : argument;
  return {io::without_optimizer(io::read_tensorflow_bundle(fs::path(index))),
          name_of_prefix(prefix_of(index)), ""};
}

std::vector<std::string> labels_of_bundle(const std::string& name, std::size_t outputs) {
  const LabelList* const list = name.starts_with("MTT_")   ? find_label_list("mtat")
                                : name.starts_with("MSD_") ? find_label_list("msd")
                                                           : nullptr;
  return list != nullptr && list->labels.size() == outputs ? list->labels : std::vector<std::string>();
}

}  // namespace sonograd::models
