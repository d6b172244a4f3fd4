#include "tensor/io/pth.h"

#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/io/zip_handle.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

using namespace std::literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

template <class T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string number(std::int32_t value) {
  return "J" + raw(std::vector{value});
}
std::string text(std::string_view value) {
  return "X" + raw(std::vector{static_cast<std::uint32_t>(value.size())}) + std::string(value);
}
std::string tuple(const std::vector<int>& values) {
  std::string items = "(";
  for (const int value : values) items += number(value);
  return items + "t";
}
std::string dict(const std::string& items) {
  return "}(" + items + "u";
}
std::string stream(const std::string& operations) {
  return "\x80\x02" + operations + ".";
}

struct Storage {
  std::string type = "FloatStorage";
  std::string key = "0";
  int count = 6;

  std::string pickled() const {
    return "(" + text("storage") + "ctorch\n" + type + "\n" + text(key) + text("cuda:0") + number(count) +
           "NtQ";
  }
};

std::string tensor(const Storage& storage, int offset, const std::vector<int>& sizes,
                   const std::vector<int>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage.pickled() + number(offset) + tuple(sizes) +
         tuple(strides) + "\x89}tR";
}

const std::string kHead = stream("\x8a\x0a\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19") + stream("M\xe9\x03") +
                          stream(dict(text("little_endian") + "\x88"));

std::string legacy(const std::string& object, const std::vector<std::string>& keys, const std::string& data) {
  std::string list = "](";
  for (const std::string& key : keys) list += text(key);
  return kHead + stream(object) + stream(list + "e") + data;
}

// One storage "0" of the numbers 0 to 5 behind `object`.
std::string legacy(const std::string& object) {
  return legacy(object, {"0"}, raw(std::vector<std::int64_t>{6}) + raw(std::vector<float>{0, 1, 2, 3, 4, 5}));
}

NamedTensors read_pth_bytes(std::string_view bytes, std::string_view prefix = {}) {
  return read_pth(test::write_file("bytes.pth", bytes), prefix);
}

const std::string kWeights = dict(text("w") + tensor({}, 0, {2, 3}, {3, 1}) + text("b") +
                                  tensor({}, 4, {2}, {1}) + text("s") + tensor({}, 5, {}, {}) + text("t") +
                                  tensor({}, 0, {3, 2}, {1, 3}) + text("skip") + tensor({}, 1, {3}, {2}));

