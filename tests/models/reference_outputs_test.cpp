// Whole networks against outputs of the original implementations (PyTorch, float32, evaluation mode), with
// weights and signal from a generator, so that no weight file is needed.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "layers/trace.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

struct Stage {
  const char* layer;
  double mean_abs;
};

struct Reference {
  const char* arch;
  std::uint32_t state_after_fill;
  double sum, sum_abs;
  std::vector<double> first;
  std::vector<Stage> stages;
};

void PrintTo(const Reference& reference, std::ostream* out) {
  *out << reference.arch;
}

const Reference kReferences[] = {
    {"fcn",
     4112345255u,
     -112.25443,
     1179.48328,
     {6.93897, -12.80332, -48.82236, -31.55282, -12.66312, 5.74969, -7.09040, -46.55020},
     {{"spec_bn", 6.94699},
      {"layer1", 8.34698},
      {"layer2", 8.74299},
      {"layer3", 9.82613},
      {"layer4", 12.7836},
      {"layer5", 21.512},
      {"dense", 23.5897}}},
    {"short_chunk_cnn",
     969483623u,
     -43.81834,
     2209.73608,
     {-30.63863, 101.84908, -48.80900, -5.78602, 40.98451, -43.41368, 0.26952, -92.45089},
     {{"spec_bn", 6.68435},
      {"layer1", 6.45219},
      {"layer2", 7.66915},
      {"layer3", 9.44678},
      {"layer4", 12.5055},
      {"layer5", 15.9074},
      {"layer6", 20.2024},
      {"layer7", 29.1211},
      {"dense1", 45.0823},
      {"bn", 46.5775},
      {"dense2", 44.1947}}},
    {"short_chunk_cnn_res",
     1783984103u,
     90.40312,
     4116.50146,
     {85.47364, 25.31595, -41.13070, -298.53693, 77.72839, 28.90030, 113.14903, -67.62317},
     {{"spec_bn", 6.68435},
      {"layer1", 5.94565},
      {"layer2", 9.09469},
      {"layer3", 13.0803},
      {"layer4", 20.3107},
      {"layer5", 26.5185},
      {"layer6", 38.6488},
      {"layer7", 37.3718},
      {"dense1", 93.6757},
      {"bn", 97.3075},
      {"dense2", 82.33}}},
};

class ReferenceOutputs : public testing::TestWithParam<std::tuple<Reference, Device>> {};

TEST_P(ReferenceOutputs, LogitsAndStages) {
  const auto& [reference, device] = GetParam();
#if defined(__SANITIZE_ADDRESS__)
  if (device.kind == DeviceKind::emulated) GTEST_SKIP() << "minutes under AddressSanitizer";
#endif
  const auto architecture = models::find_architecture(reference.arch);
  const auto network = architecture.make_network({}, 50);
  ASSERT_EQ(test::lcg_fill(*network), reference.state_after_fill) << "another order or size of the state";
  network->train(false);
  network->to(device);

  const NoGrad no_grad;
  layers::Trace trace;
  const Tensor signal = test::lcg_signal(network->input().samples, 16000).to(device);
  const Tensor logits = network->logits(Variable(network->features(signal))).data().to(Device{});

  std::map<std::string, double> stages;
  for (const auto& layer : trace.layers()) stages[layer.module->path()] = layer.mean_abs;
  for (const Stage& stage : reference.stages) {
    ASSERT_TRUE(stages.contains(stage.layer)) << stage.layer;
    EXPECT_NEAR(stages[stage.layer], stage.mean_abs, 1e-5 * stage.mean_abs) << stage.layer;
  }

  // Twenty millionths of the mean logit: the difference of the original between float32 and float64.
  const double allowed = 2e-5 * reference.sum_abs / 50;
  double sum = 0, sum_abs = 0;
  for (const float value : logits.span<float>()) sum += value, sum_abs += std::abs(value);
  for (std::size_t i = 0; i < reference.first.size(); ++i) {
    EXPECT_NEAR(logits.data<float>()[i], reference.first[i], allowed) << "logit " << i;
  }
  EXPECT_NEAR(sum, reference.sum, 50 * allowed);
  EXPECT_NEAR(sum_abs, reference.sum_abs, 50 * allowed);
}

std::string name_of_case(const testing::TestParamInfo<ReferenceOutputs::ParamType>& info) {
  const auto& [reference, device] = info.param;
  return concat(reference.arch, '_', test::test_name(device));
}

INSTANTIATE_TEST_SUITE_P(Networks, ReferenceOutputs,
                         testing::Combine(testing::ValuesIn(kReferences),
                                          testing::ValuesIn(test::all_devices())),
                         name_of_case);

// Probabilities of the published MagnaTagATune weights for the same signal.
constexpr double kMtatFcn[] = {
    0.257776, 0.001450, 0.008472, 0.027921, 0.002108, 0.234859, 0.026158, 0.906685, 0.285367, 0.005951,
    0.008218, 0.019535, 0.000565, 0.005861, 0.012899, 0.000710, 0.008273, 0.000608, 0.019428, 0.003434,
    0.009273, 0.046720, 0.001227, 0.402687, 0.001569, 0.000992, 0.000394, 0.015430, 0.042104, 0.004004,
    0.001493, 0.001808, 0.008732, 0.003683, 0.000387, 0.000246, 0.003047, 0.002809, 0.002285, 0.009818,
    0.000273, 0.006513, 0.000371, 0.000124, 0.020382, 0.030496, 0.001600, 0.465462, 0.000370, 0.000283};

TEST(PublishedWeights, MtatFcnProbabilities) {
  const auto file = test::shared_path("checkpoints/mtat-fcn.pth");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not here";

  const io::NamedTensors weights = io::read_pth(file);
  const auto candidates = models::recognise(weights);
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].arch, "fcn");
  const auto network =
      models::find_architecture("fcn").make_network(candidates[0].options, candidates[0].labels);
  models::load_state(*network, weights);
  network->train(false);

  const NoGrad no_grad;
  const Tensor logits = network->logits(Variable(network->features(test::lcg_signal(464000, 16000)))).data();
  for (std::size_t i = 0; i < std::size(kMtatFcn); ++i) {
    EXPECT_NEAR(1 / (1 + std::exp(-logits.data<float>()[i])), kMtatFcn[i], 1e-6) << "tag " << i;
  }
}

}  // namespace
}  // namespace sonograd
