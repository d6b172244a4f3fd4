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

}  // namespace
}  // namespace sonograd
