// Model files with faults, through every command that reads them: one line on stderr, with the file and what was expected.
// The faults of every network: tests/models/bad_weights_test.cpp.
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "audio/encode.h"
#include "models/core/weights.h"
#include "tensor/io/safetensors.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "train/run/model_setup.h"

namespace sonograd {
namespace {

using test::run_sonograd;

struct Fault {
  const char* name;
  void (*make)(io::TensorFile& model);
  std::string expected;          ///< in the message of commands that read the whole model
  std::string converted = {};    ///< in that of `convert` of the tensors alone; empty: they have no fault
  std::string initialised = {};  ///< in the warning of `train --init`, which takes what fits
};
void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

io::NamedTensors without(const io::NamedTensors& tensors, std::string_view left_out) {
  io::NamedTensors rest;
  for (const auto& [name, tensor] : tensors) {
    if (name != left_out) rest.set(name, tensor);
  }
  return rest;
}

const Fault kFaults[] = {
    {"missing", [](io::TensorFile& m) { m.tensors = without(m.tensors, "dense2.weight"); },
     "the weights do not fit the model: missing: dense2.weight",
     "nearest is short_chunk_cnn, with 64 tensors of its names; missing: dense2.weight",
     "1 of 65 tensors keeps its initial value (not in the file: dense2.weight)"},
    {"surplus", [](io::TensorFile& m) { m.tensors.set("surplus.weight", Tensor::zeros({2})); },
     "the weights do not fit the model: unexpected: surplus.weight",
     "unexpected: surplus.weight; --arch short_chunk_cnn", "not used: surplus.weight"},
    {"extents",
     [](io::TensorFile& m) {
       m.tensors.set("dense2.weight", Tensor::zeros({4, 8}));
     },
     "other extents: dense2.weight: file [4, 8], model [3, 8]",
     "other extents: dense2.bias: file [3], model [4]",
     "other extents: dense2.weight: file [4, 8], model [3, 8]"},
    {"labels", [](io::TensorFile& m) { m.metadata["labels"] = R"(["a","b"])"; },
     "labels names 2 outputs, the tensors have 3"},
    {"network", [](io::TensorFile& m) { m.metadata["arch"] = "crnn"; }, "the weights do not fit the model: "},
    {"finite", [](io::TensorFile& m) { m.tensors.set("dense2.bias", Tensor::full({3}, std::nan(""))); },
     "dense2.bias: 3 of 3 values are infinite or not a number",
     "dense2.bias: 3 of 3 values are infinite or not a number"},
};

class BadModelFile : public testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    io::TensorFile model = io::read_safetensors(test::small_model_file());
    GetParam().make(model);
    io::write_safetensors(model_, model);
    io::write_safetensors(bare_, {model.tensors, {}});
    audio::write_sound(folder_ / "a.wav", std::vector<float>(100, 0.1f), 8000, audio::Encoding::wav_pcm16);
    std::string table = "path\ttags\tsplit\n";
    for (const char* const row : {"a.wav\tdrums\ttrain\n", "a.wav\tflute,no vocals\ttest\n"}) table += row;
    test::write_file(folder_ / "labels.tsv", table);
  }

  std::filesystem::path folder_ = test::temporary_folder("bad_input"), model_ = folder_ / "model.safetensors",
                        bare_ = folder_ / "bare.safetensors";
};

void expect_one_line(const test::RunResult& result, std::initializer_list<std::string> parts) {
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(result.out, "");
  std::size_t errors = 0, at = 0;
  for (; (at = result.err.find("sonograd: ", at)) != std::string::npos; ++at) ++errors;
  EXPECT_EQ(errors, 1u) << result.err;
  for (const std::string& part : parts)
    EXPECT_NE(result.err.find(part), std::string::npos) << part << "\n" << result.err;
}

TEST_P(BadModelFile, IsRefusedInOneLine) {
  const std::string file = model_.string(), bare = bare_.string();
  expect_one_line(run_sonograd({"tag", file, folder_ / "a.wav", "-q"}), {file, GetParam().expected});
  expect_one_line(run_sonograd({"evaluate", file, "--data", folder_, "-q"}), {file, GetParam().expected});
  expect_one_line(run_sonograd({"info", file}), {file, GetParam().expected});
  expect_one_line(run_sonograd({"convert", file, folder_ / "out.pth"}), {file, GetParam().expected});
  if (!GetParam().converted.empty())
    expect_one_line(run_sonograd({"convert", bare, folder_ / "out.safetensors"}),
                    {bare, GetParam().converted});
  if (GetParam().initialised.empty()) return;
  models::ModelDraft model = test::small_model();
  const std::string remark = train::initialise_from(model, bare_).remark;
  EXPECT_NE(remark.find(GetParam().initialised), std::string::npos) << remark;
}

TEST(BadInput, ADamagedModelFileIsRefusedInOneLine) {
  const auto folder = test::temporary_folder("bad_input");
  const std::string whole = test::read_file(test::small_model_file());
  const std::string file =
      test::write_file(folder / "cut.safetensors", whole.substr(0, whole.size() / 2)).string();
  audio::write_sound(folder / "a.wav", std::vector<float>(100, 0.1f), 8000, audio::Encoding::wav_pcm16);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"tag", file, folder / "a.wav", "-q"},
        {"convert", file, folder / "out.pth"},
        {"evaluate", file, "--data", folder, "-q"}})
    expect_one_line(run_sonograd(arguments), {file, "bytes of data, the file has"});
}

// A clip shorter than a chunk is repeated from its start, in every command alike: it is no error.
TEST(BadInput, AClipShorterThanAChunkIsTagged) {
  const auto folder = test::temporary_folder("bad_input");
  audio::write_sound(folder / "a.wav", std::vector<float>(100, 0.1f), 8000, audio::Encoding::wav_pcm16);
  const auto result = run_sonograd({"tag", test::small_model_file(), folder / "a.wav", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out)["status"], "ok");
}

INSTANTIATE_TEST_SUITE_P(Faults, BadModelFile, testing::ValuesIn(kFaults),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace sonograd
