// Checkpoint bundles of TensorFlow (tests/golden/make_bundle.py), whole, damaged and hostile.
#include "tensor/io/tensorflow_bundle.h"

#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "tensor/io/crc32c.h"
#include "tensor/io/leveldb_table.h"
#include "tensor/io/read_error.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

using Files = std::map<std::string, std::string>;

Files types_bundle() {
  Files files;
  for (const char* name : {"model.index", "model.data-00000-of-00002", "model.data-00001-of-00002"}) {
    std::string there = name;
    files[name] =
        test::read_file(test::golden_path(concat("bundles/types/", there.replace(0, 5, "model.ckpt-7"))));
  }
  return files;
}

NamedTensors read_files(const Files& files) {
  return read_tensorflow_bundle("model", [&](const std::string& name) {
    const auto found = files.find(name);
    if (found == files.end()) throw ReadError(concat(name, ": cannot read"));
    return std::as_bytes(std::span(found->second));
  });
}

std::string bytes_of(const NamedTensors& tensors) {
  std::string all;
  for (const auto& [name, tensor] : tensors)
    all += concat(name, tensor.shape(), name_of(tensor.dtype()),
                  std::string_view(static_cast<const char*>(tensor.view().pointer), tensor.bytes()));
  return all;
}

std::string little_endian(std::uint32_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

TEST(Crc32c, OfTheStandard) {
  // RFC 3720, B.4, and the check value of the polynomial.
  EXPECT_EQ(crc32c(std::as_bytes(std::span<const char>("123456789", 9))), 0xe3069283u);
  EXPECT_EQ(crc32c(std::vector<std::byte>(32)), 0x8a9136aau);
  const std::vector<std::byte> ones(32, std::byte{0xff});
  EXPECT_EQ(crc32c(ones), 0x62a8ab43u);
  EXPECT_EQ(crc32c(std::span(ones).last(20), crc32c(std::span(ones).first(12))), 0x62a8ab43u);
}

TEST(TensorFlowBundle, ReadsEveryElementTypeFromTwoDataFiles) {
  const NamedTensors tensors = read_tensorflow_bundle(test::golden_path("bundles/types/model.ckpt-7.index"));
  test::Lcg lcg(1);
  const auto next = [&] { return 100 * lcg.next(); };
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("a/b1", "a/f2", "a/f4", "a/f8", "a/i1", "a/i2", "a/i4", "a/i8", "a/u1",
                                 "empty", "layers/bf16"));
  for (const std::uint8_t value : tensors.at("a/b1").span<std::uint8_t>()) EXPECT_EQ(value, next() != 0);
  EXPECT_EQ(tensors.at("a/f2").shape(), (Shape{2, 3}));
  for (const float value : tensors.at("a/f2").span<float>()) EXPECT_NEAR(value, next(), 0.02);
  EXPECT_EQ(tensors.at("a/f4").shape(), (Shape{2, 1, 3}));
  for (const float value : tensors.at("a/f4").span<float>()) EXPECT_EQ(value, static_cast<float>(next()));
  EXPECT_EQ(tensors.at("a/f8").shape(), Shape{});
  EXPECT_EQ(tensors.at("a/f8").span<double>()[0], next());
  for (const std::int16_t value : tensors.at("a/i1").span<std::int16_t>())
    EXPECT_EQ(value, static_cast<std::int16_t>(next()));
  for (const std::int16_t value : tensors.at("a/i2").span<std::int16_t>())
    EXPECT_EQ(value, static_cast<std::int16_t>(next()));
  EXPECT_EQ(tensors.at("a/i4").span<std::int32_t>()[0], static_cast<std::int32_t>(next()));
  EXPECT_EQ(tensors.at("a/i8").span<std::int64_t>()[0], static_cast<std::int64_t>(next()));
  for (const std::uint8_t value : tensors.at("a/u1").span<std::uint8_t>())
    EXPECT_EQ(value, static_cast<std::uint8_t>(static_cast<int>(next())));
  EXPECT_EQ(tensors.at("empty").shape(), (Shape{0, 5}));
  EXPECT_THAT(tensors.at("layers/bf16").to(DType::f32).span<float>(), ElementsAre(1.5f, -2.0f));
}

