// Published data sets as they lie on disk, one file each (NAME_set.cpp); the build finds them in this folder.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::train {

/// A word of `--subset` or `--split`, and its meaning.
struct SetChoice {
  std::string_view name, meaning;
};

/// Where a data set is, and the part of it that is requested.
struct SetRequest {
  std::filesystem::path root;
  std::filesystem::path audio = {};  ///< folder of the sound files, where it is not found from the root
  std::string subset = {};           ///< a choice of the data set; empty: the first
  std::string split = {};            ///< likewise
};

struct SetClip {
  std::string path;          ///< relative to the folder of the sound files, as published
  std::string key;           ///< name of the clip in the data set
  double seconds = 0;        ///< expected length, for plans: of the metadata, or the usual one of the set
  double least_seconds = 0;  ///< a clip that is shorter is left out
  std::vector<std::string> cells;  ///< of the columns
};

/// The clips of a data set, in the order of its metadata.
struct SetClips {
  std::filesystem::path folder;  ///< of the sound files
  /// Columns of the table beside `path`: those of LabelsTable (`label`, `tags`, `split`, `fold`, `group`), and further ones.
  std::vector<std::string> columns;
  std::vector<SetClip> clips;
  std::vector<std::string> warnings;  ///< clips that are left out, and differences to the published numbers
};

struct DataSet {
  std::string_view name;     ///< on the command line
  std::string_view summary;  ///< clips, labels, length
  std::string_view layout;   ///< files that are read, below the root
  std::vector<SetChoice> subsets, splits;
  /// Reads the metadata. Throws ReadError, DataError: a missing file or folder, with the place where it is expected; a row that
  /// cannot be read, with its line and column.
  SetClips (*read)(const SetRequest& request) = nullptr;
};

/// The data sets of this folder, by name.
std::vector<DataSet> all_data_sets();

std::vector<std::string> data_set_names();

/// Reads a data set. Throws ConfigError, with the possible words, for an unknown name, subset or split; as DataSet::read; and
/// DataError when no clip is left, and when two clips have one path. Keys are made unique, and names for shards: letters, digits,
/// `-` and `_`, at most 90 bytes.
SetClips read_data_set(std::string_view name, SetRequest request);

/// The request with its choices replaced by the first ones of the data set where they are empty. Throws as read_data_set.
SetRequest resolve_request(std::string_view name, SetRequest request);

}  // namespace sonograd::train
