#include "tensor/io/sha256.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "tensor/io/read_error.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

std::string hash_of(std::string_view text) {
  Sha256 hash;
  hash.add(std::as_bytes(std::span(text)));
  return hash.digest();
}

// Examples of FIPS 180-4, published by NIST.
TEST(Sha256, EqualsThePublishedExamples) {
  EXPECT_EQ(hash_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash_of(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnTheParts) {
  for (const std::size_t size : {1, 54, 55, 56, 57, 63, 64, 65, 127, 128, 129}) {
    const std::string text(size, 'x');
    Sha256 parts;
    for (std::size_t at = 0; at < size; at += 7)
      parts.add(std::as_bytes(std::span(std::string_view(text).substr(at, 7))));
    EXPECT_EQ(parts.digest(), hash_of(text)) << size;
  }
}

TEST(Sha256, OfAFile) {
  const auto file = test::write_file("hashed.bin", std::string(1000000, 'a'));
  EXPECT_EQ(sha256_of_file(file), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  std::filesystem::remove(file);
  EXPECT_THROW(sha256_of_file(file), ReadError);
}

}  // namespace
}  // namespace sonograd::io
