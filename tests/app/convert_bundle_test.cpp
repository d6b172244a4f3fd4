// Weights of TensorFlow and NumPy on the command line (tests/golden/make_bundle.py).
#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zip.h>

#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tensor/io/tensorflow_bundle.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

using test::run_sonograd;

std::string bundles(const std::string& name) {
  return test::golden_path("bundles/" + name).string();
}

void expect_one_line(const test::RunResult& result, int exit_code, std::initializer_list<std::string> parts) {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  for (const std::string& part : parts)
    EXPECT_NE(result.err.find(part), std::string::npos) << part << "\n" << result.err;
}

TEST(ConvertBundle, ReadsAFolderItsIndexAndAWheel) {
  const auto folder = test::temporary_folder("bundle");
  std::vector<std::string> made;
  for (const std::string& in : {bundles("MTT_small"), bundles("MTT_small/.index"),
                                bundles("small-1.0-py3-none-any.whl") + "#MTT_small"}) {
    const auto out = folder / concat(made.size(), ".safetensors");
    const auto result = run_sonograd({"convert", in, out, "--licence", "ISC", "--verify"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.err.find("musicnn_tf"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("band_type float16"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("compression log10_scaled"), std::string::npos) << result.err;
    made.push_back(test::read_file(out));
  }
  EXPECT_EQ(made[0], made[1]);
  EXPECT_EQ(made[0], made[2]);
  const auto config =
      nlohmann::json::parse(io::read_safetensors(folder / "0.safetensors").metadata.at("config"));
  EXPECT_EQ(config["model"]["tail"], "drop");
  EXPECT_EQ(config["model"]["context"], 256);
  EXPECT_EQ(config["front_end"]["band_type"], "float16");

  const auto wheel = folder / "wheel.safetensors";
  ASSERT_EQ(run_sonograd({"convert", bundles("small-1.0-py3-none-any.whl") + "#MSD_small", wheel}).exit_code,
            0);
  EXPECT_EQ(io::read_safetensors(wheel).metadata.at("licence"), "ISC") << "of the wheel";
}

TEST(ConvertBundle, GoesToPthAndBackByteForByte) {
  const auto folder = test::temporary_folder("bundle");
  const auto model = folder / "m.safetensors", pth = folder / "m.pth", again = folder / "again.safetensors";
  ASSERT_EQ(run_sonograd({"convert", bundles("MTT_small"), model}).exit_code, 0);
  ASSERT_EQ(run_sonograd({"convert", model, pth, "--verify"}).exit_code, 0);
  ASSERT_EQ(run_sonograd({"convert", pth, again, "--verify"}).exit_code, 0);
  const io::NamedTensors written = io::read_pth(pth), first = io::read_safetensors(model).tensors,
                         second = io::read_safetensors(again).tensors;
  EXPECT_TRUE(written.contains("conv2d_5/kernel"));
  ASSERT_EQ(first.size(), second.size());
  for (const auto& [name, tensor] : first)
    EXPECT_EQ(std::memcmp(tensor.view().pointer, second.at(name).view().pointer, tensor.bytes()), 0) << name;
}

TEST(ConvertBundle, MusicnnKeepsItsPublishedNames) {
  const auto folder = test::temporary_folder("musicnn");
  models::ModelDescription about;
  about.arch = "musicnn";
  about.options = {{"channels", 2}};
  about.labels = {"a", "b"};
  models::ModelDraft model = models::make_model(about);
  test::lcg_fill(*model.network);
  models::save_model(folder / "m.safetensors", model);
  ASSERT_EQ(run_sonograd({"convert", folder / "m.safetensors", folder / "m.pth"}).exit_code, 0);
  const io::NamedTensors published = io::read_pth(folder / "m.pth");
  EXPECT_EQ(published.at("layers.0.conv.weight").shape(), (Shape{4, 1, 67, 7}));
  EXPECT_EQ(published.at("layers.2.conv.weight").shape(), (Shape{1, 1, 129}));
  EXPECT_EQ(published.at("layer1.conv.weight").shape(), (Shape{2, 11, 7}));
  const auto back = run_sonograd({"convert", folder / "m.pth", folder / "again.safetensors"});
  ASSERT_EQ(back.exit_code, 0) << back.err;
  const io::NamedTensors again = io::read_safetensors(folder / "again.safetensors").tensors;
  for (const auto& [name, tensor] : io::read_safetensors(folder / "m.safetensors").tensors)
    EXPECT_EQ(std::memcmp(tensor.view().pointer, again.at(name).view().pointer, tensor.bytes()), 0) << name;
}

TEST(ConvertBundle, ErrorsAreOneLineWithWhatWasExpected) {
  const auto folder = test::temporary_folder("bundle");
  const std::string out = folder / "out.safetensors", wheel = bundles("small-1.0-py3-none-any.whl");
  expect_one_line(run_sonograd({"convert", wheel, out}), 2,
                  {"there are several bundles; name one of", wheel + "#MSD_small", wheel + "#MTT_small"});
  expect_one_line(run_sonograd({"convert", wheel + "#MTT_vgg", out}), 2, {"there is no bundle 'MTT_vgg'"});
  expect_one_line(run_sonograd({"convert", folder / "none.whl#MTT_small", out}), 4,
                  {"none.whl", "No such file"});
  expect_one_line(run_sonograd({"convert", folder / "none.index", out}), 4, {"none.index", "No such file"});
  expect_one_line(run_sonograd({"convert", folder, out}), 2, {"this is a folder"});
  expect_one_line(run_sonograd({"convert", folder / "weights.h5", out}), 2,
                  {"weights.h5: expected a file called .safetensors", ".npz"});
  test::write_file(folder / "text.whl", "no archive");
  expect_one_line(run_sonograd({"convert", folder / "text.whl#a", out}), 3, {"text.whl: zip archive"});
  // Another network; tensors that none has; labels of another length.
  expect_one_line(run_sonograd({"convert", bundles("types/model.ckpt-7.index"), out}), 3,
                  {"the tensors fit none of"});
  expect_one_line(run_sonograd({"convert", bundles("small.npz"), out}), 3,
                  {"small.npz: the tensors fit none of"});
  expect_one_line(run_sonograd({"convert", bundles("MTT_small"), out, "--arch", "vgg_tf"}), 3,
                  {"the tensors fit no vgg_tf; they are those of musicnn_tf"});
  const auto labels = run_sonograd({"convert", bundles("MTT_small"), out, "--labels", "mtat"});
  EXPECT_EQ(labels.exit_code, 3);
  EXPECT_NE(labels.err.find("--labels mtat: expected 3 labels, one for each output of "), std::string::npos)
      << labels.err;
  EXPECT_FALSE(std::filesystem::exists(out));
}

// A bundle on disk with one file replaced.
std::string damaged(const std::filesystem::path& folder, const std::string& file,
                    const std::string& content) {
  for (const char* name : {".index", ".data-00000-of-00001"})
    test::write_file(folder / name, test::read_file(bundles(concat("MTT_small/", name))));
  test::write_file(folder / file, content);
  return folder / ".index";
}

TEST(ConvertBundle, ADamagedBundleIsOneLine) {
  const auto folder = test::temporary_folder("damaged");
  const std::string out = folder / "out.safetensors";
  const std::string index = test::read_file(bundles("MTT_small/.index")),
                    data = test::read_file(bundles("MTT_small/.data-00000-of-00001"));
  const auto convert = [&](const std::string& file, const std::string& content) {
    return run_sonograd({"convert", damaged(folder, file, content), out});
  };
  std::string flipped = data;
  flipped[100] = static_cast<char>(flipped[100] ^ 1);
  expect_one_line(convert(".data-00000-of-00001", flipped), 3,
                  {".data-00000-of-00001: the checksum does not match", "variable '"});
  expect_one_line(convert(".data-00000-of-00001", data.substr(0, data.size() / 2)), 3,
                  {"the end of its bytes is"});
  flipped = index;
  flipped[100] = static_cast<char>(flipped[100] ^ 1);
  expect_one_line(convert(".index", flipped), 3, {".index: ", "the checksum does not match"});
  expect_one_line(convert(".index", index.substr(0, 100)), 3, {".index: expected a LevelDB table"});
  expect_one_line(convert(".index", ""), 3, {".index: expected a LevelDB table, got 0 bytes"});
  damaged(folder, ".index", index);
  std::filesystem::remove(folder / ".data-00000-of-00001");
  expect_one_line(run_sonograd({"convert", folder / ".index", out}), 4,
                  {".data-00000-of-00001", "No such file"});
  EXPECT_FALSE(std::filesystem::exists(out));
}

// The weights of the network in an archive of NumPy, which contains nothing else: the same model as from the bundle.
TEST(ConvertBundle, ReadsTheSameWeightsFromNpz) {
  const auto folder = test::temporary_folder("npz");
  const auto npz = folder / "m.npz", from_npz = folder / "npz.safetensors",
             from_bundle = folder / "b.safetensors";
  const io::NamedTensors weights =
      io::without_optimizer(io::read_tensorflow_bundle(test::golden_path("bundles/MTT_small/.index")));
  zip_t* const archive = zip_open(npz.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  std::vector<std::string> contents;
  contents.reserve(weights.size());
  for (const auto& [name, tensor] : weights) {
    std::string shape;
    for (const std::int64_t extent : tensor.shape()) shape += concat(extent, ", ");
    const std::string header = concat("{'descr': '<f4', 'fortran_order': False, 'shape': (", shape, "), }\n");
    std::string& array = contents.emplace_back("\x93NUMPY\x01");
    array += '\0';
    array += static_cast<char>(header.size());
    array += '\0';
    array += header;
    array.append(static_cast<const char*>(tensor.view().pointer), tensor.bytes());
    zip_file_add(archive, (name + ".npy").c_str(), zip_source_buffer(archive, array.data(), array.size(), 0),
                 0);
  }
  ASSERT_EQ(zip_close(archive), 0);
  const auto result = run_sonograd({"convert", npz, from_npz});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("tag00"), std::string::npos) << "an archive states no labels";
  ASSERT_EQ(run_sonograd({"convert", bundles("MTT_small"), from_bundle}).exit_code, 0);
  // Bytes of the file, but for the record of its source.
  const auto bytes_of = [](const std::filesystem::path& model, const char* source) {
    io::TensorFile file = io::read_safetensors(model);
    auto config = nlohmann::json::parse(file.metadata.at("config"));
    EXPECT_TRUE(config["training"]["source"].contains(source)) << config["training"];
    config["training"].erase("source");
    file.metadata["config"] = config.dump();
    io::write_safetensors(model, file);
    return test::read_file(model);
  };
  EXPECT_TRUE(bytes_of(from_npz, "sha256") == bytes_of(from_bundle, "bundle"));
}

}  // namespace
}  // namespace sonograd
