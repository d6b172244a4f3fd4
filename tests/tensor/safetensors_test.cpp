#include "tensor/io/safetensors.h"

#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/io/pth.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::array kDTypes = {DType::f32, DType::f64, DType::bf16, DType::i16,
                                DType::i32, DType::i64, DType::u8};

Tensor counting(const Shape& shape, DType dtype) {
  const Tensor tensor = Tensor::empty(shape);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) tensor.data<float>()[i] = static_cast<float>(i + 1);
  return tensor.to(dtype);
}

std::vector<std::string> names_of(const NamedTensors& tensors) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors) names.push_back(name);
  return names;
}

void expect_equal(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.shape(), expected.shape());
  ASSERT_EQ(actual.dtype(), expected.dtype());
  EXPECT_EQ(std::memcmp(actual.view().pointer, expected.view().pointer, expected.bytes()), 0);
}

// The bytes of a file with this header and so many bytes of data.
std::string file_of(std::string_view header, std::size_t data_size = 0) {
  const std::uint64_t length = header.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof(length));
  bytes += header;
  return bytes + std::string(data_size, '\1');
}

TensorFile read_bytes(std::string_view bytes) {
  return read_safetensors(test::write_file("bytes.safetensors", bytes));
}

TEST(Safetensors, RoundTripsEveryType) {
  TensorFile file;
  for (const DType dtype : kDTypes) file.tensors.set(concat("a.", name_of(dtype)), counting({2, 3}, dtype));
  file.tensors.set("scalar", Tensor::full({}, 2.5));
  file.tensors.set("empty", Tensor::zeros({3, 0, 2}));
  file.metadata = {{"labels", "[\"Ünïcode\", \"\\\"quoted\\\"\"]"}, {"arch", "fcn"}};
  const std::string path = test::temporary_path("round_trip.safetensors");
  write_safetensors(path, file);
  const TensorFile back = read_safetensors(path);
  EXPECT_EQ(back.metadata, file.metadata);
  EXPECT_EQ(names_of(back.tensors), names_of(file.tensors));
  for (const auto& [name, tensor] : file.tensors) expect_equal(back.tensors.at(name), tensor);
}

TEST(Safetensors, RoundTripsNoTensors) {
  const std::string path = test::temporary_path("none.safetensors");
  write_safetensors(path, {});
  EXPECT_TRUE(read_safetensors(path).tensors.empty());
}

TEST(Safetensors, EqualContentsGiveEqualBytes) {
  const std::string a = test::temporary_path("a.safetensors");
  const std::string b = test::temporary_path("b.safetensors");
  write_safetensors(a, {{{"w", counting({7}, DType::f32)}}, {{"y", "2"}, {"x", "1"}}});
  write_safetensors(b, {{{"w", counting({7}, DType::f32)}}, {{"x", "1"}, {"y", "2"}}});
  EXPECT_EQ(test::read_file(a), test::read_file(b));
}

TEST(Safetensors, DataStartAligned) {
  const std::string path = test::temporary_path("aligned.safetensors");
  write_safetensors(path, {{{"w", counting({5}, DType::f32)}}, {}});
  EXPECT_EQ((test::read_file(path).size() - 5 * sizeof(float)) % 64, 0u);
  const auto address = reinterpret_cast<std::uintptr_t>(read_safetensors(path).tensors.at("w").data<float>());
  EXPECT_EQ(address % 64, 0u);
}

// The types that a .pth file has, too, come as the same DType from both.
TEST(Safetensors, WidensTypesThatHaveNoDType) {
  const std::string header = R"({"b":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]},)"
                             R"("h":{"dtype":"F16","shape":[7],"data_offsets":[3,17]},)"
                             R"("i":{"dtype":"I8","shape":[2],"data_offsets":[17,19]},)"
                             R"("none":{"dtype":"F16","shape":[0,4],"data_offsets":[19,19]}})";
  // 1, -2, largest, smallest normal, smallest subnormal, infinity, negative zero
  constexpr std::uint16_t kHalves[] = {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0x8000};
  std::string data("\x00\x01\x02", 3);
  data.append(reinterpret_cast<const char*>(kHalves), sizeof(kHalves));
  data += "\x7f\x80";
  const NamedTensors tensors = read_bytes(file_of(header) + data).tensors;
  EXPECT_THAT(tensors.at("b").span<std::uint8_t>(), testing::ElementsAre(0, 1, 1));
  EXPECT_THAT(tensors.at("i").span<std::int16_t>(), testing::ElementsAre(127, -128));
  EXPECT_EQ(tensors.at("none").dtype(), DType::f32);
  const auto halves = tensors.at("h").span<float>();
  EXPECT_THAT(halves, testing::ElementsAre(1.0f, -2.0f, 65504.0f, 0x1p-14f, 0x1p-24f, HUGE_VALF, -0.0f));
  EXPECT_TRUE(std::signbit(halves[6]));
}