TEST(TensorFlowBundle, StateOfAnOptimiserIsLeftOut) {
  const NamedTensors all = read_tensorflow_bundle(test::golden_path("bundles/MTT_small/.index"));
  const NamedTensors weights = without_optimizer(all);
  EXPECT_EQ(all.size(), weights.size() + 4);
  EXPECT_FALSE(weights.contains("dense_1/kernel/Adam_1"));
  EXPECT_FALSE(weights.contains("beta1_power"));
  EXPECT_TRUE(weights.contains("dense_1/kernel"));
}

// A flipped bit anywhere is found, unless it is in a byte without a meaning, which changes nothing.
TEST(TensorFlowBundle, AFlippedBitIsFound) {
  const Files sound = types_bundle();
  const std::string expected = bytes_of(read_files(sound));
  for (const auto& [file, content] : sound) {
    std::size_t unseen = 0;
    for (std::size_t bit = 0; bit < 8 * content.size(); ++bit) {
      Files damaged = sound;
      damaged[file][bit / 8] = static_cast<char>(damaged[file][bit / 8] ^ (1 << bit % 8));
      try {
        EXPECT_EQ(bytes_of(read_files(damaged)), expected) << file << " bit " << bit;
        ++unseen;
      } catch (const FormatError& error) {
        EXPECT_TRUE(std::string_view(error.what()).starts_with("model.index: ")) << error.what();
        EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos);
      }
    }
    // The place of other blocks and the padding of the footer; the block of other blocks; the text, which is passed over.
    EXPECT_LT(unseen, file == "model.index" ? 8 * 60u : 8 * 7u) << file;
  }
}

TEST(TensorFlowBundle, AFileThatIsCutShortIsRefused) {
  const Files sound = types_bundle();
  for (const auto& [file, content] : sound) {
    for (std::size_t length = 0; length < content.size(); ++length) {
      Files cut = sound;
      cut[file].resize(length);
      // The bytes of the text at the end of a data file are not read.
      if (file != "model.index" && length + 6 >= content.size()) continue;
      EXPECT_THROW(read_files(cut), FormatError) << file << " of " << length;
    }
  }
}

TEST(TensorFlowBundle, ErrorsNameFileVariableAndExpectation) {
  Files files = types_bundle();
  files["model.data-00001-of-00002"][3] ^= 1;
  EXPECT_THAT([&] { read_files(files); },
              ThrowsMessage<FormatError>(
                  HasSubstr("model.index: index of blocks: block at byte 0: variable "
                            "'a/f2': model.data-00001-of-00002: the checksum does not match")));
  files = types_bundle();
  files["model.data-00000-of-00002"].resize(2);
  EXPECT_THAT(
      [&] { read_files(files); },
      ThrowsMessage<FormatError>(HasSubstr("'a/b1': model.data-00000-of-00002: the end of its bytes is 3, at "
                                           "most 2 is possible")));
  files = types_bundle();
  files.erase("model.data-00001-of-00002");
  EXPECT_THAT([&] { read_files(files); },
              ThrowsMessage<ReadError>(HasSubstr("model.data-00001-of-00002: cannot read")));
  files["model.index"] = "PK\x03\x04 and so on";
  EXPECT_THAT([&] { read_files(files); },
              ThrowsMessage<FormatError>(HasSubstr("model.index: expected a LevelDB table, got 14 bytes")));
  files["model.index"].assign(100, 'x');
  EXPECT_THAT([&] { read_files(files); }, ThrowsMessage<FormatError>(HasSubstr("model.index: ")));
  EXPECT_THROW(read_tensorflow_bundle(test::golden_path("bundles/none.index")), ReadError);
}

