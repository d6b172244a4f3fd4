// Inputs of reports from outside, which are kept beside the sources and not in them: a folder each with `repro.sh`, run here as it
// is. Tests with inputs of their own check the same kinds of fault everywhere: threads_test, data_check_test, labels_table_test,
// streams_test, two_at_once_test, convert_test, decode_test and command_line_test.
#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tensor/support/text.h"
#include "tests/app/run_sonograd.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SharedCases : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(test::shared_path("cases")))
      GTEST_SKIP() << "no folder " << test::shared_path("cases") << "; set SONOGRAD_SHARED";
    if (std::system("bash -c 'python3 -c pass' > /dev/null 2>&1") != 0)
      GTEST_SKIP() << "the scripts of the cases need bash and python3";
  }

  /// Both outputs of the script of a case, which works in `folder_`.
  std::string run(const std::string& name) {
    const fs::path script = test::shared_path("cases") / name / "repro.sh";
    EXPECT_TRUE(fs::exists(script)) << script;
    setenv("S", SONOGRAD_BINARY, 1);
    setenv("W", folder_.c_str(), 1);
    setenv("XDG_CACHE_HOME", test::cache_home().c_str(), 1);
    const fs::path out = test::temporary_path("output of the case");
    const std::string command = "bash '" + script.string() + "' > '" + out.string() + "' 2>&1";
    EXPECT_NE(std::system(command.c_str()), -1);
    return test::read_file(out);
  }

  /// The lines of `tag --json` in the output.
  static std::vector<json> scores_in(const std::string& output) {
    std::vector<json> lines;
    for (const std::string_view line : text_lines(output)) {
      if (line.starts_with('{')) lines.push_back(json::parse(line));
    }
    return lines;
  }

  void expect_seconds(const std::string& output, const std::vector<double>& seconds) const {
    const std::vector<json> lines = scores_in(output);
    ASSERT_EQ(lines.size(), seconds.size()) << output;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(lines[i]["status"], "ok") << output;
      EXPECT_FALSE(lines[i].contains("warning")) << output;
      EXPECT_NEAR(lines[i]["seconds"].get<double>(), seconds[i], 0.1) << output;
    }
  }

  fs::path folder_ = test::temporary_folder("case");
};

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

TEST_F(SharedCases, ThreadLimit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers start threads of their own";
#endif
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  fs::permissions(folder_.parent_path(), fs::perms::others_read | fs::perms::others_exec,
                  fs::perm_options::add);
  const std::string as_other = "setpriv --reuid 65534 --regid 65534 --clear-groups ";
  if (std::system((as_other + "test -r '" + folder_.string() + "'").c_str()) != 0)
    GTEST_SKIP() << "another user cannot read " << folder_ << "; set TMPDIR";
  // The script gives a command 15 seconds, which may be too few on a busy machine.
  const char* const inherited = std::getenv("PATH");
  const std::string path = inherited == nullptr ? "/usr/bin:/bin" : inherited;
  const fs::path patient = test::temporary_folder("patient");
  test::write_file(patient / "timeout",
                   "#!/bin/bash\nPATH='" + path + "'\nexec timeout -s KILL 300 \"${@:4}\"\n");
  fs::permissions(patient / "timeout", fs::perms::owner_all);
  setenv("PATH", (patient.string() + ":" + path).c_str(), 1);
  const std::string output = run("01-thread-limit-hang");
  setenv("PATH", path.c_str(), 1);
  if (output.find("exit 126") != std::string::npos) GTEST_SKIP() << "another user cannot run the binary here";
  EXPECT_EQ(times_in(output, ": exit 0") + times_in(output, ": exit 1 "), 3u) << output;
}

TEST_F(SharedCases, QuotedCellsOfASpreadsheet) {
  EXPECT_THAT(run("02-excel-quoted-cells"), AllOf(HasSubstr("\nrock "), HasSubstr("\nvoice "),
                                                  HasSubstr("clips 10"), Not(HasSubstr("\n\""))));
}

TEST_F(SharedCases, ALabelWithABlank) {
  const std::string output = run("03-label-with-space");
  EXPECT_EQ(times_in("\n" + output, "\nrock"), 1u) << output;
  EXPECT_THAT(output, HasSubstr("clips 20"));
}

TEST_F(SharedCases, AnMp3InAWav) {
  const std::string output = run("04-mp3-in-wav");
  expect_seconds(output, {0.73, 1.43});
  EXPECT_THAT(output, HasSubstr("exit 0"));
}

TEST_F(SharedCases, JoinedMp3Files) {
  expect_seconds(run("05-joined-mp3"), {2.4, 2.4});
}

TEST_F(SharedCases, TwoResumesOfOneRun) {
  const std::string output = run("06-two-resumes");
  if (!fs::exists(folder_ / "run" / "metrics.jsonl"))
    GTEST_SKIP() << "no epoch ended in the two seconds that the script gives the run";
  EXPECT_THAT(output, AllOf(HasSubstr("(40 epochs): 40\n0\n"), HasSubstr(": exit 0")));
  // Where one of them began after the other had ended, both end well.
  EXPECT_EQ(times_in(output, ": exit 0") + times_in(output, ": exit 2"), 2u) << output;
  EXPECT_EQ(times_in(output, ": exit 2"), times_in(output, "in use by process")) << output;
}

TEST_F(SharedCases, HalfPrecisionInSafetensors) {
  EXPECT_THAT(run("07-safetensors-f16"), HasSubstr("exit 0"));
}

TEST_F(SharedCases, AacBehindATag) {
  const std::vector<json> lines = scores_in(run("08-aac-behind-id3"));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["status"], lines[1]["status"]);
  if (lines[0]["status"] == "ok") {
    EXPECT_EQ(lines[0]["tags"], lines[1]["tags"]);
    return;
  }
  for (const json& line : lines) EXPECT_THAT(line["error"].get<std::string>(), HasSubstr("install ffmpeg"));
}

TEST_F(SharedCases, HiddenFolders) {
  EXPECT_THAT(run("09-hidden-folders"),
              AllOf(HasSubstr("\nrock "), HasSubstr("clips 12 "), HasSubstr("unreadable 0"),
                    HasSubstr("exit 0"), Not(HasSubstr("ipynb")), Not(HasSubstr("MACOSX"))));
}

TEST_F(SharedCases, SmallOnes) {
  const std::string output = run("10-small-ones");
  EXPECT_THAT(output, AllOf(HasSubstr("threads = 0"), HasSubstr("exit 0"),
                            HasSubstr("--threshold: expected a number from 0 to 1"), HasSubstr("exit 2"),
                            HasSubstr("--top: expected a whole number from 1, got '0'")));
  EXPECT_LT(output.size(), 2000u) << output;
}

}  // namespace
}  // namespace sonograd
