// The order of the folders: every #include "..." of the tree against the layer table of docs/architecture.md.
#include <algorithm>
#include <filesystem>
#include <fstream>
// std::regex under the sanitizers: g++ 12 warns about reads before writes in it.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>

namespace {

namespace fs = std::filesystem;

using Rooms = std::map<std::string, std::set<std::string>>;

// A folder and the folders that it may include, with everything that they may include. Each may include `include`, the headers
// for other programs.
const Rooms kLayers = {
    {"include", {}},
    {"tensor", {}},
    {"kernels", {"tensor"}},
    {"autograd", {"kernels", "tensor"}},
    {"layers", {"autograd", "kernels", "tensor"}},
    {"audio", {"kernels", "tensor"}},
    {"models", {"layers", "autograd", "audio", "kernels", "tensor"}},
    {"train", {"models", "layers", "autograd", "audio", "kernels", "tensor"}},
    {"bench", {"train", "models", "layers", "autograd", "audio", "kernels", "tensor", "tests"}},
    {"app", {"bench", "train", "models", "layers", "autograd", "audio", "kernels", "tensor"}},
    {"docs", {}},
    {"tests",
     {"docs", "app", "bench", "train", "models", "layers", "autograd", "audio", "kernels", "tensor"}},
    {"examples", {"app", "bench", "train", "models", "layers", "autograd", "audio", "kernels", "tensor"}},
};

// Rooms inside a folder, and the rooms of the same folder that they may include. A folder itself is the room of its own files.
const Rooms kRooms = {
    {"tensor/support", {}},
    {"tensor/device", {"tensor/support"}},
    {"tensor", {"tensor/support", "tensor/device"}},
    {"tensor/io", {"tensor/support", "tensor/device", "tensor"}},
    {"models/core", {}},
    {"models/fronts", {"models/core"}},
    {"models/backs", {"models/core"}},
    {"models/taggers", {"models/core", "models/fronts", "models/backs"}},
    {"models/tagging", {"models/core"}},
    {"models/verify", {"models/core"}},
    {"models/explain", {"models/core", "models/backs", "models/tagging"}},
    {"train/config", {}},
    {"train/data", {"train/config"}},
    {"train/optim", {"train/config", "train/data"}},
    {"train/eval", {"train/config", "train/data"}},
    {"train/recommend", {"train/data"}},
    {"train/transfer", {"train/config", "train/data", "train/eval"}},
    {"train/run", {"train/config", "train/data", "train/optim", "train/eval"}},
    {"train/pictures", {}},
    {"train/report",
     {"train/config", "train/data", "train/optim", "train/eval", "train/run", "train/pictures"}},
    {"audio", {}},
    {"audio/synth", {"audio"}},
    {"app/terminal", {}},
    {"app/completion", {}},
    {"app/doctor", {"app/terminal"}},
    {"app/options", {"app/terminal", "app/doctor"}},
    {"app/commands", {"app/terminal", "app/options", "app/doctor", "app/completion"}},
    {"app", {"app/terminal", "app/commands"}},
};

struct Include {
  std::string file;  // relative to the root
  std::string target;
  bool quoted;
};

std::vector<fs::path> all_sources() {
  const std::set<std::string> endings = {".h", ".cpp", ".cu", ".cuh"};
  std::vector<fs::path> sources;
  for (const auto& [layer, below] : kLayers) {
    const fs::path folder = fs::path(SONOGRAD_SOURCE_DIR) / layer;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (endings.contains(entry.path().extension().string())) sources.push_back(entry.path());
    }
  }
  return sources;
}

std::vector<Include> all_includes() {
  const std::regex pattern(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<Include> includes;
  for (const fs::path& source : all_sources()) {
    std::ifstream in(source);
    for (std::string line; std::getline(in, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, pattern)) continue;
      includes.push_back(
          {fs::relative(source, SONOGRAD_SOURCE_DIR).generic_string(), match[2], match[1] == "\""});
    }
  }
  return includes;
}

std::string first_folder(const std::string& path) {
  return path.substr(0, path.find('/'));
}

