// `convert --verify` against reference activations of a small network that is computed here, in loops of double.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/core/model.h"
#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tensor/io/sha256.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

using Json = nlohmann::ordered_json;
using test::run_sonograd;

/// Positions along time of so many channels, side by side.
struct Sequence {
  std::size_t channels;
  std::vector<double> values;

  std::size_t length() const { return values.size() / channels; }
  double at(std::size_t t, std::size_t c) const { return values[t * channels + c]; }
};

/// SampleCNN by its published formula and names: blocks of convolution, norm, ReLU and maximum, then a linear layer.
class SampleCnn {
 public:
  explicit SampleCnn(const io::NamedTensors& weights) : weights_(weights) {}

  std::vector<std::pair<std::string, Sequence>> stages(const Sequence& signal) const {
    std::vector<std::pair<std::string, Sequence>> all;
    Sequence x = signal;
    for (int i = 1; i <= 11; ++i) {
      const std::string name = concat("layer", i);
      x = block(x, name, i == 1 ? 3 : 1, i == 1 || i == 11 ? 1 : 3);
      all.emplace_back(name, x);
    }
    Sequence logits{1, {}};
    for (std::size_t o = 0; o < size("dense.bias"); ++o) {
      double y = value("dense.bias", o);
      for (std::size_t c = 0; c < x.channels; ++c)
        y += value("dense.weight", o * x.channels + c) * x.values[c];
      logits.values.push_back(y);
    }
    all.emplace_back("dense", logits);
    return all;
  }

 private:
  std::size_t size(const std::string& name) const { return weights_.at(name).span<float>().size(); }
  double value(const std::string& name, std::size_t i) const {
    return static_cast<double>(weights_.at(name).span<float>()[i]);
  }

  Sequence block(const Sequence& x, const std::string& name, std::size_t stride, std::size_t pool) const {
    const std::string weight = name + ".conv.weight";
    const Shape shape = weights_.at(weight).shape();  // [out, in, k]
    const auto outputs = static_cast<std::size_t>(shape[0]), taps = static_cast<std::size_t>(shape[2]);
    Sequence y{outputs, {}};
    const std::size_t length = (x.length() + 2 * (taps / 2) - taps) / stride + 1;
    for (std::size_t t = 0; t < length; ++t) {
      for (std::size_t o = 0; o < outputs; ++o) {
        double sum = value(name + ".conv.bias", o);
        for (std::size_t i = 0; i < taps; ++i) {
          const std::size_t from = t * stride + i - taps / 2;  // before the beginning: a large number
          if (from >= x.length()) continue;
          for (std::size_t c = 0; c < x.channels; ++c)
            sum += value(weight, (o * x.channels + c) * taps + i) * x.at(from, c);
        }
        const double scale =
            value(name + ".bn.weight", o) / std::sqrt(value(name + ".bn.running_var", o) + 1e-5);
        y.values.push_back(
            std::max(0.0, (sum - value(name + ".bn.running_mean", o)) * scale + value(name + ".bn.bias", o)));
      }
    }
    return maxima(y, pool);
  }

  static Sequence maxima(const Sequence& x, std::size_t pool) {
    Sequence y{x.channels, {}};
    for (std::size_t t = 0; t < x.length() / pool; ++t) {
      for (std::size_t c = 0; c < x.channels; ++c) {
        double most = x.at(t * pool, c);
        for (std::size_t i = 1; i < pool; ++i) most = std::max(most, x.at(t * pool + i, c));
        y.values.push_back(most);
      }
    }
    return y;
  }

  const io::NamedTensors& weights_;
};

Json described(const std::string& name, const Sequence& y) {
  double sum = 0, squares = 0, deviations = 0;
  for (const double x : y.values) sum += x, squares += x * x;
  const double count = static_cast<double>(y.values.size());
  for (const double x : y.values) deviations += (x - sum / count) * (x - sum / count);
  Json samples = Json::array();
  for (std::size_t k = 0; k < 16; ++k) {
    const std::size_t at = (k * 7919 + 13) % y.values.size();
    samples.push_back(Json::array({at, y.values[at]}));
  }
  const Json shape = name == "dense" ? Json::array({y.values.size()}) : Json::array({y.length(), y.channels});
  return {{"name", name},
          {"shape", shape},
          {"limit", 2e-5},
          {"mean", sum / count},
          {"std", std::sqrt(deviations / count)},
          {"min", std::ranges::min(y.values)},
          {"max", std::ranges::max(y.values)},
          {"norm", std::sqrt(squares)},
          {"samples", samples}};
}

