// The models of the musicnn library: probabilities and features of the original code (TensorFlow 2.15, librosa), and a small
// network through its own names.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "autograd/tape.h"
#include "include/sonograd/tagger.h"
#include "models/core/architecture.h"
#include "models/core/import.h"
#include "models/core/model.h"
#include "models/core/published_bundle.h"
#include "models/core/weights.h"
#include "models/tagging/chunk_source.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using Json = nlohmann::json;

// A model file of a bundle of the library.
std::filesystem::path library_model(const std::string& name) {
  const models::PublishedBundle bundle =
      models::read_bundle(test::shared_path(concat("checkpoints/musicnn_tf/", name)).string());
  models::ImportedModel model = models::import_weights({bundle.tensors, {}}, {});
  model.draft.about.labels = models::labels_of_bundle(bundle.name, model.draft.about.labels.size());
  const auto path = test::temporary_path(name + ".safetensors");
  models::save_model(path, model.draft);
  return path;
}

Json expected_values() {
  std::ifstream file(test::golden_path("musicnn_library.json"));
  return Json::parse(file);
}

// The mean over the patches, as many as the library cuts.
void expect_tags(const Json& library, const std::string& sound, const Tags& tags) {
  const Json& expected = library.at(sound);
  EXPECT_EQ(tags.chunks.size(), expected.at("patches").get<std::size_t>()) << sound;
  ASSERT_EQ(tags.tags.size(), expected.at("probabilities").size());
  EXPECT_EQ(tags.tags[0].label, "guitar");
  for (std::size_t i = 0; i < tags.tags.size(); ++i)
    EXPECT_NEAR(tags.tags[i].score, expected.at("probabilities")[i].get<double>(), 2e-5)
        << sound << ' ' << tags.tags[i].label;
}

bool have_library() {
  return std::filesystem::exists(test::shared_path("checkpoints/musicnn_tf"));
}

class MusicnnLibrary : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!have_library()) GTEST_SKIP() << "the weights of the library are not here";
    tagger_.emplace(Model::load(library_model(GetParam())));
    expected_ = expected_values().at(GetParam());
  }

  std::optional<Tagger> tagger_;
  Json expected_;
};

TEST_P(MusicnnLibrary, ProbabilitiesAndFeaturesOfTheSignal) {
  const Tensor signal = test::lcg_signal(48000, 16000);
  expect_tags(expected_, "signal", tagger_->tag(signal.span<float>(), 16000));
  for (const auto& [name, feature] : expected_.at("features").items()) {
    const ChunkOutputs output = tagger_->output(name, signal.span<float>(), 16000);
    std::vector<std::int64_t> shape = output.values.shape;
    shape.erase(shape.begin());  // one patch
    EXPECT_EQ(shape, feature.at("shape").get<std::vector<std::int64_t>>()) << name;
    double sum = 0;
    for (const float value : output.values.values) sum += std::abs(value);
    const double expected = feature.at("mean_absolute").get<double>();
    EXPECT_NEAR(sum / static_cast<double>(output.values.values.size()), expected, 1e-5 * expected + 5e-7)
        << name;
  }
}

TEST_P(MusicnnLibrary, ProbabilitiesOfClips) {
  for (const char* clip : {"ok_brahms_16k_mono.flac", "ref_joram_mtat_16k_mono_NC.mp3"}) {
    const auto file = test::shared_path(concat("data/clips/", clip));
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not here";
    expect_tags(expected_, clip, tagger_->tag(file));
  }
}

INSTANTIATE_TEST_SUITE_P(Models, MusicnnLibrary, testing::Values("MTT_musicnn", "MTT_vgg"),
                         [](const auto& test) { return std::string(test.param); });

class MusicnnLibraryOnDevices : public testing::TestWithParam<std::tuple<const char*, Device>> {};

TEST_P(MusicnnLibraryOnDevices, ProbabilitiesOfTheSignal) {
  const auto& [name, device] = GetParam();
  if (device.kind == DeviceKind::emulated && !test::whole_networks())
    GTEST_SKIP() << "a minute; " << test::kHowToRunWholeNetworks;
  if (!have_library()) GTEST_SKIP() << "the weights of the library are not here";
  Tagger tagger(Model::load(library_model(name), device.name()));
  const Tensor signal = test::lcg_signal(48000, 16000);
  expect_tags(expected_values().at(name), "signal", tagger.tag(signal.span<float>(), 16000));
}

INSTANTIATE_TEST_SUITE_P(Models, MusicnnLibraryOnDevices,
                         testing::Combine(testing::Values("MTT_musicnn", "MTT_vgg"),
                                          testing::ValuesIn(test::accelerators())),
                         [](const auto& test) {
                           return concat(std::get<0>(test.param), '_',
                                         test::test_name(std::get<1>(test.param)));
                         });