TEST(Layering, IncludesOnlyPointDownwards) {
  const auto includes = all_includes();
  ASSERT_GT(includes.size(), 200u) << "the tree was not found";
  for (const Include& include : includes) {
    if (!include.quoted) continue;
    const std::string from = first_folder(include.file);
    const std::string to = first_folder(include.target);
    ASSERT_TRUE(kLayers.contains(to)) << include.file << " includes \"" << include.target
                                      << "\": paths start at the root of the repository";
    EXPECT_TRUE(from == to || to == "include" || kLayers.at(from).contains(to))
        << include.file << " includes " << include.target << ", but " << from << " may not use " << to;
  }
}

// The room of a path like `train/data/split.h`; empty for folders without rooms.
std::string room(const std::string& path) {
  const std::string name = path.substr(0, path.rfind('/'));
  const std::string second = path.substr(0, path.find('/', path.find('/') + 1));
  return kRooms.contains(second) ? second : kRooms.contains(name) ? name : "";
}

TEST(Layering, RoomsOfAFolderHaveAnOrder) {
  for (const Include& include : all_includes()) {
    const std::string from = room(include.file), to = room(include.target);
    if (!include.quoted || from.empty() || to.empty() || from == to) continue;
    if (first_folder(from) != first_folder(to)) continue;
    if (include.file == "audio/libraries.cpp")
      continue;  // the versions of all libraries, that of synth's, too
    EXPECT_TRUE(kRooms.at(from).contains(to))
        << include.file << " includes " << include.target << ", but " << from << " may not use " << to;
  }
  for (const std::string folder : {"tensor", "audio", "models", "train", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SONOGRAD_SOURCE_DIR) / folder)) {
      if (!entry.is_regular_file() || entry.path().filename() == "CMakeLists.txt") continue;
      const std::string path = fs::relative(entry.path(), SONOGRAD_SOURCE_DIR).generic_string();
      EXPECT_NE(room(path), "") << path << " is in no room of " << folder;
    }
  }
}

// The room of kernels/ that a file is in: `core`, `simt`, `onednn`, `vendor`, an op, or `fused/` and a fused op.
std::string kernel_room(const std::string& path) {
  const std::string rest = path.substr(path.find('/') + 1);
  const std::size_t begin = rest.starts_with("fused/") ? rest.find('/') + 1 : 0;
  return rest.substr(0, rest.find('/', begin));
}

// Removes the rooms that use no remaining room, until none is left; those that are left are in a circle, or use one that is.
Rooms in_circles(Rooms below) {
  const auto is_free = [&](const std::string& room) { return !below.contains(room); };
  while (std::erase_if(below, [&](const auto& room) { return std::ranges::all_of(room.second, is_free); })) {
  }
  return below;
}

// core < simt, onednn < ops < fused ops. An op's table lists the rows of vendor, which read the op's problem. Ops may use one
// another, and so may fused ops, but not in a circle.
TEST(Layering, RoomsOfTheKernelsHaveAnOrder) {
  const Rooms fixed = {{"core", {}}, {"simt", {"core"}}, {"onednn", {"core"}}};
  Rooms ops_below;
  for (const Include& include : all_includes()) {
    if (!include.quoted || first_folder(include.file) != "kernels") continue;
    if (first_folder(include.target) != "kernels") continue;
    const std::string from = kernel_room(include.file), to = kernel_room(include.target);
    if (from == to) continue;
    const std::string message = include.file + " includes " + include.target;
    EXPECT_TRUE(!to.starts_with("fused") || from.starts_with("fused") || from == "vendor") << message;
    EXPECT_TRUE(!fixed.contains(from) || fixed.at(from).contains(to)) << message;
    EXPECT_TRUE(to != "onednn" || from != "vendor") << message;
    if (to != "vendor" && from != "vendor" && !fixed.contains(to)) ops_below[from].insert(to);
  }
  ASSERT_TRUE(std::ranges::any_of(ops_below, [](const auto& op) { return op.first.starts_with("fused/"); }))
      << "the kernels were not found";
  for (const auto& [op, below] : in_circles(ops_below))
    ADD_FAILURE() << "kernels/" << op << " is in a circle of includes";
}