TEST(Safetensors, ReadsUnalignedData) {
  const TensorFile file = read_bytes(file_of(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                             R"("f":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}})",
                                             9));
  const Tensor tensor = file.tensors.at("f");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data<float>()) % alignof(float), 0u);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(tensor.data<float>()[1]), 0x01010101u);
}

TEST(Safetensors, TensorsOutliveTheFileAndItsReplacement) {
  const std::string path = test::temporary_path("replaced.safetensors");
  write_safetensors(path, {{{"w", counting({1000}, DType::f32)}}, {}});
  const Tensor tensor = read_safetensors(path).tensors.at("w");
  write_safetensors(path, {});
  expect_equal(tensor, counting({1000}, DType::f32));
}

TEST(Safetensors, AreKnownByTheirFirstBytesWhateverTheirName) {
  const auto path = test::temporary_path("any.ckpt");
  write_safetensors(path, {{{"w", counting({5}, DType::f32)}}, {}});
  EXPECT_TRUE(begins_as_safetensors(path));
  write_pth(path, {{"w", counting({5}, DType::f32)}});
  EXPECT_FALSE(begins_as_safetensors(path));
  for (const std::string& other :
       {std::string(), std::string("{"), std::string("no weights at all"),
        std::string("\xFF\0\0\0\0\0\0\0[", 9), std::string("\xFF\0\0\0\0\0\0\1{", 9)}) {
    test::write_file(path, other);
    EXPECT_FALSE(begins_as_safetensors(path)) << other;
  }
}

TEST(Safetensors, OrderIsThatOfTheData) {
  const TensorFile file = read_bytes(file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},)"
                                             R"("z":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                                             2));
  EXPECT_EQ(names_of(file.tensors), (std::vector<std::string>{"z", "a"}));
}