TEST(PthLegacy, ViewsOfOneStorageBecomeDenseTensors) {
  const NamedTensors tensors = read_pth_bytes(legacy(kWeights));
  ASSERT_EQ(tensors.size(), 5u);
  EXPECT_THAT(tensors.at("w").span<float>(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(tensors.at("b").span<float>(), ElementsAre(4, 5));
  EXPECT_EQ(tensors.at("s").shape(), Shape());
  EXPECT_EQ(tensors.at("s").item(), 5.0);
  EXPECT_EQ(tensors.at("t").shape(), (Shape{3, 2}));
  EXPECT_THAT(tensors.at("t").span<float>(), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(tensors.at("skip").span<float>(), ElementsAre(1, 3, 5));
}

TEST(PthLegacy, ReadsEveryStorageClass) {
  const auto read = [](const std::string& type, int count, const std::string& elements) {
    const Storage storage = {type, "0", count};
    const std::string data = raw(std::vector<std::int64_t>{count}) + elements;
    return read_pth_bytes(legacy(dict(text("x") + tensor(storage, 0, {count}, {1})), {"0"}, data)).at("x");
  };
  EXPECT_THAT(read("DoubleStorage", 2, raw(std::vector{0.1, -2.0})).span<double>(), ElementsAre(0.1, -2.0));
  EXPECT_THAT(read("LongStorage", 1, raw(std::vector{std::int64_t{1} << 40})).span<std::int64_t>(),
              ElementsAre(std::int64_t{1} << 40));
  EXPECT_THAT(read("IntStorage", 1, raw(std::vector{-7})).span<std::int32_t>(), ElementsAre(-7));
  EXPECT_THAT(read("ShortStorage", 1, raw(std::vector<std::int16_t>{-7})).span<std::int16_t>(),
              ElementsAre(-7));
  EXPECT_THAT(read("ByteStorage", 2, "\x00\xff"s).span<std::uint8_t>(), ElementsAre(0, 255));
  EXPECT_THAT(read("CharStorage", 2, "\x7f\x80"s).span<std::int16_t>(), ElementsAre(127, -128));
  EXPECT_THAT(read("BoolStorage", 2, "\x00\x01"s).span<std::uint8_t>(), ElementsAre(0, 1));
  EXPECT_EQ(read("BFloat16Storage", 1, raw(std::vector{bf16(1.5f)})).item(), 1.5);
  // 1, -2, largest, smallest normal, smallest subnormal, infinity
  const std::vector<std::uint16_t> halves = {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00};
  EXPECT_THAT(read("HalfStorage", 6, raw(halves)).span<float>(),
              ElementsAre(1.0f, -2.0f, 65504.0f, 0x1p-14f, 0x1p-24f, HUGE_VALF));
}

TEST(PthLegacy, WalksNestedDictionariesAndPassesOverTheRest) {
  const std::string object =
      dict(text("epoch") + number(3) + text("list") + "](N\x88" + "e" + text("callbacks") +
           "cpytorch_lightning.callbacks\nModelCheckpoint\n" + text("state_dict") +
           dict(text("network.w") + tensor({}, 0, {6}, {1}) + text("teacher.w") + tensor({}, 0, {1}, {1})));
  const NamedTensors all = read_pth_bytes(legacy(object));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all.contains("state_dict.network.w"));
  const NamedTensors network = read_pth_bytes(legacy(object), "state_dict.network.");
  ASSERT_EQ(network.size(), 1u);
  EXPECT_EQ(network.at("w").numel(), 6);
}

TEST(PthLegacy, UnwrapsParameters) {
  const std::string parameter = "ctorch._utils\n_rebuild_parameter\n(" + tensor({}, 0, {6}, {1}) + "\x88}tR";
  EXPECT_EQ(read_pth_bytes(legacy(dict(text("w") + parameter))).at("w").numel(), 6);
}

TEST(PthLegacy, LastOfEqualNamesWins) {
  const std::string object = dict(text("w") + tensor({}, 0, {6}, {1}) + text("w") + tensor({}, 0, {2}, {1}));
  EXPECT_EQ(read_pth_bytes(legacy(object)).at("w").numel(), 2);
}

TEST(PthLegacy, RefusesMalformedFiles) {
  const auto one = [](const std::string& pickled) { return legacy(dict(text("w") + pickled)); };
  const std::string data = raw(std::vector<std::int64_t>{6}) + raw(std::vector<float>(6));
  const std::string object = dict(text("w") + tensor({}, 0, {6}, {1}));
  std::string nested = dict("");
  for (int i = 0; i < 100; ++i) nested = dict(text("a") + nested);
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"a git-LFS pointer", "version https://git-lfs.github.com/spec/v1\n"},
      {"another pickle", stream(number(1))},
      {"another protocol", stream("\x8a\x0a\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19") + stream("M\xe8\x03")},
      {"big-endian", stream("\x8a\x0a\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19") + stream("M\xe9\x03") +
                         stream(dict(text("little_endian") + "\x89"))},
      {"os.system", legacy("cos\nsystem\n(" + text("true") + "tR")},
      {"not a dictionary", legacy(tensor({}, 0, {6}, {1}))},
      {"deep nesting", legacy(nested)},
      {"tensor past its storage", one(tensor({}, 0, {7}, {1}))},
      {"offset past its storage", one(tensor({}, 6, {1}, {1}))},
      {"strides past its storage", one(tensor({}, 0, {2, 3}, {4, 1}))},
      {"negative offset", one(tensor({}, -1, {1}, {1}))},
      {"negative size", one(tensor({}, 0, {-1}, {1}))},
      {"negative stride", one(tensor({}, 5, {2}, {-1}))},
      {"more sizes than strides", one(tensor({}, 0, {2, 3}, {1}))},
      {"too many axes", one(tensor({}, 0, std::vector(9, 1), std::vector(9, 1)))},
      {"size overflow", one(tensor({}, 0, std::vector(8, 1 << 30), std::vector(8, 0)))},
      {"terabytes from six numbers", one(tensor({}, 0, {1 << 20, 1 << 20}, {0, 0}))},
      {"unknown storage class", one(tensor({"ComplexFloatStorage"}, 0, {1}, {1}))},
      {"negative storage", one(tensor({"FloatStorage", "0", -6}, 0, {1}, {1}))},
      {"storage of two sizes", legacy(dict(text("a") + tensor({}, 0, {1}, {1}) + text("b") +
                                           tensor({"FloatStorage", "0", 5}, 0, {1}, {1})))},
      {"huge storage", one(tensor({"FloatStorage", "0", 0x7fffffff}, 0, {1}, {1}))},
      {"storage not listed", legacy(object, {}, data)},
      {"storage listed twice", legacy(object, {"0", "0"}, data + data)},
      {"unknown storage listed", legacy(object, {"0", "1"}, data + data)},
      {"another count before the data",
       legacy(object, {"0"}, raw(std::vector<std::int64_t>{5}) + raw(std::vector<float>(5)))},
      {"negative count before the data", legacy(object, {"0"}, raw(std::vector<std::int64_t>{-1}))},
      {"bytes behind the data", legacy(object) + "x"},
  };
  for (const auto& [why, bytes] : cases) EXPECT_THROW(read_pth_bytes(bytes), FormatError) << why;
}

