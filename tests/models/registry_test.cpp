// Published figures of each network: parameters, multiply-accumulates, shapes.
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/summary.h"
#include "models/core/weights.h"

namespace sonograd {
namespace {

struct Published {
  const char* arch;
  std::int64_t parameters;
  double macs;
  std::vector<Shape> blocks = {};  // outputs of layer1, layer2, … as [T, F, C]
  models::OptionValues options = {};
  const char* size = "";  // of several
};

void PrintTo(const Published& published, std::ostream* out) {
  *out << published.arch << published.size;
}

const Published kPublished[] = {
    {"crnn", 394100, 4063667776.0, {{906, 48, 64}, {302, 16, 128}, {75, 4, 128}, {18, 1, 128}, {18, 32}}},
    {"fcn", 447732, 2154316928.0, {{453, 48, 64}, {113, 24, 128}, {28, 12, 128}, {5, 4, 128}, {1, 1, 64}}},
    {"fcn4", 17365938, 10010669056.0, {{341, 48, 128}, {68, 12, 384}, {8, 4, 768}, {1, 1, 2048}}},
    {"harmonic_cnn",
     3631551,
     4235899392.0,
     {{156, 64, 128}, {78, 32, 128}, {39, 16, 128}, {19, 8, 128}, {9, 4, 256}, {3, 2, 256}, {1, 1, 256}}},
    {"short_chunk_cnn",
     3687348,
     2011440128.0,
     {{115, 64, 128}, {57, 32, 128}, {28, 16, 256}, {14, 8, 256}, {7, 4, 256}, {3, 2, 256}, {1, 1, 512}}},
    {"short_chunk_cnn_res",
     12104244,
     2773050368.0,
     {{116, 64, 128}, {58, 32, 128}, {29, 16, 256}, {15, 8, 256}, {8, 4, 256}, {4, 2, 256}, {2, 1, 512}}},
    {"sample_cnn",
     1869874,
     1728067712.0,
     {{19683, 128},
      {6561, 128},
      {2187, 128},
      {729, 256},
      {243, 256},
      {81, 256},
      {27, 256},
      {9, 256},
      {3, 256},
      {1, 512},
      {1, 512}}},
    {"sample_cnn_se",
     6951858,
     4858105088.0,
     {{19683, 128},
      {6561, 128},
      {2187, 128},
      {729, 256},
      {243, 256},
      {81, 256},
      {27, 256},
      {9, 256},
      {3, 256},
      {1, 512},
      {1, 512}}},
    {"cnnsa",
     10521652,
     13382694400.0,
     {{469, 64, 128},
      {235, 32, 128},
      {118, 16, 256},
      {118, 8, 256},
      {118, 4, 256},
      {118, 2, 256},
      {118, 1, 256}}},
    {"music_tagging_transformer", 4567732, 13749465600.0, {}},
    {"musicnn", 784300, 1202026940.0, {{188, 64}, {188, 64}, {188, 64}}},
    {"musicnn_tf", 787159, 1398553584.0, {}},
    {"vgg_tf", 605748, 885080576.0, {}},
    {"fcn", 447732, 2872298624.0, {}, {{"n_mels", 128}}, "_of_128_bands"},
    {"musicnn",
     7972000,
     2213767724.0,
     {{188, 512}, {188, 512}, {188, 512}},
     {{"channels", 512}, {"filters", 51}, {"units", 500}},
     "_big"},
    {"musicnn_tf", 7980235, 2404922400.0, {}, {{"channels", 512}, {"filters", 51}, {"units", 500}}, "_big"},
};

class Architectures : public testing::TestWithParam<Published> {};

TEST_P(Architectures, CountsAndShapes) {
  const Published& published = GetParam();
  const models::NetworkSummary summary =
      summarise(models::find_architecture(published.arch), published.options);
  EXPECT_EQ(summary.parameters, published.parameters);
  EXPECT_EQ(summary.macs, published.macs);
  std::map<std::string, Shape> outputs;
  for (const models::LayerSummary& layer : summary.layers) outputs[layer.name] = layer.output;
  for (std::size_t i = 0; i < published.blocks.size(); ++i) {
    EXPECT_EQ(outputs[concat("layer", i + 1)], published.blocks[i]) << "layer" << i + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Architectures, testing::ValuesIn(kPublished),
                         [](const auto& test) { return concat(test.param.arch, test.param.size); });

TEST(Registry, UnknownNamesAreListed) {
  try {
    models::find_architecture("resnet");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("short_chunk_cnn_res"), std::string::npos) << error.what();
  }
}

TEST(Registry, TellsThePaperOfEveryNetwork) {
  for (const models::Architecture& architecture : models::all_architectures())
    EXPECT_NE(architecture.paper.find("20"), std::string::npos) << architecture.name;
}

TEST(Recognition, ReadsSizesFromTheTensors) {
  const models::Architecture fcn = models::find_architecture("fcn");
  const models::OptionValues options = {{"channels", 8}, {"n_fft", 256}, {"n_mels", 96}, {"win_length", 200}};
  const auto network = fcn.make_network(options, 3);
  const std::vector<models::RecognisedNetwork> found = models::recognise(models::export_state(*network));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().arch, "fcn");
  EXPECT_EQ(found.front().labels, 3);
  for (const auto& [key, value] : options) EXPECT_EQ(found.front().options.at(key), value) << key;
}

models::OptionValues small(const models::Architecture& architecture) {
  models::OptionValues values;
  if (architecture.options.find("channels") != nullptr) values["channels"] = 8;
  return values;
}

// Outputs that a network lists, and outputs that it computes.
TEST(Outputs, OfEveryNetworkHaveTheAnnouncedShapes) {
  for (const models::Architecture& architecture : models::all_architectures()) {
    SCOPED_TRACE(architecture.name);
    const auto network = architecture.make_network(small(architecture), 3);
    network->train(false);
    const std::vector<models::OutputInfo> announced = network->outputs();
    ASSERT_FALSE(announced.empty());
    EXPECT_EQ(announced.front().name, models::kLogits);
    EXPECT_EQ(announced.front().shape, (Shape{3}));
    const NoGrad no_grad;
    const Variable features(network->features(Tensor::zeros({2, network->input().samples})));
    for (const models::OutputInfo& output : announced) {
      models::Outputs one({output.name});
      network->forward(features, one);
      Shape expected = {2};
      for (const std::int64_t extent : output.shape) expected.push_back(extent);
      EXPECT_EQ(one[output.name].shape(), expected) << output.name;
    }
  }
}

TEST(Outputs, AreThoseRequested) {
  models::Outputs outputs({"embedding", "absent"});
  EXPECT_FALSE(outputs.contains(models::kLogits));
  outputs.set(models::kLogits, Variable(Tensor::zeros({1})));
  outputs.set("embedding", Variable(Tensor::zeros({2})));
  EXPECT_EQ(outputs["embedding"].shape(), (Shape{2}));
  EXPECT_THROW(outputs[models::kLogits], ConfigError) << "not requested";
  EXPECT_THROW(outputs["absent"], ConfigError) << "requested, not computed";
  EXPECT_THROW(models::Outputs({"1", "2", "3", "4", "5", "6", "7", "8", "9"}), ConfigError);
}

}  // namespace
}  // namespace sonograd
