#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

using test::run_sonograd;

TEST(Convert, ThereAndBackKeepsEveryByte) {
  const auto model = test::small_model_file();
  const auto folder = test::temporary_folder("convert");
  const auto pth = folder / "model.pth", again = folder / "again.safetensors", labels = folder / "labels.txt";
  test::write_file(labels, "drums\nflute\nno vocals\n");
  ASSERT_EQ(run_sonograd({"convert", model, pth, "--verify"}).exit_code, 0);
  const auto back = run_sonograd({"convert", pth, again, "--labels", labels, "--verify"});
  ASSERT_EQ(back.exit_code, 0) << back.err;

  const io::TensorFile first = io::read_safetensors(model), second = io::read_safetensors(again);
  ASSERT_EQ(first.tensors.size(), second.tensors.size());
  for (const auto& [name, tensor] : first.tensors) {
    const Tensor& other = second.tensors.at(name);
    ASSERT_EQ(tensor.shape(), other.shape()) << name;
    EXPECT_EQ(std::memcmp(tensor.view().pointer, other.view().pointer, tensor.bytes()), 0) << name;
  }
  EXPECT_EQ(second.metadata.at("arch"), "short_chunk_cnn");
  EXPECT_EQ(second.metadata.at("labels"), first.metadata.at("labels"));
  EXPECT_EQ(nlohmann::json::parse(second.metadata.at("config"))["pcm"], "float");
}

TEST(Convert, FilesKeepThePublishedLayout) {
  const io::TensorFile file = io::read_safetensors(test::small_model_file());
  EXPECT_EQ(file.tensors.at("layer1.conv.weight").shape(), (Shape{2, 1, 3, 3}));
  EXPECT_EQ(file.tensors.at("layer7.conv.weight").shape(), (Shape{8, 4, 3, 3}));
  EXPECT_EQ(file.tensors.at("spec.mel_scale.fb").shape(), (Shape{257, 128}));
  EXPECT_EQ(file.tensors.at("spec_bn.num_batches_tracked").dtype(), DType::i64);
}

TEST(Convert, WithoutLabelsTheOutputsGetNumbers) {
  const auto folder = test::temporary_folder("convert");
  ASSERT_EQ(run_sonograd({"convert", test::small_model_file(), folder / "m.pth"}).exit_code, 0);
  const auto result = run_sonograd({"convert", folder / "m.pth", folder / "m.safetensors"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("tag00"), std::string::npos) << result.err;
  EXPECT_EQ(io::read_safetensors(folder / "m.safetensors").metadata.at("labels"),
            R"(["tag00","tag01","tag02"])");
}

TEST(Convert, RefusesWhatDoesNotFit) {
  const auto folder = test::temporary_folder("convert");
  const auto pth = folder / "m.pth";
  ASSERT_EQ(run_sonograd({"convert", test::small_model_file(), pth}).exit_code, 0);
  const auto out = folder / "out.safetensors";
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--arch", "fcn"}).exit_code, 3);
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--labels", "mtat"}).exit_code, 3);
  EXPECT_EQ(run_sonograd({"convert", pth, out, "--arch", "nothing"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"convert", pth, folder / "out.txt"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"convert", pth, "-"}).exit_code, 2);
  test::write_file(folder / "text.pth", "version https://git-lfs");
  EXPECT_EQ(run_sonograd({"convert", folder / "text.pth", out}).exit_code, 3);
  io::write_pth(folder / "other.pth", {{"a.weight", Tensor::zeros({2, 2})}});
  const auto other = run_sonograd({"convert", folder / "other.pth", out});
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_NE(other.err.find("short_chunk_cnn_res"), std::string::npos) << other.err;
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(Convert, KeepsItsInputAndWriteProtectedFiles) {
  const auto folder = test::temporary_folder("convert");
  const auto model = test::small_model_file(), pth = folder / "m.pth", link = folder / "l.pth";
  ASSERT_EQ(run_sonograd({"convert", model, pth}).exit_code, 0);
  std::filesystem::create_hard_link(pth, link);
  const std::string before = test::read_file(pth);
  for (const auto& out : {pth, link, folder / "." / "m.pth"}) {
    const auto result = run_sonograd({"convert", pth, out});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find(out.string() + ": this is the file that is read"), std::string::npos)
        << result.err;
  }
  ASSERT_EQ(chmod(pth.c_str(), 0444), 0);
  const auto result = run_sonograd({"convert", model, pth});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find(pth.string() + ": cannot write: the file is write-protected"), std::string::npos)
      << result.err;
  EXPECT_EQ(test::read_file(pth), before);
}