TEST(PthLegacy, SharedDictionariesDoNotExplode) {
  std::string object = "}q\0"s;  // each level holds the one before twice: 2^60 paths
  for (char level = 0; level < 60; ++level) {
    const std::string inner = "h"s + level;
    object += "}(" + text("a") + inner + text("b") + inner + "uq" + static_cast<char>(level + 1);
  }
  EXPECT_THAT([&] { read_pth_bytes(legacy(object, {}, "")); },
              ThrowsMessage<FormatError>(HasSubstr("entries")));
}

TEST(PthLegacy, RefusesEveryTruncation) {
  const std::string bytes = legacy(kWeights);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read_pth_bytes(std::string_view(bytes).substr(0, size)), FormatError) << size;
  }
}

TEST(PthLegacy, DamagedBytesAreAnErrorOrOtherData) {
  const std::string bytes = legacy(kWeights);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
    try {
      EXPECT_LE(read_pth_bytes(damaged).size(), 5u);
    } catch (const FormatError&) {
      continue;
    }
  }
}

TEST(PthLegacy, ErrorsNameFileAndTensor) {
  EXPECT_THAT([] { read_pth_bytes(legacy(dict(text("dense.weight") + tensor({}, 0, {7}, {1})))); },
              ThrowsMessage<FormatError>(AllOf(HasSubstr("bytes.pth"), HasSubstr("'dense.weight'"))));
}

NamedTensors every_type() {
  NamedTensors tensors;
  for (const DType dtype :
       {DType::f32, DType::f64, DType::bf16, DType::i16, DType::i32, DType::i64, DType::u8}) {
    tensors.set(concat("a.", name_of(dtype)), Tensor::full({2, 3}, 5, dtype));
  }
  tensors.set("scalar", Tensor::full({}, 2.5));
  tensors.set("empty", Tensor::zeros({3, 0, 2}));
  return tensors;
}

TEST(PthZip, RoundTripsEveryType) {
  const NamedTensors tensors = every_type();
  const std::string path = test::temporary_path("round_trip.pth");
  write_pth(path, tensors);
  const NamedTensors back = read_pth(path);
  ASSERT_EQ(back.size(), tensors.size());
  for (auto a = back.begin(), b = tensors.begin(); a != back.end(); ++a, ++b) {
    EXPECT_EQ(a->first, b->first);
    ASSERT_EQ(a->second.shape(), b->second.shape());
    ASSERT_EQ(a->second.dtype(), b->second.dtype());
    EXPECT_EQ(std::memcmp(a->second.view().pointer, b->second.view().pointer, b->second.bytes()), 0);
  }
}

TEST(PthZip, EqualTensorsGiveEqualBytes) {
  const std::string a = test::temporary_path("a.pth");
  const std::string b = test::temporary_path("b.pth");
  write_pth(a, every_type());
  write_pth(b, every_type());
  EXPECT_EQ(test::read_file(a), test::read_file(b));
}

TEST(PthZip, RefusesEveryTruncation) {
  const std::string path = test::temporary_path("whole.pth");
  write_pth(path, {{"w", Tensor::full({3}, 1)}});
  const std::string bytes = test::read_file(path);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read_pth_bytes(std::string_view(bytes).substr(0, size)), FormatError) << size;
  }
}