// With work that grows as the square of their number, these would take hours.
TEST(Safetensors, ReadsManyTensorsAndFindsTheOneThatComesTwice) {
  constexpr std::size_t kCount = 200'000;
  const auto entry = [](std::size_t number) {
    return concat("\"t", number, R"(":{"dtype":"U8","shape":[1],"data_offsets":[)", number, ',', number + 1,
                  "]}");
  };
  std::string header = "{" + entry(0);
  for (std::size_t i = 1; i < kCount; ++i) header += ',' + entry(i);
  const TensorFile file = read_bytes(file_of(header + "}", kCount));
  EXPECT_EQ(file.tensors.size(), kCount);
  EXPECT_EQ(file.tensors.begin()[kCount - 1].first, "t199999");
  const std::string twice = file_of(header + ',' + entry(100'000) + "}", kCount);
  EXPECT_THAT([&] { read_bytes(twice); },
              ThrowsMessage<FormatError>(HasSubstr(R"(the header names "t100000" twice)")));
}

struct Malformed {
  const char* why;
  std::string bytes;
};

std::string one_tensor(std::string_view fields, std::size_t data_size = 4) {
  return file_of(concat(R"({"w":{)", fields, "}}"), data_size);
}

std::string bytes_of_length(std::uint64_t length) {
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + "{}";
}

TEST(Safetensors, RefusesMalformedHeaders) {
  const std::string deep(100'000, '[');
  const std::vector<Malformed> cases = {
      {"empty file", ""},
      {"half a length", "\1\0\0"},
      {"header past the end", bytes_of_length(3)},
      {"header above the cap", bytes_of_length(kMaxSafetensorsHeader + 1)},
      {"header of 2^64 bytes", bytes_of_length(~std::uint64_t{0})},
      {"no header", file_of("")},
      {"not an object", file_of("[]")},
      {"leading space", file_of(" {}")},
      {"truncated JSON", file_of(R"({"w":)")},
      {"text after the object", file_of("{} x")},
      {"comment", file_of("{/**/}")},
      {"bad UTF-8", file_of("{\"\xff\":1}")},
      {"deep nesting", file_of(R"({"w":)" + deep)},
      {"tensor is a number", file_of(R"({"w":1})")},
      {"tensor twice", file_of(R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                               R"("w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})")},
      {"key twice", one_tensor(R"("dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4])")},
      {"extra key", one_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0)")},
      {"no dtype", one_tensor(R"("type":"F32","shape":[1],"data_offsets":[0,4])")},
      {"dtype is a number", one_tensor(R"("dtype":32,"shape":[1],"data_offsets":[0,4])")},
      {"quarter precision", one_tensor(R"("dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4])")},
      {"half precision of half the size", one_tensor(R"("dtype":"F16","shape":[1],"data_offsets":[0,4])")},
      {"unknown dtype", one_tensor(R"("dtype":"f32","shape":[1],"data_offsets":[0,4])")},
      {"shape is a number", one_tensor(R"("dtype":"F32","shape":1,"data_offsets":[0,4])")},
      {"negative extent", one_tensor(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])")},
      {"fractional extent", one_tensor(R"("dtype":"F32","shape":[1.0],"data_offsets":[0,4])")},
      {"extent beyond 63 bits",
       one_tensor(R"("dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4])")},
      {"size overflow", one_tensor(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4])")},
      {"too many axes", one_tensor(R"("dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4])")},
      {"one offset", one_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0])")},
      {"negative offset", one_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[-4,0])")},
      {"end before begin", one_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,0])")},
      {"size unlike the shape", one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])")},
      {"data past the end", one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])")},
      {"hole at the start", one_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])", 8)},
      {"bytes of no tensor", one_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])", 5)},
      {"overlap", file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                          R"("b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                          3)},
      {"metadata is a list", file_of(R"({"__metadata__":[]})")},
      {"metadata value is a number", file_of(R"({"__metadata__":{"a":1}})")},
  };
  for (const auto& [why, bytes] : cases) EXPECT_THROW(read_bytes(bytes), FormatError) << why;
}

TEST(Safetensors, ErrorsNameFileTensorAndType) {
  EXPECT_THAT([] { read_bytes(one_tensor(R"("dtype":"F8_E5M2","shape":[4],"data_offsets":[0,4])")); },
              ThrowsMessage<FormatError>(
                  AllOf(HasSubstr("bytes.safetensors"), HasSubstr("'w'"), HasSubstr("F8_E5M2"))));
}

TEST(Safetensors, RefusesEveryTruncation) {
  const std::string path = test::temporary_path("whole.safetensors");
  write_safetensors(path,
                    {{{"w", counting({2, 3}, DType::f32)}, {"n", counting({}, DType::i64)}}, {{"k", "v"}}});
  const std::string bytes = test::read_file(path);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read_bytes(std::string_view(bytes).substr(0, size)), FormatError) << size;
  }
}

TEST(Safetensors, DamagedBytesAreAnErrorOrOtherData) {
  const std::string path = test::temporary_path("damaged.safetensors");
  write_safetensors(path,
                    {{{"w", counting({2, 3}, DType::f32)}, {"n", counting({}, DType::i64)}}, {{"k", "v"}}});
  const std::string bytes = test::read_file(path);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
    try {
      EXPECT_LE(read_bytes(damaged).tensors.size(), 2u);
    } catch (const FormatError&) {
      continue;
    }
  }
}

TEST(Safetensors, RefusesToWriteWhatCannotBeRead) {
  const std::string path = test::temporary_path("refused.safetensors");
  EXPECT_THROW(write_safetensors(path, {{{"\xff", Tensor::zeros({1})}}, {}}), FormatError);
  EXPECT_THROW(write_safetensors(path, {{{"__metadata__", Tensor::zeros({1})}}, {}}), FormatError);
  EXPECT_THROW(write_safetensors(path, {{{"undefined", Tensor()}}, {}}), FormatError);
  EXPECT_THROW(write_safetensors(path, {{}, {{"key", "\xc3"}}}), FormatError);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Safetensors, MissingFileIsAnIoError) {
  EXPECT_THROW(read_safetensors(test::temporary_path("missing.safetensors")), IoError);
  EXPECT_THROW(read_safetensors(testing::TempDir()), IoError);
}

}  // namespace
}  // namespace sonograd::io
