// What is published about each network: parameters, multiply-accumulates, shapes.
#include "models/core/registry.h"

#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "layers/init.h"
#include "layers/trace.h"

namespace sonograd {
namespace {

struct Published {
  const char* arch;
  std::int64_t parameters;
  double macs;
  std::vector<Shape> blocks;  // outputs of layer1, layer2, … as [T, F, C]
};

void PrintTo(const Published& published, std::ostream* out) {
  *out << published.arch;
}

const Published kPublished[] = {
    {"fcn", 447732, 2154316928.0, {{453, 48, 64}, {113, 24, 128}, {28, 12, 128}, {5, 4, 128}, {1, 1, 64}}},
    {"fcn4", 17365938, 10010669056.0, {{341, 48, 128}, {68, 12, 384}, {8, 4, 768}, {1, 1, 2048}}},
    {"short_chunk_cnn",
     3687348,
     2011440128.0,
     {{115, 64, 128}, {57, 32, 128}, {28, 16, 256}, {14, 8, 256}, {7, 4, 256}, {3, 2, 256}, {1, 1, 512}}},
    {"short_chunk_cnn_res",
     12104244,
     2773050368.0,
     {{116, 64, 128}, {58, 32, 128}, {29, 16, 256}, {15, 8, 256}, {8, 4, 256}, {4, 2, 256}, {2, 1, 512}}},
};

class Architectures : public testing::TestWithParam<Published> {};

TEST_P(Architectures, CountsAndShapes) {
  const Published& published = GetParam();
  const layers::UninitializedScope extents_only;
  const auto architecture = models::find_architecture(published.arch);
  const auto network = architecture.make(architecture.defaults);
  EXPECT_EQ(network->parameter_count(), published.parameters);
  network->train(false);

  const NoGrad no_grad;
  layers::Trace trace;
  network->logits(Variable(network->features(Tensor::zeros({1, architecture.defaults.samples}))));
  EXPECT_EQ(trace.macs(), published.macs);
  std::map<std::string, Shape> outputs;
  for (const auto& layer : trace.layers()) outputs[layer.module->path()] = layer.output;
  for (std::size_t i = 0; i < published.blocks.size(); ++i) {
    EXPECT_EQ(outputs[concat("layer", i + 1)], published.blocks[i]) << "layer" << i + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Architectures, testing::ValuesIn(kPublished),
                         [](const auto& test) { return std::string(test.param.arch); });

TEST(Registry, UnknownNamesAreListed) {
  try {
    models::find_architecture("resnet");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("short_chunk_cnn_res"), std::string::npos) << error.what();
  }
}

TEST(Options, RangesAndNames) {
  models::ModelConfig config;
  models::set_option(config, "channels", 32);
  EXPECT_EQ(config.channels, 32);
  EXPECT_THROW(models::set_option(config, "channels", 0), ConfigError);
  EXPECT_THROW(models::set_option(config, "channels", 1.5), ConfigError);
  EXPECT_THROW(models::set_option(config, "width", 3), ConfigError);
}

TEST(Options, OfEveryNetworkHaveADefaultInRange) {
  for (const models::Architecture& architecture : models::all_architectures()) {
    EXPECT_FALSE(architecture.options.empty()) << architecture.name;
    for (const std::string_view key : architecture.options) {
      const models::ModelOption& option = models::find_option(key);
      const double value = models::get_option(architecture.defaults, option);
      EXPECT_TRUE(value >= option.low && value <= option.high)
          << architecture.name << ' ' << key << ' ' << value;
    }
  }
}

TEST(Widths, FollowTheFirstBlock) {
  for (const models::Architecture& architecture : models::all_architectures()) {
    models::ModelConfig config = architecture.defaults;
    config.channels = 8;
    config.labels = 3;
    const auto network = architecture.make(config);
    network->train(false);
    const NoGrad no_grad;
    const Variable y = network->logits(Variable(network->features(Tensor::zeros({2, config.samples}))));
    EXPECT_EQ(y.shape(), (Shape{2, 3})) << architecture.name;
  }
}

}  // namespace
}  // namespace sonograd