// The formula of 14.2 in double, for one channel: the order of its layers, the layouts of its kernels and the padding of its
// even filters.
class SmallMusicnn {
 public:
  explicit SmallMusicnn(const io::NamedTensors& weights) : weights_(weights) {}

  using Map = std::vector<std::vector<double>>;  // [positions][channels]

  std::vector<double> logits(const Tensor& features) const {
    frames_ = features.shape()[1];
    bands_ = features.shape()[2];
    std::vector<double> x(features.span<float>().begin(), features.span<float>().end());
    for (double& value : x) value = norm("batch_normalization", 0, value);
    Map map(static_cast<std::size_t>(frames_));
    const char* const kernels[] = {"conv2d", "conv2d_1", "conv2d_2", "conv2d_3", "conv2d_4"};
    for (int i = 0; i < 5; ++i) add_filters(x, kernels[i], concat("batch_normalization_", i + 1), map);
    const Map first = over_time(map, "conv2d_5", "batch_normalization_6");
    const Map second = sum(over_time(first, "conv2d_6", "batch_normalization_7"), first);
    const Map third = sum(over_time(second, "conv2d_7", "batch_normalization_8"), second);
    std::vector<double> pooled;
    for (const Map* each : std::initializer_list<const Map*>{&map, &first, &second, &third}) {
      for (std::size_t c = 0; c < each->front().size(); ++c) {
        double most = each->front()[c], total = 0;
        for (const auto& frame : *each) most = std::max(most, frame[c]), total += frame[c];
        pooled.push_back(most);
        pooled.push_back(total / static_cast<double>(frames_));
      }
    }
    for (std::size_t i = 0; i < pooled.size(); ++i) pooled[i] = norm("batch_normalization_9", i, pooled[i]);
    std::vector<double> hidden = linear("dense", pooled);
    for (std::size_t i = 0; i < hidden.size(); ++i)
      hidden[i] = norm("batch_normalization_10", i, std::max(0.0, hidden[i]));
    return linear("dense_1", hidden);
  }

 private:
  double at(const std::string& name, std::size_t i) const {
    return static_cast<double>(weights_.at(name).span<float>()[i]);
  }
  double norm(const std::string& scope, std::size_t c, double x) const {
    return at(scope + "/gamma", c) * (x - at(scope + "/moving_mean", c)) /
               std::sqrt(at(scope + "/moving_variance", c) + 1e-3) +
           at(scope + "/beta", c);
  }
  // Kernel [kT, kF, 1, out] over the map, ReLU, norm, maximum over frequency.
  void add_filters(const std::vector<double>& x, const std::string& conv, const std::string& bn,
                   Map& map) const {
    const Shape shape = weights_.at(conv + "/kernel").shape();
    const std::int64_t before = (shape[0] - 1) / 2;
    for (std::int64_t t = 0; t < frames_; ++t) {
      for (std::int64_t c = 0; c < shape[3]; ++c) {
        double most = -INFINITY;
        for (std::int64_t f = 0; f + shape[1] <= bands_; ++f) {
          double y = at(conv + "/bias", static_cast<std::size_t>(c));
          for (std::int64_t i = 0; i < shape[0]; ++i) {
            const std::int64_t from = t - before + i;
            if (from < 0 || from >= frames_) continue;
            for (std::int64_t j = 0; j < shape[1]; ++j)
              y += x[static_cast<std::size_t>(from * bands_ + f + j)] *
                   at(conv + "/kernel", static_cast<std::size_t>((i * shape[1] + j) * shape[3] + c));
          }
          most = std::max(most, norm(bn, static_cast<std::size_t>(c), std::max(0.0, y)));
        }
        map[static_cast<std::size_t>(t)].push_back(most);
      }
    }
  }
  // Kernel [7, in, 1, out].
  Map over_time(const Map& x, const std::string& conv, const std::string& bn) const {
    const Shape shape = weights_.at(conv + "/kernel").shape();
    Map result(x.size());
    for (std::int64_t t = 0; t < frames_; ++t) {
      for (std::int64_t o = 0; o < shape[3]; ++o) {
        double y = at(conv + "/bias", static_cast<std::size_t>(o));
        for (std::int64_t i = 0; i < 7; ++i) {
          const std::int64_t from = t - 3 + i;
          if (from < 0 || from >= frames_) continue;
          for (std::int64_t c = 0; c < shape[1]; ++c)
            y += x[static_cast<std::size_t>(from)][static_cast<std::size_t>(c)] *
                 at(conv + "/kernel", static_cast<std::size_t>((i * shape[1] + c) * shape[3] + o));
        }
        result[static_cast<std::size_t>(t)].push_back(
            norm(bn, static_cast<std::size_t>(o), std::max(0.0, y)));
      }
    }
    return result;
  }
  static Map sum(Map a, const Map& b) {
    for (std::size_t t = 0; t < a.size(); ++t) {
      for (std::size_t c = 0; c < a[t].size(); ++c) a[t][c] += b[t][c];
    }
    return a;
  }
  std::vector<double> linear(const std::string& scope, const std::vector<double>& x) const {
    const Shape shape = weights_.at(scope + "/kernel").shape();
    std::vector<double> y;
    for (std::int64_t o = 0; o < shape[1]; ++o) {
      y.push_back(at(scope + "/bias", static_cast<std::size_t>(o)));
      for (std::int64_t i = 0; i < shape[0]; ++i)
        y.back() += x[static_cast<std::size_t>(i)] *
                    at(scope + "/kernel", static_cast<std::size_t>(i * shape[1] + o));
    }
    return y;
  }