// To either format, a model file is converted only if it is a model.
TEST(Convert, RefusesAModelWhoseWeightsAreNotThoseOfItsNetwork) {
  const auto folder = test::temporary_folder("convert_broken");
  const auto in = folder / "in.safetensors";
  const io::TensorFile sound = io::read_safetensors(test::small_model_file());
  const auto expect_refusal = [&](const io::TensorFile& file, const std::string& name) {
    io::write_safetensors(in, file);
    for (const char* out : {"out.pth", "out.safetensors"}) {
      const auto result = run_sonograd({"convert", in, folder / out});
      EXPECT_EQ(result.exit_code, 3) << out << result.err;
      EXPECT_NE(result.err.find(in.string()), std::string::npos) << result.err;
      EXPECT_NE(result.err.find(name), std::string::npos) << result.err;
      EXPECT_FALSE(std::filesystem::exists(folder / out));
    }
  };
  for (const DType dtype : {DType::f32, DType::bf16}) {
    io::TensorFile broken = sound;
    const Tensor weight = sound.tensors.at("dense2.weight").clone();
    weight.data<float>()[1] = std::nanf("");
    broken.tensors.set("dense2.weight", weight.to(dtype));
    expect_refusal(broken, "dense2.weight: 1 of");
  }
  for (const char* labels : {R"(["a","b","b"])", R"(["a","b",""])", R"(["a","b"])"}) {
    io::TensorFile broken = sound;
    broken.metadata["labels"] = labels;
    expect_refusal(broken, "labels");
  }
  io::TensorFile wider = sound;
  auto config = nlohmann::json::parse(sound.metadata.at("config"));
  config["model"]["channels"] = 4096;
  wider.metadata["config"] = config.dump();
  expect_refusal(wider, "config.model.channels = 4096");
}

TEST(Convert, AnInputThatIsMissingIsNamed) {
  const auto folder = test::temporary_folder("convert");
  const auto pth = folder / "m.pth", out = folder / "out.safetensors", none = folder / "none";
  ASSERT_EQ(run_sonograd({"convert", test::small_model_file(), pth}).exit_code, 0);
  for (const auto& arguments : {std::vector<std::string>{"convert", none.string() + ".pth", out},
                                {"convert", none.string() + ".safetensors", folder / "out.pth"},
                                {"convert", pth, out, "--labels", none}}) {
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 4) << result.err;
    EXPECT_NE(result.err.find(none.string()), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("No such file"), std::string::npos) << result.err;
  }
  EXPECT_EQ(run_sonograd({"convert", pth, folder / "absent" / "out.safetensors"}).exit_code, 1);
}

TEST(Convert, LabelsAndLicenceOfAModelCanBeChanged) {
  const auto folder = test::temporary_folder("convert");
  const auto model = test::small_model_file(), labels = folder / "labels.txt",
             out = folder / "out.safetensors";
  test::write_file(labels,
                   "\xEF\xBB\xBF"
                   "a\t12\r\nb\n\nc\n");
  const auto from_labels = [&] {
    if (std::freopen(labels.c_str(), "r", stdin) == nullptr) _exit(97);
  };
  const auto result = run_sonograd(
      {"convert", model, out, "--labels", "-", "--licence", "CC0", "--json", "--verify"}, from_labels);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto metadata = io::read_safetensors(out).metadata;
  EXPECT_EQ(metadata.at("labels"), R"(["a","b","c"])");
  EXPECT_EQ(metadata.at("licence"), "CC0");
  const auto written = nlohmann::json::parse(result.out);
  EXPECT_EQ(written["file"], out.string());
  EXPECT_EQ(written["arch"], "short_chunk_cnn");
  EXPECT_EQ(written["labels"].size(), 3u);
  EXPECT_GT(written["tensors"], 10);

  ASSERT_EQ(run_sonograd({"convert", model, folder / "same.safetensors"}).exit_code, 0);
  EXPECT_EQ(test::read_file(folder / "same.safetensors"), test::read_file(model));
  EXPECT_EQ(run_sonograd({"convert", model, out, "--labels", "mtat"}).exit_code, 3);
  test::write_file(labels, "a\na\nb\n");
  const auto twice = run_sonograd({"convert", model, out, "--labels", labels});
  EXPECT_EQ(twice.exit_code, 4);
  EXPECT_NE(twice.err.find("labels.txt:2"), std::string::npos) << twice.err;
}