std::string fingerprint(const io::NamedTensors& weights) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : weights) {
    if (tensor.dtype() == DType::f32) names.push_back(name);
  }
  std::ranges::sort(names);
  io::Sha256 hash;
  for (const std::string& name : names) hash.add(std::as_bytes(weights.at(name).span<float>()));
  return hash.digest();
}

/// A small SampleCNN in a file, and its reference.
class ConvertVerify : public testing::Test {
 protected:
  static constexpr std::int64_t kSamples = 59049;

  void SetUp() override {
    models::ModelDescription about;
    about.arch = "sample_cnn";
    about.options = {{"channels", 2}};
    about.labels = {"a", "b", "c"};
    models::ModelDraft model = models::make_model(about);
    test::lcg_fill(*model.network);
    models::save_model(model_, model);
    weights_ = io::read_safetensors(model_).tensors;
  }

  /// The reference of `weights`, marked as that of the file.
  Json reference_of(const io::NamedTensors& weights) const {
    const Tensor waveform = test::lcg_signal(kSamples, 16000);
    Sequence signal{1, {}};
    for (const float x : waveform.span<float>()) signal.values.push_back(static_cast<double>(x));
    Json stages = Json::array();
    for (const auto& [name, y] : SampleCnn(weights).stages(signal)) stages.push_back(described(name, y));
    return {{"sonograd_reference", 1},
            {"name", "small"},
            {"arch", "sample_cnn"},
            {"origin", "loops of double"},
            {"fingerprint", fingerprint(weights_)},
            {"signal", {{"sample_rate", 16000}, {"samples", kSamples}}},
            {"stages", stages}};
  }

