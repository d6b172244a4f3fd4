#include "tensor/io/tar.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <span>
#include <string>

#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Tar, IsReadByTar) {
  const std::string contents(700, 'x');
  std::string archive = text_of(tar_header("a.pcm16", contents.size())) + contents +
                        std::string(tar_padding(contents.size()), '\0') +
                        text_of(tar_header(std::string(kMaxTarName, 'k'), 0)) + std::string(kTarEnd, '\0');
  EXPECT_EQ(archive.size(), tar_entry_bytes(700) + tar_entry_bytes(0) + kTarEnd);
  const auto file = test::write_file("archive.tar", archive);
  const auto out = test::temporary_path("archive.txt");
  const std::string command = "TZ=UTC tar -tvf '" + file.string() + "' > '" + out.string() +
                              "' 2>&1 && tar -xOf '" + file.string() + "' a.pcm16 >> '" + out.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const std::string listing = test::read_file(out);
  EXPECT_NE(listing.find("-rw-r--r-- 0/0             700 2000-01-01 00:00 a.pcm16\n"), std::string::npos)
      << listing;
  EXPECT_TRUE(listing.ends_with("\n" + contents)) << listing;
}

TEST(Tar, RefusesWhatAHeaderCannotHold) {
  EXPECT_THROW(tar_header("", 0), ConfigError);
  EXPECT_THROW(tar_header(std::string(kMaxTarName + 1, 'k'), 0), ConfigError);
  EXPECT_THROW(tar_header("a", std::uint64_t{1} << 33), ConfigError);
  EXPECT_NO_THROW(tar_header("a", (std::uint64_t{1} << 33) - 1));
}

}  // namespace
}  // namespace sonograd::io
