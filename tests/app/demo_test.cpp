// `scripts/demo`, up to where it would install packages.
#include <cstdlib>
#include <gtest/gtest.h>

#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;

TEST(Demo, TheFolderIsRelativeToWhereItIsCalled) {
  const fs::path here = test::temporary_folder("demo");
  fs::create_directories(here / "mine");
  const std::string command =
      concat("cd '", here.string(), "' && '", SONOGRAD_SOURCE_DIR "/scripts/demo", "' mine 2> message");
  EXPECT_NE(std::system(command.c_str()), 0);
  const std::string message = test::read_file(here / "message");
  EXPECT_NE(message.find((here / "mine").string() + " exists"), std::string::npos) << message;
}

TEST(Demo, HelpStatesStepsAndTheirTimes) {
  const fs::path here = test::temporary_folder("demo_help");
  const std::string demo = concat("'", SONOGRAD_SOURCE_DIR "/scripts/demo", "'");
  EXPECT_EQ(std::system(concat("cd '", here.string(), "' && ", demo, " --help > help").c_str()), 0);
  const std::string help = test::read_file(here / "help");
  for (const char* part : {"usage: scripts/demo [FOLDER]", "first build", "minute"}) {
    EXPECT_NE(help.find(part), std::string::npos) << help;
  }
  EXPECT_NE(std::system(concat("cd '", here.string(), "' && ", demo, " --halp 2> message").c_str()), 0);
  EXPECT_NE(test::read_file(here / "message").find("usage:"), std::string::npos);
  EXPECT_FALSE(fs::exists(here / "--halp"));
}

}  // namespace
}  // namespace sonograd