  test::RunResult verify(const std::string& reference, const char* out = "out.safetensors",
                         std::vector<std::string> more = {}) const {
    const auto file = test::write_file(folder_ / "reference.json", reference);
    std::vector<std::string> arguments = {"convert", model_, folder_ / out, "--reference", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_sonograd(arguments);
  }

  std::filesystem::path folder_ = test::temporary_folder("verify"), model_ = folder_ / "model.safetensors";
  io::NamedTensors weights_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST_F(ConvertVerify, EveryStageAgreesInBothFormats) {
  const std::string reference = reference_of(weights_).dump();
  for (const char* const out : {"out.safetensors", "out.pth"}) {
    const auto result = verify(reference, out);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto lines = lines_of(result.out);
    ASSERT_EQ(lines.size(), 13u) << result.out;
    for (std::size_t i = 1; i < lines.size(); ++i) EXPECT_TRUE(lines[i].ends_with("ok")) << lines[i];
    EXPECT_NE(lines[1].find("layer1 "), std::string::npos);
    EXPECT_NE(lines[1].find("[19683, 2]"), std::string::npos);
    EXPECT_NE(lines[12].find("dense"), std::string::npos);
    EXPECT_NE(result.err.find("12 stages agree with the reference small"), std::string::npos) << result.err;
  }
  const auto printed = verify(reference, "out.safetensors", {"--json"});
  const auto object = Json::parse(printed.out);
  EXPECT_EQ(object["verified"], true);
  EXPECT_EQ(object["reference"]["name"], "small");
  EXPECT_EQ(object["reference"]["stages"].size(), 12u);
  EXPECT_LT(object["reference"]["stages"][11]["deviation"], 2e-5);
}

TEST_F(ConvertVerify, APerturbedLayerIsFoundAtItsStage) {
  for (const char* const name :
       {"layer1.conv.weight", "layer5.bn.bias", "layer11.bn.running_var", "dense.bias"}) {
    io::NamedTensors changed = weights_;
    const Tensor tensor = weights_.at(name).clone();
    tensor.data<float>()[1] += 0.01f;
    changed.set(name, tensor);
    const auto result = verify(reference_of(changed).dump());
    EXPECT_EQ(result.exit_code, 3) << result.err;
    const std::string stage = std::string(name).substr(0, std::string(name).find('.'));
    EXPECT_NE(result.err.find(concat("out.safetensors: stage ", stage, " deviates from the reference small")),
              std::string::npos)
        << result.err;
    for (const std::string& line : lines_of(result.out)) {
      if (line.find(stage + ' ') != std::string::npos) {
        EXPECT_TRUE(line.ends_with("FAILED")) << line;
        break;
      }
      EXPECT_FALSE(line.ends_with("FAILED")) << line;
    }
  }
}

TEST_F(ConvertVerify, AFileThatFailsDoesNotReplaceTheEarlierOne) {
  io::NamedTensors changed = weights_;
  const Tensor tensor = weights_.at("dense.bias").clone();
  tensor.data<float>()[1] += 0.01f;
  changed.set("dense.bias", tensor);
  const std::string deviating = reference_of(changed).dump(), good = reference_of(weights_).dump();
  Json of_others = reference_of(weights_);
  of_others["fingerprint"] = std::string(64, '0');
  const std::filesystem::path out = folder_ / "out.safetensors";
  const auto expect_failure = [&](const std::string& reference, const std::string& outcome) {
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--json"}}) {
      const auto result = verify(reference, "out.safetensors", more);
      EXPECT_EQ(result.exit_code, 3) << result.err;
      EXPECT_TRUE(result.err.ends_with(outcome + "\n")) << result.err;
      EXPECT_EQ(test::temporaries(folder_), 0);
    }
  };
  for (const std::string& reference : {deviating, of_others.dump()}) {
    expect_failure(reference, "; no file is written");
    EXPECT_FALSE(std::filesystem::exists(out));
  }
  test::write_file(out, "earlier");
  for (const std::string& reference : {deviating, of_others.dump()}) {
    expect_failure(reference, "; the earlier file stays");
    EXPECT_EQ(test::read_file(out), "earlier");
  }
  ASSERT_EQ(verify(good).exit_code, 0);
  EXPECT_EQ(io::read_safetensors(out).tensors.size(), weights_.size());
}

TEST_F(ConvertVerify, AStageOfAnotherShapeFails) {
  Json reference = reference_of(weights_);
  reference["stages"][3]["shape"] = Json::array({728, 4});
  const auto result = verify(reference.dump(), "out.safetensors", {"--json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find("stage layer4 deviates from the reference small: expected [728, 4]"),
            std::string::npos)
      << result.err;
  const auto object = Json::parse(result.out);
  EXPECT_EQ(object["verified"], false);
  EXPECT_EQ(object["reference"]["ok"], false);
  EXPECT_TRUE(object["reference"]["stages"][3]["deviation"].is_null());
}

TEST_F(ConvertVerify, WithoutAReferenceItSaysSo) {
  const auto result = run_sonograd({"convert", model_, folder_ / "out.pth", "--verify"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("tensors read back equal"), std::string::npos);
  EXPECT_NE(
      result.err.find(concat("no reference activations are stored for these weights, whose fingerprint is ",
                             fingerprint(weights_))),
      std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("make_reference.py"), std::string::npos) << result.err;
}

void expect_refusal(const test::RunResult& result, int exit_code, std::initializer_list<std::string> parts) {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  const auto lines = lines_of(result.err);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("sonograd: "); }), 1)
      << result.err;
  EXPECT_TRUE(lines.back().starts_with("sonograd: ")) << result.err;
  EXPECT_LT(lines.back().size(), 600u) << result.err;
  for (const std::string& part : parts)
    EXPECT_NE(lines.back().find(part), std::string::npos) << part << "\n" << result.err;
}