TEST(Layering, ACircleOfRoomsIsFound) {
  EXPECT_TRUE(in_circles({{"a", {"b", "c"}}, {"b", {"c"}}}).empty());
  const Rooms circle = {{"fused/a", {"fused/b"}}, {"fused/b", {"fused/a"}}};
  EXPECT_EQ(in_circles({{"fused/a", {"fused/b"}}, {"fused/b", {"fused/a"}}, {"c", {"d"}}}), circle);
}

// The device language is on top of its two targets, which see nothing of it but descriptions, and not each other.
TEST(Layering, TargetsOfTheDeviceLanguageAreApart) {
  const std::string simt = "kernels/simt/";
  const std::set<std::string> descriptions = {simt + "place.h", simt + "tile_layout.h"};
  std::set<std::string> targets;
  for (const Include& include : all_includes()) {
    const std::size_t end = include.file.rfind('/');
    if (!include.file.starts_with(simt) || end < simt.size()) continue;
    const std::string target = include.file.substr(0, end + 1);
    targets.insert(target);
    EXPECT_TRUE(!include.target.starts_with(simt) || include.target.starts_with(target) ||
                descriptions.contains(include.target))
        << include.file << " includes " << include.target;
  }
  EXPECT_EQ(targets, (std::set<std::string>{simt + "cuda/", simt + "emulator/"}));
}

TEST(Layering, HeadersForOtherProgramsIncludeNoneOfOurs) {
  std::size_t headers = 0;
  for (const Include& include : all_includes()) {
    if (first_folder(include.file) != "include") continue;
    ++headers;
    EXPECT_FALSE(include.quoted) << include.file << " includes \"" << include.target << '"';
    const bool is_ours = include.target.find('/') != std::string::npos;
    EXPECT_TRUE(!is_ours || include.target.starts_with("sonograd/"))
        << include.file << " includes " << include.target;
    EXPECT_FALSE(include.target.ends_with(".hpp")) << include.file << " includes " << include.target;
  }
  EXPECT_GT(headers, 5u);
}

TEST(Layering, HeadersOfModelsIncludeNoJson) {
  for (const Include& include : all_includes()) {
    if (first_folder(include.file) != "models" || !include.file.ends_with(".h")) continue;
    EXPECT_FALSE(include.target.starts_with("nlohmann/")) << include.file;
  }
}

TEST(Layering, LibrariesStayInTheirRooms) {
  // A header of a library, and the only places that may include it.
  const std::vector<std::pair<std::regex, std::regex>> rooms = {
      {std::regex("cuda_runtime.*"), std::regex("(tensor/device|kernels/simt|tests/tensor)/.*")},
      {std::regex("boost/context/.*|cooperative_groups.*"), std::regex("kernels/simt/.*")},
      {std::regex("(cudnn|cublas|cufft).*"), std::regex("kernels/(vendor/.*|.*_(cudnn|cublas|cufft)\\.cpp)")},
      {std::regex("oneapi/dnnl/.*"), std::regex("(kernels/onednn|app/doctor.*)/.*")},
      {std::regex("zip\\.h"), std::regex("(tensor/io|tests/tensor|tests/app)/.*")},
      {std::regex("snappy.*"), std::regex("(tensor/io|app/doctor.*)/.*")},
      {std::regex("nlohmann/.*"), std::regex("(tensor/io|models|train|bench|app|tests)/.*")},
      {std::regex("sndfile\\.h.*|soxr\\.h|fluidsynth\\.h"), std::regex("(audio|tests/audio|tests/app)/.*")},
      {std::regex("png\\.h|librsvg/.*"), std::regex("(train/pictures|tests/train)/.*")},
      {std::regex("CLI/.*"), std::regex("app/.*")},
      {std::regex("fmt/.*"), std::regex("(train|bench|app|tests|examples)/.*")},
  };
  for (const Include& include : all_includes()) {
    for (const auto& [header, allowed] : rooms) {
      if (!std::regex_match(include.target, header)) continue;
      EXPECT_TRUE(std::regex_match(include.file, allowed)) << include.file << " includes " << include.target;
    }
  }
}

TEST(Layering, NoFileIsACentralList) {
  constexpr int kMaxLines = 400;
  for (const fs::path& source : all_sources()) {
    std::ifstream in(source);
    const auto lines = std::count(std::istreambuf_iterator<char>(in), {}, '\n');
    EXPECT_LE(lines, kMaxLines) << source;
  }
}

}  // namespace