std::string number(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string entry(std::string_view added, std::string_view value, std::uint64_t shared = 0) {
  return concat(number(shared), number(added.size()), number(value.size()), added, value);
}

std::string block(const std::string& entries, char compression = 0) {
  std::string content = entries + little_endian(0) + little_endian(1) + compression;
  return content + little_endian(masked(crc32c(std::as_bytes(std::span(content)))));
}

std::string table(const std::string& block_of_entries, const std::string& index_entries) {
  const std::string index = block(index_entries);
  std::string footer =
      concat(number(0), number(0), number(block_of_entries.size()), number(index.size() - 5));
  footer.resize(40);
  return concat(block_of_entries, index, footer, "\x57\xfb\x80\x8b\x24\x75\x47\xdb");
}

// A table of one block with these entries behind the header.
std::string index_of(const std::string& entries) {
  const std::string data = block(entry("", "\x08\x01") + entries);
  return table(data, entry("z", number(0) + number(data.size() - 5)));
}

TEST(TensorFlowBundle, RefusesHostileContents) {
  const auto error_of = [](const std::string& index, const std::string& data = "") {
    try {
      read_files({{"model.index", index}, {"model.data-00000-of-00001", data}});
    } catch (const FormatError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  const auto variable = [&](const std::string& proto) {
    return error_of(index_of(entry("v", proto)), "1234");
  };
  const std::string four_bytes =
      "\x28\x04\x35" + little_endian(masked(crc32c(std::as_bytes(std::span<const char>("1234", 4)))));
  const std::string extent_one = "\x12\x04\x12\x02\x08\x01";
  EXPECT_EQ(variable("\x08\x01" + extent_one + four_bytes), "nothing") << "a sound one";
  EXPECT_THAT(variable("\x08\x14" + extent_one + four_bytes), HasSubstr("'v': element type 20"));
  EXPECT_THAT(variable("\x08\x01\x18\x01" + four_bytes), HasSubstr("data file 1: expected one below 1"));
  EXPECT_THAT(variable("\x08\x01\x20\x01" + four_bytes), HasSubstr("the end of its bytes is 5, at most 4"));
  EXPECT_THAT(variable("\x08\x01\x20" + number(~0ull) + four_bytes), HasSubstr("the end of its bytes"));
  EXPECT_THAT(variable("\x08\x02" + extent_one + four_bytes), HasSubstr("expected 8 bytes for [1], got 4"));
  EXPECT_THAT(variable("\x08\x01\x12\x0c\x12\x0a\x08" + number(1ull << 62) + four_bytes), HasSubstr("'v': "));
  EXPECT_THAT(variable("\x08\x01\x12\x0d\x12\x0b\x08" + number(~0ull) + four_bytes), HasSubstr("an extent"));
  EXPECT_THAT(variable("\x08\x01\x12\x02\x18\x01" + four_bytes), HasSubstr("unknown rank"));
  EXPECT_THAT(variable("\x08\x01\x3a\x01x" + four_bytes), HasSubstr("divided into slices"));
  EXPECT_THAT(variable("\x08\x01\x12\x7f"), HasSubstr("ends early"));
  EXPECT_THAT(variable("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), HasSubstr("more than 64 bits"));
  EXPECT_THAT(variable("\x0b"), HasSubstr("wire type 3"));

  // Tables.
  const std::string tensor = "\x08\x01" + extent_one + four_bytes;
  EXPECT_THAT(error_of(index_of(entry("v", tensor) + entry("v", tensor))), HasSubstr("'v': "));
  EXPECT_THAT(error_of(index_of(entry("v", tensor) + entry("a", tensor)), "1234"), HasSubstr("not in order"));
  EXPECT_THAT(error_of(index_of(entry("v", tensor, 9)), "1234"), HasSubstr("shares more than"));
  EXPECT_THAT(error_of(index_of(entry(std::string(2000, 'k'), tensor)), "1234"),
              HasSubstr("the length of a key"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += entry(concat("k", 100 + i), tensor);
  EXPECT_THAT(error_of(index_of(many), "1234"), HasSubstr("the size of all variables is 4, at most 0"))
      << "tensors of the same bytes take no more memory than the file";
  const std::string data = block(entry("", "\x08\x01"));
  const std::string place = number(0) + number(data.size() - 5);
  EXPECT_THAT(error_of(table(data, entry("a", place) + entry("b", place))), HasSubstr("overlaps"));
  EXPECT_THAT(error_of(table(data, entry("a", number(0) + number(1 << 30)))),
              HasSubstr("the end of a block"));
  EXPECT_THAT(error_of(table(block("", 7), entry("a", number(0) + number(8)))), HasSubstr("compression 7"));
  EXPECT_THAT(error_of(table(block("\xff\xff\xff\xff\x0f", 1), entry("a", number(0) + number(13)))),
              HasSubstr("the size of a block"))
      << "4 GiB in a few bytes";
  EXPECT_THAT(error_of(table(block("\x05", 1), entry("a", number(0) + number(9)))),
              HasSubstr("damaged compression"));
  EXPECT_THAT(error_of(table("", "")),
              HasSubstr("expected the header of a checkpoint bundle, got an empty table"));
  EXPECT_THAT(error_of(table(block(entry("v", tensor)),
                             entry("z", number(0) + number(block(entry("v", tensor)).size() - 5)))),
              HasSubstr("expected the header"));
}

}  // namespace
}  // namespace sonograd::io