TEST_F(ConvertVerify, AReferenceOfSomethingElseIsRefused) {
  const Json good = reference_of(weights_);
  Json other = good;
  other["fingerprint"] = std::string(64, '0');
  expect_refusal(verify(other.dump()), 3,
                 {"small: expected weights with the fingerprint 000", fingerprint(weights_)});
  other = good;
  other["arch"] = "fcn";
  expect_refusal(verify(other.dump()), 3, {"small: expected a model of fcn, got sample_cnn"});
  other = good;
  other["signal"]["samples"] = 48000;
  expect_refusal(verify(other.dump()), 3, {"small: expected chunks of 48000 samples at 16000 Hz, got 59049"});
  other = good;
  other["stages"][2]["name"] = "layer3\x1b[2J";
  expect_refusal(verify(other.dump()), 3, {"sample_cnn has no such layer", "it has layer1, layer2"});
  const auto none =
      run_sonograd({"convert", model_, folder_ / "o.pth", "--reference", folder_ / "none.json"});
  expect_refusal(none, 4, {"none.json", "No such file"});
  io::write_pth(folder_ / "bare.pth", weights_);
  const auto bare = run_sonograd({"convert", folder_ / "bare.pth", folder_ / "o.pth", "--reference",
                                  test::write_file(folder_ / "good.json", good.dump())});
  expect_refusal(bare, 2, {"--reference", "bare.pth does not state the network"});
}

TEST_F(ConvertVerify, AMalformedReferenceIsOneLineAndWritesNothing) {
  const Json good = reference_of(weights_);
  const auto with = [&](const char* path, const Json& value) {
    Json changed = good;
    changed[Json::json_pointer(path)] = value;
    return changed.dump();
  };
  std::string infinite = with("/stages/0/mean", 17.25);
  infinite.replace(infinite.find("17.25"), 5, "1e999");
  std::string not_a_number = with("/stages/0/mean", 17.25);
  not_a_number.replace(not_a_number.find("17.25"), 5, "NaN");
  const Json stage = good["stages"][0];
  const std::pair<std::string, std::string> cases[] = {
      {"", "not JSON"},
      {"[]", "sonograd_reference = 1"},
      {std::string(1000, '['), "nest"},
      {std::string(5 << 20, ' '), "expected at most 4 MiB of text, got more"},
      {infinite, "not JSON"},
      {not_a_number, "not JSON"},
      {with("/sonograd_reference", 2), "sonograd_reference = 1"},
      {with("/name", 3), "expected name"},
      {with("/name", std::string(300, 'x')), "expected name"},
      {with("/fingerprint", "abc"), "64 hexadecimal digits"},
      {with("/signal", "x"), "sample_rate"},
      {with("/signal/samples", -1), "samples = -1: expected a whole number"},
      {with("/signal/samples", 1e300), "samples = 1e+300"},
      {with("/stages", Json::array()), "a list of 1 to 256 entries"},
      {with("/stages", std::vector<Json>(300, stage)), "a list of 1 to 256 entries"},
      {with("/stages/1", stage), "stage layer1 is there twice"},
      {with("/stages/1", 5), "stages: expected objects"},
      {with("/stages/1/limit", 0), "stage layer2: limit = 0"},
      {with("/stages/1/limit", nullptr), "stage layer2: limit = null"},
      {with("/stages/1/shape", Json::array({-1, 2})), "stage layer2: an extent of shape = -1"},
      {with("/stages/1/shape", Json::array({1000000000, 1000000000, 1000000000, 1000000000})),
       "stage layer2"},
      {with("/stages/1/shape", Json::array()), "stage layer2: expected shape"},
      {with("/stages/1/norm", -1), "stage layer2: norm = -1"},
      {with("/stages/1/samples", Json::array({Json::array({100000, 1.0})})),
       "a position of samples = 100000: expected a whole number, 0 to"},
      {with("/stages/1/samples", Json::array({Json::array({0, "x"})})), "a value of samples"},
      {with("/stages/1/samples", Json::array({1, 2})), "pairs of a position and a value"},
      {good.dump().substr(0, 500), "not JSON"}};
  for (const auto& [text, part] : cases) {
    SCOPED_TRACE(text.substr(0, 60));
    expect_refusal(verify(text), 4, {"reference.json: ", part});
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.safetensors"));
  }
}

}  // namespace
}  // namespace sonograd
