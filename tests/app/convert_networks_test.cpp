#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/core/architecture.h"
#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

using test::run_sonograd;

TEST(Convert, TakesOptionsThatTensorsDoNotTell) {
  const auto folder = test::temporary_folder("convert");
  const auto pth = folder / "m.pth", out = folder / "m.safetensors";
  ASSERT_EQ(run_sonograd({"convert", test::small_model_file(), pth}).exit_code, 0);
  const auto result = run_sonograd({"convert", pth, out, "--set", "front_end.sample_rate=22050", "--set",
                                    "model.samples=44100", "--set", "front_end.compression=natural"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("sample_rate 22050"), std::string::npos) << result.err;
  const auto config = nlohmann::json::parse(io::read_safetensors(out).metadata.at("config"));
  EXPECT_EQ(config["front_end"]["sample_rate"], 22050);
  EXPECT_EQ(config["front_end"]["compression"], "natural");
  EXPECT_EQ(config["model"]["samples"], 44100);
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--set", "front_end.n_mels=160"}).exit_code, 3)
      << "the tensors have 128";
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--set", "front_end.n_mels=96"}).exit_code, 2)
      << "the network halves the bands seven times";
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--set", "front_end.compression=root"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--set", "optim.lr=1"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"convert", pth, folder / "n.pth", "--set", "model.samples=44100"}).exit_code, 2);
}

// Weights with the filter bank of an n_fft of 1024, in a .pth file.
std::filesystem::path weights_of_another_front_end(const std::filesystem::path& folder) {
  models::ModelDescription about = test::small_model().about;
  about.options["n_fft"] = 1024;
  models::ModelDraft model = models::make_model(about);
  io::write_pth(folder / "other.pth", models::export_state(*model.network));
  return folder / "other.pth";
}

nlohmann::json front_end_of(const std::filesystem::path& model) {
  return nlohmann::json::parse(io::read_safetensors(model).metadata.at("config"))["front_end"];
}

TEST(Convert, AsksForWhatTheWeightsDoNotContain) {
  const auto folder = test::temporary_folder("convert");
  const auto pth = weights_of_another_front_end(folder), out = folder / "m.safetensors";
  const auto asked = run_sonograd({"convert", pth, out});
  EXPECT_EQ(asked.exit_code, 2);
  for (const char* const word :
       {"n_fft 1024 instead of 512", "--set front_end.hop_length=N", "--set front_end.sample_rate=N",
        "--set model.samples=N", "--dialect torchaudio (16000 Hz, hop_length 512",
        "--dialect librosa (22050 Hz, hop_length 512"})
    EXPECT_NE(asked.err.find(word), std::string::npos) << word << "\n" << asked.err;
  EXPECT_FALSE(std::filesystem::exists(out));

  const auto partly = run_sonograd({"convert", pth, out, "--set", "front_end.hop_length=320"});
  EXPECT_EQ(partly.exit_code, 2);
  EXPECT_EQ(partly.err.find("--set front_end.hop_length=N"), std::string::npos) << partly.err;
  EXPECT_NE(partly.err.find("--set front_end.sample_rate=N"), std::string::npos) << partly.err;

  const auto given = run_sonograd({"convert", pth, out, "--set", "front_end.hop_length=320", "--set",
                                   "front_end.sample_rate=11025", "--set", "model.samples=65536"});
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_EQ(front_end_of(out)["hop_length"], 320);
  EXPECT_EQ(front_end_of(out)["n_fft"], 1024);
  EXPECT_EQ(front_end_of(out)["f_max"], 5512.0) << "rate // 2";
}