  const io::NamedTensors& weights_;
  mutable std::int64_t frames_ = 0, bands_ = 0;
};

models::PublishedBundle small_bundle() {
  return models::read_bundle(test::golden_path("bundles/MTT_small").string());
}

TEST(MusicnnTf, ASmallNetworkIsItsFormulaOnEveryDevice) {
  const models::PublishedBundle bundle = small_bundle();
  for (const Device device : test::network_devices()) {
    models::ImportedModel model = models::import_weights({bundle.tensors, {}}, {});
    EXPECT_EQ(model.draft.about.arch, "musicnn_tf");
    models::Network& network = *model.draft.network;
    network.train(false);
    const Tensor features = network.features(test::lcg_signal(48128, 16000));
    const std::vector<double> expected = SmallMusicnn(bundle.tensors).logits(features);
    network.to(device);
    const NoGrad no_grad;
    const Tensor logits = network.logits(Variable(features.to(device))).data().to(Device{});
    ASSERT_EQ(logits.shape(), (Shape{1, 3}));
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(logits.span<float>()[i], expected[i], 1e-5) << test::test_name(device);
  }
}

TEST(MusicnnTf, WritesTheVariablesThatItReads) {
  const models::PublishedBundle bundle = small_bundle();
  const models::ImportedModel model = models::import_weights({bundle.tensors, {}}, {});
  const io::NamedTensors written = models::export_state(*model.draft.network);
  for (const auto& [name, tensor] : bundle.tensors) {
    const Tensor& other = written.at(name);
    ASSERT_EQ(other.shape(), tensor.shape()) << name;
    EXPECT_EQ(std::memcmp(other.view().pointer, tensor.view().pointer, tensor.bytes()), 0) << name;
  }
}

// The bands are numbers of float16; the front end is that of librosa on the whole clip, cut into patches.
TEST(MusicnnTf, FeaturesAreThoseOfTheWholeClipInFloat16) {
  const models::Architecture architecture = models::find_architecture("musicnn_tf");
  const auto network = architecture.make_network({{"channels", 1}}, 3);
  EXPECT_EQ(network->input().samples, 48128);
  EXPECT_EQ(network->input().hop, 187 * 256);
  EXPECT_EQ(network->input().context, 256);
  models::OptionValues whole = {{"channels", 1},     {"center", true},  {"pad_mode", "zero"},
                                {"samples", 100000}, {"tail", "align"}, {"context", 0}};
  const auto clip_network = architecture.make_network(whole, 3);
  const Tensor clip = test::lcg_signal(100000, 16000);
  const Tensor map = clip_network->features(clip);  // [1, 391, 96, 1]
  models::ModelDescription about;
  about.arch = "musicnn_tf";
  const models::ChunkRule rule = models::ChunkRule::of(about, network->input());
  std::vector<float> patches;
  models::for_each_chunk(clip.span<float>(), rule, [&](std::span<const float> chunk) {
    const Tensor features = network->features(Tensor::from(chunk, {1, 48128}));
    EXPECT_EQ(features.shape(), (Shape{1, 187, 96, 1}));
    patches.insert(patches.end(), features.span<float>().begin(), features.span<float>().end());
  });
  ASSERT_EQ(patches.size(), 2u * 187 * 96) << "the rest of 17 frames is dropped";
  for (std::size_t i = 0; i < patches.size(); ++i) {
    ASSERT_EQ(patches[i], map.span<float>()[i]) << i;
    const double band = (std::pow(10, static_cast<double>(patches[i])) - 1) / 10000;
    const int exponent = std::max(-14, std::ilogb(std::max(band, 1e-30)));
    const double steps = std::ldexp(band, 10 - exponent);
    ASSERT_NEAR(steps, std::round(steps), 0.02) << i;
  }
}

}  // namespace
}  // namespace sonograd
