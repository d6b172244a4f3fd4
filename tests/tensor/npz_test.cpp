// Archives of NumPy (tests/golden/make_bundle.py), and malformed ones.
#include "tensor/io/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include "tensor/io/read_error.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Npz, ReadsStoredAndDeflatedArraysInEitherOrder) {
  for (const char* file : {"small.npz", "compressed.npz"}) {
    SCOPED_TRACE(file);
    const NamedTensors arrays = read_npz(test::golden_path(concat("bundles/", file)));
    test::Lcg lcg(5);
    EXPECT_EQ(arrays.size(), 5u);
    EXPECT_EQ(arrays.at("weight").shape(), (Shape{2, 3}));
    for (const float value : arrays.at("weight").span<float>())
      EXPECT_EQ(value, static_cast<float>(lcg.next()));
    EXPECT_EQ(arrays.at("turned").shape(), (Shape{2, 3, 4}));
    for (const double value : arrays.at("turned").span<double>()) EXPECT_EQ(value, lcg.next());
    for (const float value : arrays.at("half").span<float>()) EXPECT_NEAR(value, lcg.next(), 3e-4);
    EXPECT_EQ(arrays.at("count").shape(), Shape{});
    EXPECT_EQ(arrays.at("count").span<std::int64_t>()[0], 7);
    EXPECT_EQ(arrays.at("none").shape(), (Shape{0, 2}));
  }
}

TEST(Npz, WrittenArraysAreReadAgain) {
  NamedTensors tensors;
  tensors.set("embeddings", Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3}));
  tensors.set("one", Tensor::from(std::vector<std::int64_t>{7}, {1}));
  tensors.set("scalar", Tensor::full(Shape{}, 0.5, DType::f64));
  const auto path = test::temporary_path("written.npz");
  write_npz(path, tensors);
  const NamedTensors read = read_npz(path);
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read.at("embeddings").shape(), (Shape{2, 3}));
  EXPECT_THAT(read.at("embeddings").span<float>(), testing::ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(read.at("one").span<std::int64_t>()[0], 7);
  EXPECT_EQ(read.at("scalar").item(), 0.5);
  tensors.set("half", Tensor::zeros({1}, DType::bf16));
  EXPECT_THROW(write_npz(path, tensors), DTypeError);
}

std::filesystem::path archive_with(const std::string& content, const char* name = "a.npy",
                                   int method = ZIP_CM_DEFLATE) {
  const auto path = test::temporary_path("archive.npz");
  zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  zip_source_t* const source = zip_source_buffer(archive, content.data(), content.size(), 0);
  const auto index = static_cast<zip_uint64_t>(zip_file_add(archive, name, source, 0));
  zip_set_file_compression(archive, index, method, 0);
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

std::string npy(const std::string& header, const std::string& data, char version = 1) {
  const auto length = static_cast<std::uint16_t>(header.size());
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
  if (version > 1) bytes += std::string(2, '\0');
  return bytes + header + data;
}

TEST(Npz, ReadsEveryVersionOfTheHeader) {
  for (const char version : {1, 2, 3}) {
    const NamedTensors arrays = read_npz(
        archive_with(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }   \n", "ab", version)));
    EXPECT_EQ(arrays.at("a").span<std::uint8_t>()[1], 'b') << static_cast<int>(version);
  }
}

TEST(Npz, RefusesMalformedArrays) {
  const std::string sound = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", data(8, '\0');
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"not an array", "expected an array of NumPy"},
      {npy(sound, data, 4), "version 4 of .npy: expected 1 to 3"},
      {npy(sound, data + "x"), "expected 8 bytes for [2], got 9"},
      {npy(sound, "x"), "expected 8 bytes for [2], got 1"},
      {npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", data),
       "element type '>f4': expected one of"},
      {npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", data), "element type '|O'"},
      {npy("{'descr': '<f4', 'fortran_order': No, 'shape': (2,)}", data), "expected True or False"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", data), "expected extents from 0 on"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", data),
       "expected extents"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", data),
       "expected 4000000000000 bytes"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4,)}", data), "a.npy: "},
      {npy("{'descr': '<f4', 'fortran_order': False}", data), "expected descr, fortran_order and shape"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", data), "a key 'more'"},
      {npy(sound + "x", data), "text behind its dictionary"},
      {npy("{'descr", data), "a text has no end"},
      {npy("[]", data), "expected '{'"},
      {std::string("\x93NUMPY\x01\x00\xff\xff{", 11), "ends early"}};
  for (const auto& [content, reason] : cases) {
    const auto path = archive_with(content);
    EXPECT_THAT([&] { read_npz(path); }, ThrowsMessage<FormatError>(HasSubstr(reason))) << content;
    EXPECT_THAT([&] { read_npz(path); },
                ThrowsMessage<FormatError>(HasSubstr(concat(path.string(), ": zip entry a.npy: "))));
  }
}

TEST(Npz, RefusesOtherArchivesAndBombs) {
  EXPECT_THAT([] { read_npz(archive_with("x", "a.txt")); },
              ThrowsMessage<FormatError>(HasSubstr("has no .npy file")));
  EXPECT_THAT([] { read_npz(archive_with(std::string(std::size_t{80} << 20, '\0'))); },
              ThrowsMessage<FormatError>(HasSubstr("the size of all entries is 83886080, at most")));
  EXPECT_THROW(read_npz(test::write_file("text.npz", "text")), FormatError);
  EXPECT_THROW(read_npz(test::temporary_path("none.npz")), ReadError);
}

TEST(Npz, AFlippedByteIsFoundOrChangesNothing) {
  const std::string sound = test::read_file(test::golden_path("bundles/compressed.npz"));
  for (std::size_t i = 0; i < sound.size(); ++i) {
    std::string damaged = sound;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    try {
      read_npz(test::write_file("damaged.npz", damaged));
    } catch (const FormatError&) {
      continue;
    }
  }
}

}  // namespace
}  // namespace sonograd::io
