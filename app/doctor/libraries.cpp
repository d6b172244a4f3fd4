#include "audio/libraries.h"

#include <CLI/Version.hpp>
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <toml++/toml.h>
#include <unistd.h>

#include "app/doctor/checks.h"
#include "audio/synth/soundfont.h"
#include "kernels/onednn/version.h"
#include "tensor/io/leveldb_table.h"
#include "tensor/io/zip_version.h"
#include "train/pictures/libraries.h"

namespace sonograd::app::doctor {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder) / name;
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

LibraryCheck check_sndfile(Problems& problems) {
  const std::vector<std::string> formats = audio::sound_formats();
  std::string missing;
  for (const char* wanted : {"wav", "flac", "ogg", "mp3"}) {
    if (std::ranges::find(formats, wanted) == formats.end()) missing += fmt::format(" {}", wanted);
  }
  if (!missing.empty()) {
    problems.push_back({"libsndfile does not read" + missing, "install libsndfile1 1.1 or newer", true});
  }
  return {"libsndfile", audio::sndfile_version(), fmt::format("reads {}", fmt::join(formats, " "))};
}

LibraryCheck check_ffmpeg(Problems& problems) {
  const std::optional<fs::path> ffmpeg = find_program("ffmpeg");
  if (ffmpeg) return {"ffmpeg", "found", ffmpeg->string()};
  problems.push_back(
      {"m4a, aac and wma files cannot be read: there is no ffmpeg on the PATH", "apt install ffmpeg"});
  return {"ffmpeg", "", "a program; reads m4a, aac, wma"};
}

LibraryCheck check_fluidsynth(Problems& problems) {
  const std::string version = audio::fluidsynth_version();
  if (version.empty()) {
    problems.push_back(
        {"`data synth` cannot render: libfluidsynth.so.3 was not found", "apt install libfluidsynth3"});
  }
  return {"FluidSynth", version, "rendering of `data synth`"};
}

LibraryCheck check_soundfont(Problems& problems) {
  try {
    return {"soundfont", "found", audio::synth::find_soundfont().string()};
  } catch (const IoError&) {
    problems.push_back({"`data synth` has no instruments: no General MIDI soundfont was found",
                        "apt install timgm6mb-soundfont, or data synth --soundfont FILE"});
    return {"soundfont", "", "instruments of `data synth`"};
  }
}

LibraryCheck check_rsvg(Problems& problems) {
  const std::string version = train::rsvg_version();
  if (version.empty()) {
    problems.push_back(
        {"`tag --timeline` cannot draw .png files: librsvg is not installed, or this program was built "
         "without it",
         "write an .svg file, or apt install librsvg2-dev and build again"});
  }
  return {"librsvg", version, "`tag --timeline` to .png"};
}

}  // namespace

std::vector<LibraryCheck> check_libraries(Problems& problems) {
  return {
      {"oneDNN", kernels::onednn::version(), "convolutions and matrix products"},
      check_sndfile(problems),
      check_ffmpeg(problems),
      {"soxr", audio::soxr_version(), "resampling"},
      check_fluidsynth(problems),
      check_soundfont(problems),
      {"libzip", io::zip_version(), ".pth and .npz files"},
      {"snappy", io::snappy_version(), "TensorFlow bundles"},
      {"libpng", train::png_version(), "pictures in reports"},
      check_rsvg(problems),
      {"nlohmann-json",
       fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                   NLOHMANN_JSON_VERSION_PATCH),
       "JSON"},
      {"toml++", fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH), "configuration"},
      {"CLI11", CLI11_VERSION, "command line"},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100),
       "text"}};
}

}  // namespace sonograd::app::doctor
