// Finding the files of a data set, and writing cells of its table: what the readers share.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/data/sets/registry.h"

namespace sonograd::train {

/// The first of `names` below `root` that is a file. Throws DataError, which names the first, `contents` and the place that it is
/// published at, when there is none.
std::filesystem::path set_file(const std::filesystem::path& root,
                               std::initializer_list<std::string_view> names, std::string_view contents);

/// The folder of the sound files: that of the request, else the first of `names` below the root in which `probe`, a folder or a
/// file, exists ("" is the root itself). Throws DataError with `advice` when there is none, also for archives that are
/// there and not unpacked.
std::filesystem::path set_audio_folder(const SetRequest& request, std::span<const std::string> names,
                                       std::span<const std::string> probes, std::string_view advice);

/// Paths of the first clips, at most `most`: probes for set_audio_folder.
std::vector<std::string> first_paths(const SetClips& set, std::size_t most);

/// Throws DataError when a folder that clips lie in is missing, with `advice`: a part of the data set that is not copied or unpacked.
void require_folders(const SetClips& set, std::string_view advice);

/// Tags as the cell `tags` of LabelsTable: commas between them. Characters that separate tags there become `_`.
std::string tags_cell(std::span<const std::string> tags);
/// "name:0.25" for a cell of graded tags.
std::string graded_tag(std::string_view name, double grade);

/// Warns where a set of `what` has another number than the published one.
void expect_count(SetClips& set, std::size_t found, std::size_t published, std::string_view what);
/// Takes away the clips for which `is_broken(clip)` is true, with a warning that counts them.
void leave_out(SetClips& set, std::string_view reason, bool (*is_broken)(const SetClip& clip));

}  // namespace sonograd::train
