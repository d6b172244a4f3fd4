// Completion scripts and the manual page, as the real binary prints them.
#include <cstdlib>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/app/run_sonograd.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using test::run_sonograd;

// Words that bash offers for a command line with an incomplete last word.
std::string complete_in_bash(const std::string& line) {
  const auto script = run_sonograd({"completion", "bash"});
  EXPECT_EQ(script.exit_code, 0);
  const auto file = test::write_file("sonograd.bash", script.out);
  const auto out = test::temporary_path("offered");
  const auto program = test::write_file(
      "complete.bash", "source '" + file.string() + "'\nCOMP_WORDS=(" + line +
                           ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_sonograd\necho \"${COMPREPLY[*]}\"\n");
  EXPECT_EQ(std::system(("bash '" + program.string() + "' > '" + out.string() + "'").c_str()), 0) << line;
  return test::read_file(out);
}

TEST(Completion, BashCompletesCommandsOptionsAndValues) {
  EXPECT_EQ(complete_in_bash("sonograd eval"), "evaluate\n");
  EXPECT_EQ(complete_in_bash("sonograd bench k"), "kernels\n");
  EXPECT_EQ(complete_in_bash("sonograd tag --thr"), "--threshold --threads\n");
  EXPECT_EQ(complete_in_bash("sonograd bench compare --noi"), "--noise\n");
  EXPECT_EQ(complete_in_bash("sonograd evaluate run --format c"), "csv\n");
  EXPECT_EQ(complete_in_bash("sonograd tag run song"), "\n") << "files are bash's own job";
}

TEST(Completion, CompletesNetworksDevicesAndKernels) {
  EXPECT_EQ(complete_in_bash("sonograd train --arch short_chunk_cnn_"), "short_chunk_cnn_res\n");
  EXPECT_EQ(complete_in_bash("sonograd models fcn4"), "fcn4\n");
  EXPECT_EQ(complete_in_bash("sonograd tag --device em"), "emulated\n");
  EXPECT_EQ(complete_in_bash("sonograd evaluate --kernel avg_pool_forward=ref"),
            "avg_pool_forward=reference\n");
  EXPECT_EQ(complete_in_bash("sonograd evaluate --kernel avg_pool_forward = ref"), "reference\n")
      << "bash takes = as a word of its own";
  EXPECT_EQ(complete_in_bash("sonograd evaluate run --format = c"), "csv\n");
  EXPECT_EQ(complete_in_bash("sonograd bench kernels clip_"), "clip_factor\n");
  EXPECT_EQ(complete_in_bash("sonograd train --set optim.l"), "optim.l1= optim.lr=\n");
  EXPECT_EQ(complete_in_bash("sonograd convert --set front_end.sample_r"), "front_end.sample_rate=\n");
  EXPECT_EQ(complete_in_bash("sonograd convert --set optim."), "\n");
  EXPECT_EQ(complete_in_bash("sonograd tag run song --threshold f"), "fitted\n");
  EXPECT_EQ(complete_in_bash("sonograd completion z"), "zsh\n");
  EXPECT_EQ(complete_in_bash("sonograd data prepare esc"), "esc10 esc50\n");
}

TEST(Completion, OtherShellsKnowTheSameCommandsAndOptions) {
  for (const char* shell : {"zsh", "fish"}) {
    const auto script = run_sonograd({"completion", shell});
    EXPECT_EQ(script.exit_code, 0);
    for (const char* word : {"evaluate", "kernels", "threshold", "noise", "table csv tsv"}) {
      EXPECT_NE(script.out.find(word), std::string::npos) << shell << ": " << word;
    }
    if (std::system((std::string(shell) + " -c true 2> /dev/null").c_str()) != 0) continue;
    const auto file = test::write_file("script", script.out);
    EXPECT_EQ(std::system((std::string(shell) + " -n '" + file.string() + "'").c_str()), 0) << shell;
  }
  EXPECT_EQ(run_sonograd({"completion", "tcsh"}).exit_code, 2);
}

TEST(ManualPage, HasEverySectionEveryCommandAndNoStrayRequests) {
  const auto page = run_sonograd({"man"});
  ASSERT_EQ(page.exit_code, 0);
  for (const char* text : {".TH SONOGRAD 1", ".SH NAME", ".SH SYNOPSIS", ".SH COMMANDS", ".SH EXIT STATUS",
                           ".SH EXAMPLES", ".SH ENVIRONMENT", "SONOGRAD_TRAIN_THREADS", "XDG_CACHE_HOME",
                           ".SS \\fBbench compare\\fR", ".SS \\fBtag\\fR", "\\fB\\-\\-threshold\\fR"}) {
    EXPECT_NE(page.out.find(text), std::string::npos) << text;
  }
  std::istringstream lines(page.out);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('.') && !line.starts_with('\'')) continue;
    const std::string request = line.substr(0, 3);
    EXPECT_TRUE(request == ".TH" || request == ".SH" || request == ".SS" || request == ".TP" ||
                request == ".PP")
        << line;
  }
}

TEST(ManualPage, ManAcceptsIt) {
  if (std::system("man --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "there is no man on this machine";
  const auto file = test::write_file("sonograd.1", run_sonograd({"man"}).out);
  const auto warnings = test::temporary_path("man-warnings");
  const std::string command = "LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l '" + file.string() +
                              "' 2> '" + warnings.string() + "' > /dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(test::read_file(warnings), "");
}

}  // namespace
}  // namespace sonograd
