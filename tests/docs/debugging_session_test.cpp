// The debugging session of docs/cuda-without-a-gpu.md: its block fenced as `gdb` begins with the command line that starts gdb;
// then come prompts with commands, and the answers.
#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sstream>

#include "tensor/support/error.h"
#include "tests/docs/page.h"
#include "tests/support/files.h"

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

struct Session {
  std::string command_line, typed, answers;
};

Session session_of(const std::string& text) {
  constexpr std::string_view kShell = "$ ", kPrompt = "(gdb) ";
  Session session;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kShell)) {
      session.command_line = line.substr(kShell.size());
    } else if (line.starts_with(kPrompt)) {
      session.typed += line.substr(kPrompt.size()) + '\n';
    } else {
      session.answers += line + '\n';
    }
  }
  return session;
}

TEST(DebuggingSession, GoesAsThePageSays) {
  // gdb leaves its list of commands at the first one that fails.
  if (std::system("LC_ALL=C gdb -nx -batch -ex starti -ex stepi -ex continue /bin/true 2>&1 | "
                  "grep -q 'exited normally'") != 0) {
    GTEST_SKIP() << "there is no gdb, or it cannot step through /bin/true on this machine";
  }
  const auto blocks = fenced_blocks(SONOGRAD_SOURCE_DIR "/docs/cuda-without-a-gpu.md");
  const auto block = std::ranges::find(blocks, "gdb", &Block::language);
  ASSERT_NE(block, blocks.end());
  Session session = session_of(block->text);

  // The page's build folder is this one; the prompts come from a file.
  const fs::path folder = test::temporary_folder("debugging_session");
  fs::create_directories(folder / "build");
  fs::create_directory_symlink(SONOGRAD_BINARY_DIR, folder / "build/cpu");
  const fs::path typed = test::write_file(folder / "typed.gdb", session.typed);
  const std::size_t gdb = session.command_line.find("gdb ");
  ASSERT_NE(gdb, std::string::npos);
  session.command_line.insert(gdb + 4, concat("-nx -batch -x '", typed.string(), "' "));

  std::string printed = run_shell(folder, session.command_line + '\n');
  std::ranges::replace(printed, '\t', ' ');
  expect_lines(session.answers, printed);
}

}  // namespace
}  // namespace sonograd::docs