TEST(PthZip, ChecksumsCatchDamagedWeights) {
  const std::string path = test::temporary_path("damaged.pth");
  write_pth(path, {{"w", Tensor::full({3}, 1.25)}});
  std::string bytes = test::read_file(path);
  bytes.at(bytes.find(raw(std::vector{1.25f}))) ^= 1;
  EXPECT_THROW(read_pth_bytes(bytes), FormatError);
}

// A zip archive with these entries, written by libzip.
std::string archive_of(const std::vector<std::pair<std::string, std::string>>& entries,
                       int method = ZIP_CM_STORE) {
  const std::string path = test::temporary_path("archive.zip");
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : entries) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const auto index = static_cast<zip_uint64_t>(zip_file_add(archive, name.c_str(), source, 0));
    zip_set_file_compression(archive, index, method, 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return test::read_file(path);
}

const std::string kObject = stream(dict(text("w") + tensor({}, 0, {6}, {1})));
const std::string kData = raw(std::vector<float>{0, 1, 2, 3, 4, 5});

TEST(PthZip, ReadsAnyFolderName) {
  const NamedTensors tensors =
      read_pth_bytes(archive_of({{"my model/data.pkl", kObject}, {"my model/data/0", kData}}));
  EXPECT_THAT(tensors.at("w").span<float>(), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(PthZip, RefusesMalformedArchives) {
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"no object", archive_of({{"a/data/0", kData}})},
      {"no storage", archive_of({{"a/data.pkl", kObject}})},
      {"storage too short", archive_of({{"a/data.pkl", kObject}, {"a/data/0", kData.substr(1)}})},
      {"storage too long", archive_of({{"a/data.pkl", kObject}, {"a/data/0", kData + "x"}})},
      {"big-endian", archive_of({{"a/data.pkl", kObject}, {"a/data/0", kData}, {"a/byteorder", "big"}})},
      {"os.system", archive_of({{"a/data.pkl", stream("cos\nsystem\n.")}})},
      {"compressed, as a bomb would be",
       archive_of({{"a/data.pkl", kObject}, {"a/data/0", std::string(1 << 20, '\0')}}, ZIP_CM_DEFLATE)},
  };
  for (const auto& [why, bytes] : cases) EXPECT_THROW(read_pth_bytes(bytes), FormatError) << why;
}

// NumPy 2, Python 3 and later Lightning call the same things otherwise.
TEST(PthLegacy, PassesOverObjectsUnderAllTheNamesThatTheyHaveHad) {
  for (const char* name :
       {"numpy.core.multiarray\nscalar", "numpy._core.multiarray\nscalar",
        "numpy._core.multiarray\n_reconstruct", "numpy\nndarray", "builtins\nset",
        "pytorch_lightning.callbacks\nX", "lightning_fabric.utilities.data\nAttributeDict",
        "lightning.pytorch.utilities.parsing\nAttributeDict", "lightning_utilities.core.enums\nStrEnum",
        "torch\nfloat32", "torch.torch_version\nTorchVersion", "pathlib\nPosixPath"}) {
    const std::string other = text("other") + "c" + name + "\n)R";
    EXPECT_EQ(read_pth_bytes(legacy(dict(other + text("w") + tensor({}, 0, {6}, {1})))).size(), 1u) << name;
  }
  for (const char* name :
       {"os\nsystem", "numpy\nload", "builtins\neval", "pytorch_lightningx\nX", "torch\nload"}) {
    EXPECT_THAT([&] { read_pth_bytes(legacy(dict(text("w") + "c" + name + "\n)R"))); },
                ThrowsMessage<FormatError>(HasSubstr("not allowed in weights")))
        << name;
  }
}

/// An object as `__reduce_ex__` of protocol 2 writes it: made without arguments, then given its attributes. It is in slot
/// `slot` of the memo before they are set, so that they can refer to it.
std::string object(std::string_view type, char slot, const std::string& attributes) {
  return concat("c", type, "\n)\x81q", std::string(1, slot), dict(attributes), "b");
}