TEST(Convert, TakesTheDefaultsOfALibraryAndStoresWhatItAssumed) {
  const auto folder = test::temporary_folder("convert");
  const auto pth = weights_of_another_front_end(folder), out = folder / "m.safetensors";
  const auto torch =
      run_sonograd({"convert", pth, out, "--dialect", "torchaudio", "--set", "model.samples=65536"});
  ASSERT_EQ(torch.exit_code, 0) << torch.err;
  EXPECT_NE(torch.err.find("assumed"), std::string::npos) << torch.err;
  EXPECT_NE(torch.err.find("front_end.hop_length=512"), std::string::npos) << torch.err;
  EXPECT_EQ(front_end_of(out)["hop_length"], 512);
  EXPECT_EQ(front_end_of(out)["sample_rate"], 16000);
  const auto stored =
      nlohmann::json::parse(io::read_safetensors(out).metadata.at("config"))["training"]["assumed"];
  EXPECT_EQ(stored["dialect"], "torchaudio");
  EXPECT_NE(stored["options"].dump().find("front_end.hop_length=512"), std::string::npos);
  EXPECT_EQ(stored["options"].dump().find("model.samples"), std::string::npos) << "given, not assumed";

  const std::string info = run_sonograd({"info", out}).out;
  EXPECT_NE(info.find("training.assumed.dialect"), std::string::npos) << info;
  EXPECT_EQ(info.find("options/0"), std::string::npos) << "a list is one value: " << info;

  const auto librosa =
      run_sonograd({"convert", pth, out, "--dialect", "librosa", "--set", "model.samples=65536"});
  ASSERT_EQ(librosa.exit_code, 0) << librosa.err;
  EXPECT_EQ(front_end_of(out)["sample_rate"], 22050);
  EXPECT_EQ(front_end_of(out)["hop_length"], 512);
  EXPECT_EQ(front_end_of(out)["pad_mode"], "zero");
  EXPECT_EQ(front_end_of(out)["top_db"], 80.0);
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--dialect", "essentia"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"convert", out, folder / "n.safetensors", "--dialect", "librosa"}).exit_code, 2);
}

// Tensors of a transformer do not contain its number of heads: there and back with --set.
TEST(Convert, HeadsGoThereAndBackByName) {
  const auto folder = test::temporary_folder("convert");
  const auto model = folder / "m.safetensors", pth = folder / "m.pth", back = folder / "back.safetensors";
  models::ModelDescription about;
  about.arch = "music_tagging_transformer";
  about.options = {{"channels", 1}, {"width", 12},     {"heads", 3},
                   {"depth", 2},    {"positions", 54}, {"samples", 110250}};
  about.labels = {"a", "b"};
  models::ModelDraft draft = models::make_model(about);
  test::lcg_fill_published(*draft.network);
  models::save_model(model, draft);
  ASSERT_EQ(run_sonograd({"convert", model, pth, "--verify"}).exit_code, 0);
  const auto asked = run_sonograd({"convert", pth, back});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_NE(asked.err.find("m.pth: the weights are of music_tagging_transformer"), std::string::npos)
      << asked.err;
  EXPECT_NE(asked.err.find("--set model.heads=N"), std::string::npos) << asked.err;
  EXPECT_FALSE(std::filesystem::exists(back));
  const auto given = run_sonograd({"convert", pth, back, "--set", "model.heads=3"});
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_NE(given.err.find("model.samples=110250"), std::string::npos) << given.err;
  const auto config = nlohmann::json::parse(io::read_safetensors(back).metadata.at("config"));
  EXPECT_EQ(config["model"]["heads"], 3);
  EXPECT_EQ(config["model"]["positions"], 54);
  const io::NamedTensors published = io::read_pth(pth), again = io::read_safetensors(back).tensors;
  EXPECT_EQ(published.at("pos_embedding").shape(), (Shape{1, 55, 12}));
  EXPECT_TRUE(published.contains("transformer.layers.1.0.fn.fn.to_qkv.weight"));
  for (const auto& [name, tensor] : published)
    EXPECT_EQ(std::memcmp(tensor.view().pointer, again.at(name).view().pointer, tensor.bytes()), 0) << name;
}

TEST(Convert, TheFileSaysWhereItsFrontEndComesFrom) {
  const auto folder = test::temporary_folder("convert");
  const auto front_end = [](const std::filesystem::path& model) {
    return nlohmann::json::parse(
        io::read_safetensors(model).metadata.at("config"))["front_end"]["filter_bank"];
  };
  const io::NamedTensors whole = io::read_safetensors(test::small_model_file()).tensors;
  io::NamedTensors bare;
  for (const auto& [name, tensor] : whole) {
    if (!name.starts_with("spec.")) bare.set(name, tensor);
  }
  io::write_pth(folder / "stored.pth", whole);
  io::write_pth(folder / "computed.pth", bare);
  EXPECT_EQ(front_end(test::small_model_file()), "computed");
  for (const std::string name : {"stored", "computed"}) {
    const auto out = folder / (name + ".safetensors");
    const auto result = run_sonograd({"convert", folder / (name + ".pth"), out});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.err.find(name + " front end"), std::string::npos) << result.err;
    EXPECT_EQ(front_end(out), name);
    EXPECT_NE(run_sonograd({"tag", out, "none.wav", "-v"}).err.find(name + " front end"), std::string::npos);
  }
}

