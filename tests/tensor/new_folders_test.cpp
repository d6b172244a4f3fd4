#include "tensor/io/new_folders.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;

class NewFoldersTest : public testing::Test {
 protected:
  fs::path there_ = test::temporary_folder("new_folders"), inner_ = there_ / "a" / "b" / "c";
};

TEST_F(NewFoldersTest, EmptyOnesThatWereMissingGo) {
  {
    const NewFolders folders(inner_);
    EXPECT_FALSE(fs::exists(there_ / "a")) << "it makes none";
    fs::create_directories(inner_);
  }
  EXPECT_TRUE(fs::is_empty(there_));
  {
    const NewFolders folders(inner_);
    fs::create_directories(there_ / "a");
  }
  EXPECT_TRUE(fs::is_empty(there_)) << "the way was not made to its end";
}

TEST_F(NewFoldersTest, OnesThatWereThereOrContainSomethingStay) {
  fs::create_directories(there_ / "a");
  {
    const NewFolders folders(inner_);
    fs::create_directories(inner_);
  }
  EXPECT_TRUE(fs::is_empty(there_ / "a"));
  {
    const NewFolders folders(inner_);
    fs::create_directories(inner_);
    test::write_file(there_ / "a" / "b" / "file", "kept");
  }
  EXPECT_EQ(test::read_file(there_ / "a" / "b" / "file"), "kept");
  EXPECT_FALSE(fs::exists(inner_));
}

TEST_F(NewFoldersTest, AFileOfTheNameStays) {
  {
    const NewFolders folders(there_ / "a");
    test::write_file(there_ / "a", "kept");
  }
  EXPECT_EQ(test::read_file(there_ / "a"), "kept");
}

}  // namespace
}  // namespace sonograd::io