// A checkpoint of Lightning whose settings OmegaConf 2.3 holds, from the operations that torch.save writes for
// {"hyper_parameters": OmegaConf.create({"lr": 0.001, "layers": [1]}), "state_dict": {"model.w": tensor}}.
TEST(PthLegacy, SettingsOfOmegaConfAreOpaque) {
  const auto metadata = [](std::string_view type, const std::string& more) {
    return object(type, 90,
                  text("ref_type") + "ctyping\nAny\n" + text("object_type") + "c__builtin__\ndict\n" +
                      text("optional") + "\x88" + text("key") + "N" + text("flags") + "}" +
                      text("flags_root") + "\x89" + text("resolver_cache") +
                      "ccollections\ndefaultdict\nc__builtin__\ndict\n\x85R" + more);
  };
  const std::string container = "omegaconf.base\nContainerMetadata";
  const std::string types = text("key_type") + "ctyping\nAny\n" + text("element_type") + "ctyping\nAny\n";
  const auto node = [&](char parent, const std::string& value) {
    return object("omegaconf.nodes\nAnyNode", 91,
                  text("_metadata") + metadata("omegaconf.base\nMetadata", "") + text("_parent") + "h" +
                      std::string(1, parent) + text("_flags_cache") + "N" + text("_val") + value);
  };
  const std::string list = object("omegaconf.listconfig\nListConfig", 2,
                                  text("_metadata") + metadata(container, types) + text("_parent") + "h\x01" +
                                      text("_content") + "](" + node(2, "K\x01") + "e");
  const std::string settings =
      object("omegaconf.dictconfig\nDictConfig", 1,
             text("_metadata") + metadata(container, types) + text("_parent") + "N" + text("_content") +
                 dict(text("lr") + node(1, "G\x3F\x50\x62\x4D\xD2\xF1\xA9\xFC") + text("layers") + list));
  const std::string file = legacy(dict(text("hyper_parameters") + settings + text("state_dict") +
                                       dict(text("model.w") + tensor({}, 0, {6}, {1}))));
  const NamedTensors weights = read_pth_bytes(file);
  ASSERT_EQ(weights.size(), 1u);
  EXPECT_EQ(weights.at("state_dict.model.w").numel(), 6);

  // A class beside those of the packages is refused, wherever it is in the settings.
  for (const char* const name : {"omegaconf\nos", "omegaconfx.base\nMetadata", "typing\nget_type_hints",
                                 "builtins\ngetattr", "__builtin__\nexec", "__main__\nSettings"}) {
    const std::string other =
        legacy(dict(text("hyper_parameters") + "c" + name + "\n" + text("w") + tensor({}, 0, {6}, {1})));
    EXPECT_THAT([&] { read_pth_bytes(other); },
                ThrowsMessage<FormatError>(HasSubstr("not allowed in weights")))
        << name;
  }
}

// Each size, stride, offset and count of a tensor at its limit and beyond.
TEST(PthLegacy, EveryNumberIsCheckedAgainstTheFile) {
  const auto wide = [](std::int64_t value) { return "\x8a\x08" + raw(std::vector{value}); };
  const auto file = [&](std::int64_t count, std::int64_t offset, std::int64_t size, std::int64_t stride) {
    const std::string storage =
        "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + wide(count) + "NtQ";
    return legacy(dict(text("w") + "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + wide(offset) + "(" +
                       wide(size) + "t(" + wide(stride) + "t\x89}tR"));
  };
  EXPECT_EQ(read_pth_bytes(file(6, 0, 6, 1)).at("w").numel(), 6);
  EXPECT_EQ(read_pth_bytes(file(6, 5, 1, 1000)).at("w").item(), 5.0);
  EXPECT_EQ(read_pth_bytes(file(6, 5, 0, 1)).at("w").numel(), 0);
  for (const std::int64_t huge :
       {std::int64_t{-1}, std::int64_t{7}, std::int64_t{1} << 32, std::int64_t{1} << 61,
        std::int64_t{1'000'000'000'000}, INT64_MAX, INT64_MIN}) {
    EXPECT_THROW(read_pth_bytes(file(huge, 0, 6, 1)), FormatError) << huge;
    EXPECT_THROW(read_pth_bytes(file(6, huge, 6, 1)), FormatError) << huge;
    EXPECT_THROW(read_pth_bytes(file(6, 0, huge, 1)), FormatError) << huge;
    EXPECT_THROW(read_pth_bytes(file(6, 0, 6, huge)), FormatError) << huge;
    if (huge == 7) continue;  // one element seven times
    EXPECT_THROW(read_pth_bytes(file(6, 0, huge, 0)), FormatError) << huge;
  }
}

TEST(Pth, MissingFileIsAnIoError) {
  EXPECT_THROW(read_pth(test::temporary_path("missing.pth")), IoError);
  EXPECT_THROW(write_pth(test::temporary_path("missing/folder.pth"), {}), IoError);
}

}  // namespace
}  // namespace sonograd::io
