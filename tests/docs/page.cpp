#include "tests/docs/page.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::docs {

namespace fs = std::filesystem;

std::vector<Block> fenced_blocks(const fs::path& page) {
  std::vector<Block> blocks;
  std::ifstream in(page);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      if (!inside) blocks.push_back({line.substr(3), ""});
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + '\n';
    }
  }
  return blocks;
}

std::string run_shell(const fs::path& folder, const std::string& commands) {
  const fs::path script = test::write_file(folder / "commands.sh", commands);
  const fs::path output = folder / "output.txt";
  const std::string path = concat(fs::path(SONOGRAD_BINARY).parent_path().string(), ':', std::getenv("PATH"));
  const std::string line =
      concat("cd '", folder.string(), "' && LC_ALL=C HOME='", folder.string(), "' XDG_CACHE_HOME='",
             (folder / "cache").string(), "' PATH='", path, "' bash -euo pipefail '", script.string(), "' >'",
             output.string(), "' 2>&1");
  const int status = std::system(line.c_str());
  std::string printed = test::read_file(output);
  EXPECT_EQ(status, 0) << "the commands\n" << commands << "failed and printed\n" << printed;
  return printed;
}

void expect_lines(const std::string& expected, const std::string& printed) {
  std::size_t at = 0;
  std::istringstream lines(expected);
  for (std::string line; std::getline(lines, line);) {
    for (std::size_t begin = 0; begin <= line.size();) {
      const std::size_t end = std::min(line.find("...", begin), line.size());
      std::string piece = line.substr(begin, end - begin);
      piece.erase(0, piece.find_first_not_of(' '));
      piece.erase(piece.find_last_not_of(' ') + 1);
      const std::size_t found = printed.find(piece, at);
      ASSERT_NE(found, std::string::npos) << "'" << piece << "' is not, in this place, in\n" << printed;
      at = found + piece.size();
      begin = end + 3;
    }
  }
}

}  // namespace sonograd::docs