TEST(Convert, RefusesOptionsThatWouldChangeNothing) {
  const auto folder = test::temporary_folder("convert");
  const auto model = test::small_model_file(), pth = folder / "m.pth", out = folder / "m.safetensors";
  ASSERT_EQ(run_sonograd({"convert", model, pth}).exit_code, 0);
  const std::vector<std::vector<std::string>> useless = {
      {"convert", model, out, "--arch", "short_chunk_cnn"},
      {"convert", model, out, "--prefix", "layer1."},
      {"convert", model, folder / "n.pth", "--labels", "mtat"},
      {"convert", model, folder / "n.pth", "--licence", "CC0"},
      {"convert", pth, folder / "n.pth", "--arch", "fcn"}};
  for (const auto& arguments : useless) {
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments[3];
    EXPECT_NE(result.err.find(arguments[3] + ": "), std::string::npos) << result.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "n.pth"));
}

TEST(Convert, PrefixSelectsTensorsOfBothFormats) {
  const auto folder = test::temporary_folder("convert");
  io::TensorFile file = io::read_safetensors(test::small_model_file());
  io::NamedTensors named;
  for (const auto& [name, tensor] : file.tensors) named.set("net." + name, tensor);
  named.set("other", Tensor::zeros({2}));
  io::write_safetensors(folder / "in.safetensors", {named, {}});
  io::write_pth(folder / "in.pth", named);
  for (const char* name : {"in.safetensors", "in.pth"}) {
    const auto result =
        run_sonograd({"convert", folder / name, folder / "out.safetensors", "--prefix", "net."});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(io::read_safetensors(folder / "out.safetensors").tensors.size(), file.tensors.size());
  }
}

io::NamedTensors renamed(const io::NamedTensors& tensors, const std::string& prefix) {
  io::NamedTensors named;
  for (const auto& [name, tensor] : tensors) named.set(prefix + name, tensor);
  return named;
}

TEST(Convert, FindsANetworkInItsWrappers) {
  const auto folder = test::temporary_folder("convert");
  const io::NamedTensors tensors = io::read_safetensors(test::small_model_file()).tensors;
  for (const std::string prefix : {"module.", "state_dict.", "state_dict.model.", "model.module.",
                                   "_orig_mod.", "state_dict.model._orig_mod."}) {
    io::NamedTensors wrapped = renamed(tensors, prefix);
    if (prefix.find("model.") != std::string::npos) wrapped.set("loss.pos_weight", Tensor::zeros({3}));
    io::write_safetensors(folder / "in.safetensors", {wrapped, {}});
    io::write_pth(folder / "in.pth", wrapped);
    for (const char* name : {"in.safetensors", "in.pth"}) {
      const auto result = run_sonograd({"convert", folder / name, folder / "out.safetensors"});
      EXPECT_EQ(result.exit_code, 0) << prefix << result.err;
      EXPECT_NE(result.err.find(concat("the tensors are under '", prefix, "', which is removed")),
                std::string::npos)
          << result.err;
      const io::NamedTensors written = io::read_safetensors(folder / "out.safetensors").tensors;
      EXPECT_EQ(written.size(), tensors.size());
      EXPECT_EQ(written.at("dense2.bias").span<float>()[0], tensors.at("dense2.bias").span<float>()[0]);
    }
  }
}

