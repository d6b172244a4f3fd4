// Output on terminals: tables and bars that fit into their width, and no escape sequences where TERM is dumb.
#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/support/files.h"
#include "tests/support/model_files.h"
#include "tests/train/clip_files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// All output of `stream` of the command on a terminal of that width.
std::string on_terminal(const std::vector<std::string>& arguments, int stream, unsigned short columns,
                        const char* term = "xterm") {
  const int controller = posix_openpt(O_RDWR | O_NOCTTY);
  EXPECT_GE(controller, 0);
  EXPECT_EQ(grantpt(controller) | unlockpt(controller), 0);
  const int terminal = open(ptsname(controller), O_RDWR | O_NOCTTY);
  EXPECT_GE(terminal, 0);
  const winsize window = {.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  EXPECT_EQ(ioctl(terminal, TIOCSWINSZ, &window), 0);
  std::string text;
  {
    test::BackgroundRun run(arguments, [=] {
      setenv("TERM", term, 1);
      dup2(terminal, stream);
      close(terminal);
      close(controller);
    });
    close(terminal);
    char block[4096];
    for (ssize_t n = 0; (n = read(controller, block, sizeof block)) > 0;)
      text.append(block, static_cast<std::size_t>(n));
    EXPECT_EQ(run.result().exit_code, 0) << text;
  }
  close(controller);
  return text;
}

// Characters between the ends of lines and returns to their beginning, without the sequence that erases a line.
std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0, width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' || text[i] == '\n') width = 0;
    if (text.compare(i, 3, "\033[K") == 0) {
      i += 2;
    } else if (text[i] != '\r' && text[i] != '\n' && (text[i] & 0xC0) != 0x80) {
      widest = std::max(widest, ++width);
    }
  }
  return widest;
}

std::string table_of_models(const std::string& text) {
  return text.substr(0, text.find("\n\n"));
}

TEST(Terminal, TablesAreAsWideAsIt) {
  const std::string whole = table_of_models(test::run_sonograd({"models"}).out);
  ASSERT_GT(widest_line(whole), 100u);
  EXPECT_THAT(whole, Not(HasSubstr("…"))) << "a pipe gets everything";
  std::string fitted = on_terminal({"models"}, STDOUT_FILENO, 90);
  std::erase(fitted, '\r');
  fitted = table_of_models(fitted);
  EXPECT_EQ(widest_line(fitted), 90u) << fitted;
  EXPECT_THAT(fitted, HasSubstr("…\n"));
  EXPECT_EQ(std::ranges::count(fitted, '\n'), std::ranges::count(whole, '\n')) << "no row is lost";
  std::string wide = on_terminal({"models"}, STDOUT_FILENO, 400);
  std::erase(wide, '\r');
  EXPECT_EQ(table_of_models(wide), whole);
}

std::vector<std::string> tag_many() {
  static const fs::path song =
      train::write_sine(test::temporary_folder("terminal") / "song.wav", 440, 30 * train::kTestRate);
  std::vector<std::string> arguments = {"tag", test::small_model_file(), "--threads", "1", "--format", "tsv"};
  arguments.insert(arguments.end(), 60, song);
  return arguments;
}

TEST(Terminal, BarsDoNotWrap) {
  const std::string text = on_terminal(tag_many(), STDERR_FILENO, 40);
  ASSERT_THAT(text, HasSubstr("\r\033[K"));
  EXPECT_LT(widest_line(text), 40u) << text;
  EXPECT_THAT(text, HasSubstr("/60 files"));
  EXPECT_THAT(on_terminal(tag_many(), STDERR_FILENO, 120), HasSubstr("####"));
}

TEST(Terminal, ADumbOneGetsNoEscapeSequences) {
  EXPECT_THAT(on_terminal(tag_many(), STDERR_FILENO, 40, "dumb"), Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace sonograd
