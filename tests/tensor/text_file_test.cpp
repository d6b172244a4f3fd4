#include "tensor/io/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tensor/io/read_error.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(TextFile, IsReadAsItIs) {
  const std::string text = std::string("a\0\r\n", 4) + std::string(200000, 'x');
  EXPECT_EQ(read_text_file(test::write_file("text", text)), text);
  EXPECT_EQ(read_text_file(test::write_file("empty", "")), "");
  EXPECT_THAT(read_text_file("/proc/self/status"), HasSubstr("Name:")) << "a file of size 0 that has text";
}

TEST(TextFile, NoMoreIsReadThanIsAllowed) {
  constexpr std::size_t kMost = 1 << 20;
  const auto too_long = ThrowsMessage<ReadError>(HasSubstr("expected at most 1 MiB of text, got more"));
  const fs::path file = test::write_file("limited", std::string(kMost, 'x'));
  EXPECT_EQ(read_text_file(file, kMost).size(), kMost);
  EXPECT_THAT([&] { read_text_file(file, kMost - 1); }, ThrowsMessage<ReadError>(HasSubstr("limited: ")));
  test::write_file("limited", std::string(kMost + 1, 'x'));
  EXPECT_THAT([&] { read_text_file(file, kMost); }, too_long);
  EXPECT_THAT([&] { read_text_file("/proc/self/status", 10); },
              ThrowsMessage<ReadError>(HasSubstr("got more")))
      << "a file of size 0 that has text";
}

TEST(TextFile, PipesDevicesAndFoldersAreRefusedAtOnce) {
  const fs::path pipe = test::temporary_folder("pipes") / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const fs::path& file :
       {pipe, fs::path("/dev/zero"), fs::path("/dev/urandom"), fs::path("/dev/null")}) {
    EXPECT_THAT([&] { read_text_file(file); },
                ThrowsMessage<ReadError>(AllOf(HasSubstr(file.string()), HasSubstr("not a regular file"))));
  }
  EXPECT_THAT([&] { read_text_file(pipe.parent_path()); }, ThrowsMessage<ReadError>(HasSubstr("directory")));
  EXPECT_THAT([&] { read_text_file(pipe.parent_path() / "absent"); },
              ThrowsMessage<ReadError>(AllOf(HasSubstr("absent: cannot read"), HasSubstr("No such file"))));
}

}  // namespace
}  // namespace sonograd::io