TEST(Convert, NamesKnownNetworksThatThisBuildLacks) {
  const auto folder = test::temporary_folder("known");
  const auto error_of = [&](std::vector<std::pair<std::string, Shape>> tensors) {
    io::NamedTensors weights;
    for (const auto& [name, shape] : tensors) weights.set(name, Tensor::full(shape, 1));
    io::write_pth(folder / "w.pth", weights);
    const auto result = run_sonograd({"convert", folder / "w.pth", folder / "out.safetensors"});
    EXPECT_EQ(result.exit_code, 3) << result.err;
    return result.err;
  };
  const auto expect_known = [&](const std::string& error, const std::string& name) {
    EXPECT_NE(error.find("these are weights of " + name), std::string::npos) << error;
    EXPECT_NE(error.find("which this build does not have; it has "), std::string::npos) << error;
  };
  expect_known(error_of({{"conv_block1.conv1.weight", {64, 1, 3, 3}}, {"fc_audioset.weight", {527, 2048}}}),
               "a network of PANNs");
  expect_known(error_of({{"module.v.cls_token", {1, 1, 768}}, {"module.v.patch_embed.proj.weight", {2, 3}}}),
               "audio spectrogram transformer");
  const std::string unknown = error_of({{"layers.0.weight", {2, 2}}});
  EXPECT_EQ(unknown.find("these are weights of"), std::string::npos) << unknown;
}

void expect_equal_tensors(const io::NamedTensors& expected, const io::NamedTensors& actual) {
  EXPECT_EQ(actual.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(actual.contains(name)) << name;
    const Tensor& other = actual.at(name);
    ASSERT_EQ(other.shape(), tensor.shape()) << name;
    ASSERT_EQ(other.dtype(), tensor.dtype()) << name;
    EXPECT_EQ(std::memcmp(other.view().pointer, tensor.view().pointer, tensor.bytes()), 0) << name;
  }
}

class ConvertEveryNetwork : public testing::TestWithParam<std::string> {};

// A model file, published weights, a model file again; options that the tensors do not contain are given by name.
TEST_P(ConvertEveryNetwork, ThereAndBackKeepsEveryByte) {
  const models::Architecture architecture = models::find_architecture(GetParam());
  const auto folder = test::temporary_folder("convert");
  const auto model = folder / "model.safetensors", pth = folder / "published.pth",
             again = folder / "again.safetensors";
  models::ModelDescription about;
  about.arch = GetParam();
  if (architecture.options.find("channels") != nullptr) about.options["channels"] = std::int64_t{4};
  about.labels = {"a", "b"};
  models::ModelDraft draft = models::make_model(about);
  test::lcg_fill(*draft.network);
  models::save_model(model, draft);

  const auto there = run_sonograd({"convert", model, pth});
  ASSERT_EQ(there.exit_code, 0) << there.err;
  const io::NamedTensors published = io::read_pth(pth);
  for (const layers::StateEntry& entry : draft.network->state()) {
    const models::PublishedTensor expected = draft.network->published(entry);
    ASSERT_TRUE(published.contains(expected.name)) << entry.name << " is " << expected.name << " in files";
    EXPECT_EQ(published.at(expected.name).shape(), expected.shape) << expected.name;
  }
  std::vector<std::string> arguments = {"convert", pth, again};
  for (const models::OpenOption& open : architecture.sizes_of(published).open) {
    arguments.insert(arguments.end(), {"--set", concat(architecture.options.at(open.key).path(), '=',
                                                       models::to_text(draft.about.options.at(open.key)))});
  }
  const auto back = run_sonograd(arguments);
  ASSERT_EQ(back.exit_code, 0) << back.err;

  const io::TensorFile first = io::read_safetensors(model), second = io::read_safetensors(again);
  expect_equal_tensors(first.tensors, published);
  expect_equal_tensors(first.tensors, second.tensors);
  EXPECT_EQ(second.metadata.at("arch"), GetParam());
  const auto options = [](const io::TensorFile& file) {
    auto config = nlohmann::json::parse(file.metadata.at("config"));
    if (config.contains("front_end")) config["front_end"].erase("filter_bank");  // computed, then stored
    return std::pair(config["model"], config["front_end"]);
  };
  EXPECT_EQ(options(second), options(first));
}

INSTANTIATE_TEST_SUITE_P(Networks, ConvertEveryNetwork, testing::ValuesIn(models::architecture_names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace sonograd