TEST(Convert, ANetworkInTwoPlacesIsAQuestion) {
  const auto folder = test::temporary_folder("convert");
  const io::NamedTensors tensors = io::read_safetensors(test::small_model_file()).tensors;
  io::NamedTensors both = renamed(tensors, "network.");
  for (const auto& [name, tensor] : renamed(tensors, "teacher_network.")) both.set(name, tensor);
  const auto in = folder / "in.pth", out = folder / "out.safetensors";
  io::write_pth(in, both);
  const auto result = run_sonograd({"convert", in, out});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find(
                "--prefix: short_chunk_cnn under 'network.' and short_chunk_cnn under 'teacher_network.'"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(run_sonograd({"convert", in, out, "--prefix", "teacher_network."}).exit_code, 0);
  const auto none = run_sonograd({"convert", in, out, "--prefix", "student."});
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_NE(none.err.find("no tensor whose name begins with 'student.'"), std::string::npos) << none.err;
}

TEST(Convert, WhatDoesNotFitIsNamedBesideTheNearestNetwork) {
  const auto folder = test::temporary_folder("convert");
  const auto in = folder / "in.pth", out = folder / "out.safetensors";
  const io::NamedTensors tensors = io::read_safetensors(test::small_model_file()).tensors;
  const auto convert = [&](const io::NamedTensors& weights, std::vector<std::string> more = {}) {
    io::write_pth(in, weights);
    std::vector<std::string> arguments = {"convert", in, out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_sonograd(arguments);
  };
  io::NamedTensors extra = renamed(tensors, "model.");
  extra.set("model.layer8.conv.weight", Tensor::zeros({2, 2}));
  const auto refused = convert(extra);
  EXPECT_EQ(refused.exit_code, 3);
  for (const char* part : {"nearest is short_chunk_cnn under 'model.'", "unexpected: layer8.conv.weight",
                           "--arch short_chunk_cnn leaves the others out"})
    EXPECT_NE(refused.err.find(part), std::string::npos) << refused.err;
  const auto taken = convert(extra, {"--arch", "short_chunk_cnn"});
  EXPECT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_NE(taken.err.find("left out: layer8.conv.weight"), std::string::npos) << taken.err;
  EXPECT_EQ(io::read_safetensors(out).tensors.size(), tensors.size());

  io::NamedTensors incomplete;
  for (const auto& [name, tensor] : tensors) {
    if (name != "layer3.conv.bias")
      incomplete.set(name, name == "dense2.weight" ? Tensor::zeros({3, 9}) : tensor);
  }
  const auto missing = convert(incomplete);
  EXPECT_EQ(missing.exit_code, 3);
  for (const char* part : {"nearest is short_chunk_cnn", "missing: layer3.conv.bias",
                           "dense2.weight: file [3, 9], model [3, 8]", "train --arch short_chunk_cnn --init"})
    EXPECT_NE(missing.err.find(part), std::string::npos) << missing.err;
  EXPECT_EQ(convert(incomplete, {"--arch", "short_chunk_cnn"}).exit_code, 3);
}

// `values` as binary16; only those that it holds exactly.
std::string halves_of(std::span<const float> values) {
  std::string bytes;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = bits >> 31, exponent = (bits >> 23 & 0xFF) - 112, mantissa = bits >> 13 & 0x3FF;
    const auto half = static_cast<std::uint16_t>(sign << 15 | (value == 0 ? 0 : exponent << 10 | mantissa));
    bytes.append(reinterpret_cast<const char*>(&half), sizeof(half));
  }
  return bytes;
}

TEST(Convert, NamesTheModelBesideACheckpointOfARun) {
  const auto folder = test::temporary_folder("run_to_convert");
  io::write_safetensors(folder / "last.ckpt", io::read_safetensors(test::small_model_file()));
  const auto result = run_sonograd({"convert", folder / "last.ckpt", folder / "out.pth"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find((folder / "last.ckpt").string() + ": "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find((folder / "best.safetensors").string()), std::string::npos) << result.err;
}

// As files of half precision come: float16 weights, counters as they were.
TEST(Convert, ReadsHalfPrecisionSafetensors) {
  const auto folder = test::temporary_folder("convert");
  const io::NamedTensors tensors = io::read_safetensors(test::small_model_file()).tensors;
  nlohmann::json header;
  std::string data;
  io::NamedTensors rounded;
  for (const auto& [name, tensor] : tensors) {
    const bool narrows = tensor.dtype() == DType::f32;
    const Tensor kept = tensor.clone();
    if (narrows) {
      for (float& value : kept.span<float>())  // to eleven bits; below 2^-14, to zero
        value = std::abs(value) < 0x1p-14f
                    ? 0
                    : std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFFE000u);
    }
    const std::string bytes = narrows ? halves_of(kept.span<float>())
                                      : std::string(static_cast<const char*>(kept.view().pointer),
                                                    static_cast<std::size_t>(kept.bytes()));
    header[name] = {{"dtype", narrows ? "F16" : "I64"},
                    {"shape", std::vector(tensor.shape().begin(), tensor.shape().end())},
                    {"data_offsets", {data.size(), data.size() + bytes.size()}}};
    data += bytes;
    rounded.set(name, kept);
  }
  const std::string text = header.dump();
  const std::uint64_t length = text.size();
  test::write_file(folder / "half.safetensors",
                   std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + text + data);
  const auto out = folder / "out.safetensors";
  const auto result = run_sonograd({"convert", folder / "half.safetensors", out});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const io::NamedTensors written = io::read_safetensors(out).tensors;
  for (const auto& [name, tensor] : rounded) {
    ASSERT_EQ(written.at(name).dtype(), tensor.dtype()) << name;
    EXPECT_EQ(std::memcmp(written.at(name).view().pointer, tensor.view().pointer, tensor.bytes()), 0) << name;
  }
}

}  // namespace
}  // namespace sonograd
