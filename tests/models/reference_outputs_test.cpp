// Whole networks against outputs of the original implementations (PyTorch, float32, evaluation mode), with
// weights and signal from a generator, so that no weight file is needed.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <span>

#include "autograd/tape.h"
#include "layers/trace.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/environment.h"
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
  models::OptionValues options = {};
  const char* size = "";                            // of several
  int (*order)(const std::string& name) = nullptr;  // of the tensors while they are filled, by published name
};

void PrintTo(const Reference& reference, std::ostream* out) {
  *out << reference.arch << reference.size;
}

// The order of the published transformer: of the tensors of a block, the norm before the attention is the first.
int place_in_transformer(const std::string& name) {
  const std::string blocks = "transformer.layers.";
  if (name.starts_with("mlp_head.")) return 1 << 20;
  if (!name.starts_with(blocks)) return 0;
  const std::string within = name.substr(blocks.size());
  const std::size_t dot = within.find('.');
  const int part = within.find(".norm.") != std::string::npos                                             ? 0
                   : within.find("qkv") != std::string::npos || within.find("net.0") != std::string::npos ? 1
                                                                                                          : 2;
  return 1 + 6 * std::stoi(within) + 3 * (within[dot + 1] - '0') + part;
}

// More than 3e9 multiply-accumulates: minutes on the emulated device.
bool is_large(std::string_view arch) {
  constexpr std::string_view kLarge[] = {"cnnsa", "crnn", "harmonic_cnn", "music_tagging_transformer",
                                         "sample_cnn_se"};
  return std::ranges::find(kLarge, arch) != std::end(kLarge);
}

const Reference kReferences[] = {
    {"crnn",
     2915669671u,
     -2.70013,
     38.07337,
     {-0.17684, -0.79997, -0.69979, -1.92328, -2.20324, 0.72627, 0.28492, -1.30102},
     {{"spec_bn", 6.94699},
      {"layer1", 7.14801},
      {"layer2", 8.77408},
      {"layer3", 12.4612},
      {"layer4", 17.6829},
      {"layer5", 0.546655},
      {"dense", 0.761467}}},
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
    {"harmonic_cnn",
     4152331675u,
     -2523.10010,
     23107.24219,
     {-271.11685, 820.30042, 723.57910, 1530.94397, 16.98906, -488.88998, 202.47314, 570.35400},
     {{"hstft", 9.46946},
      {"hstft_bn", 8.60952},
      {"layer1", 7.38326},
      {"layer2", 15.5945},
      {"layer3", 34.2634},
      {"layer4", 65.705},
      {"layer5", 66.2679},
      {"layer6", 157.707},
      {"layer7", 346.434},
      {"dense1", 447.714},
      {"bn", 455.538},
      {"dense2", 462.145}}},
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
    {"sample_cnn",
     2859128067u,
     -26.00104,
     85.51946,
     {-2.58994, -2.46997, 3.07111, -1.82784, -0.51456, -4.77829, -3.73141, -1.28749},
     {{"layer1", 0.133876},
      {"layer2", 0.231204},
      {"layer3", 0.311415},
      {"layer4", 0.363503},
      {"layer5", 0.458896},
      {"layer6", 0.491829},
      {"layer7", 0.536891},
      {"layer8", 0.57217},
      {"layer9", 0.798709},
      {"layer10", 1.03019},
      {"layer11", 0.861789},
      {"dense", 1.71039}}},
    {"sample_cnn_se",
     3362531971u,
     220.13057,
     1198.11963,
     {46.46986, 12.73184, 27.07688, 4.94484, 5.68731, -35.74091, -12.52667, 14.72741},
     {{"layer1", 0.154341},
      {"layer2", 0.34922},
      {"layer3", 0.632497},
      {"layer4", 0.762328},
      {"layer5", 1.20974},
      {"layer6", 1.66745},
      {"layer7", 2.37083},
      {"layer8", 3.64126},
      {"layer9", 5.77199},
      {"layer10", 8.44525},
      {"layer11", 11.1733},
      {"dense1", 19.6845},
      {"bn", 20.3636},
      {"dense2", 23.9624}}},
    {"cnnsa",
     3599056871u,
     4.76347,
     44.45804,
     {-1.31945, 0.14968, -0.31293, -2.13923, 0.41735, -0.22815, 1.96508, -0.20484},
     {{"spec_bn", 6.68567},
      {"layer1", 5.97792},
      {"layer2", 9.14436},
      {"layer3", 13.2399},
      {"layer4", 21.2178},
      {"layer5", 29.2677},
      {"layer6", 45.3194},
      {"layer7", 47.2861},
      {"encoder.1", 0.816168},
      {"pooler", 0.664843},
      {"dense", 0.889161}}},
    {"music_tagging_transformer",
     2037942631u,
     24.00273,
     58.79322,
     {0.48466, 1.75656, -0.87558, -1.28737, 1.85191, -0.32324, -1.14096, 0.48829},
     {{"frontend.fc", 113.65}, {"transformer.3", 112.833}, {"mlp_head.1", 1.17586}},
     {},
     "_teacher",
     place_in_transformer},
    {"music_tagging_transformer",
     3778167335u,
     -5.63627,
     58.11535,
     {-0.86610, 1.40501, -0.44532, 2.60507, 1.91584, 0.06064, 0.60735, 1.06206},
     {{"frontend.fc", 58.0826}, {"transformer.3", 58.381}, {"mlp_head.1", 1.16231}},
     {{"width", std::int64_t{64}}},
     "_student",
     place_in_transformer},
    {"musicnn",
     1069914201u,
     24.06458,
     988.35486,
     {-5.91127, 43.59987, 9.37484, 21.70995, 11.97864, -20.29640, -12.08287, 17.48369},
     {{"spec_bn", 6.95715},
      {"layers.0", 11.3918},
      {"layers.1", 14.2581},
      {"layers.2", 3.85804},
      {"layers.3", 3.47647},
      {"layers.4", 3.78736},
      {"layer1", 7.13242},
      {"layer2", 7.67794},
      {"layer3", 13.3222},
      {"dense1", 24.6947},
      {"bn", 25.7155},
      {"dense2", 19.7671}}},
    {"musicnn",
     3080399781u,
     144.10661,
     2251.08203,
     {5.95033, -45.76851, -8.38744, -0.40700, -22.42324, -38.31520, -14.10855, -103.83287},
     {{"spec_bn", 6.95715},
      {"layers.0", 11.3918},
      {"layers.1", 14.2581},
      {"layers.2", 3.85804},
      {"layers.3", 3.47647},
      {"layers.4", 3.78736},
      {"layer1", 8.15645},
      {"layer2", 9.21766},
      {"layer3", 14.1954},
      {"dense1", 35.1547},
      {"bn", 37.0331},
      {"dense2", 45.0216}},
     {{"channels", 512}, {"filters", 51}, {"units", 500}},
     "_big"},
};

class ReferenceOutputs : public testing::TestWithParam<std::tuple<Reference, Device>> {};

TEST_P(ReferenceOutputs, LogitsAndStages) {
  const auto& [reference, device] = GetParam();
  if (device.kind == DeviceKind::emulated && is_large(reference.arch) && !test::whole_networks())
    GTEST_SKIP() << "minutes; " << test::kHowToRunWholeNetworks;
  const auto architecture = models::find_architecture(reference.arch);
  const auto network = architecture.make_network(reference.options, 50);
  ASSERT_EQ(test::lcg_fill_published(*network, reference.order), reference.state_after_fill)
      << "another order or size of the state";
  network->train(false);
  network->to(device);

  const NoGrad no_grad;
  layers::Trace trace;
  const Tensor signal =
      test::lcg_signal(network->input().samples, static_cast<double>(network->input().sample_rate))
          .to(device);
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
  return concat(reference.arch, reference.size, '_', test::test_name(device));
}

INSTANTIATE_TEST_SUITE_P(Networks, ReferenceOutputs,
                         testing::Combine(testing::ValuesIn(kReferences),
                                          testing::ValuesIn(test::network_devices())),
                         name_of_case);

// Probabilities of the published MagnaTagATune weights for the same signal.
constexpr double kMtatFcn[] = {
    0.257776, 0.001450, 0.008472, 0.027921, 0.002108, 0.234859, 0.026158, 0.906685, 0.285367, 0.005951,
    0.008218, 0.019535, 0.000565, 0.005861, 0.012899, 0.000710, 0.008273, 0.000608, 0.019428, 0.003434,
    0.009273, 0.046720, 0.001227, 0.402687, 0.001569, 0.000992, 0.000394, 0.015430, 0.042104, 0.004004,
    0.001493, 0.001808, 0.008732, 0.003683, 0.000387, 0.000246, 0.003047, 0.002809, 0.002285, 0.009818,
    0.000273, 0.006513, 0.000371, 0.000124, 0.020382, 0.030496, 0.001600, 0.465462, 0.000370, 0.000283};

constexpr double kMtatMusicnn[] = {
    0.057992, 0.011849, 0.017949, 0.172232, 0.014775, 0.083285, 0.115064, 0.293584, 0.250938, 0.012438,
    0.047693, 0.048524, 0.003593, 0.054393, 0.069761, 0.017237, 0.124548, 0.005005, 0.044243, 0.033587,
    0.052524, 0.064046, 0.037571, 0.414455, 0.007696, 0.006154, 0.011760, 0.032231, 0.052837, 0.015365,
    0.002730, 0.072634, 0.018522, 0.013747, 0.004202, 0.015419, 0.022766, 0.021558, 0.029451, 0.017638,
    0.009434, 0.018780, 0.009087, 0.001503, 0.039909, 0.071229, 0.000882, 0.102665, 0.010359, 0.010840};

struct PublishedScores {
  const char* arch;
  std::span<const double> probabilities;
};

class PublishedProbabilities : public testing::TestWithParam<std::tuple<PublishedScores, Device>> {};

TEST_P(PublishedProbabilities, GiveTheProbabilitiesOfTheOriginal) {
  const auto& [published, device] = GetParam();
  const auto& [arch, expected] = published;
  if (device.kind == DeviceKind::emulated && !test::whole_networks())
    GTEST_SKIP() << "a minute; " << test::kHowToRunWholeNetworks;
  const auto file = test::shared_path(concat("checkpoints/mtat-", arch, ".pth"));
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not here";

  const io::NamedTensors weights = io::read_pth(file);
  const auto candidates = models::recognise(weights);
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].arch, arch);
  const auto network =
      models::find_architecture(arch).make_network(candidates[0].options, candidates[0].labels);
  models::load_state(*network, weights);
  network->train(false);
  network->to(device);

  const NoGrad no_grad;
  const Tensor signal = test::lcg_signal(network->input().samples, 16000).to(device);
  const Tensor logits = network->logits(Variable(network->features(signal))).data().to(Device{});
  ASSERT_EQ(logits.numel(), std::ssize(expected));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(1 / (1 + std::exp(-logits.data<float>()[i])), expected[i], 1e-6) << "tag " << i;
  }
}

constexpr PublishedScores kPublishedScores[] = {{"fcn", kMtatFcn}, {"musicnn", kMtatMusicnn}};

INSTANTIATE_TEST_SUITE_P(Mtat, PublishedProbabilities,
                         testing::Combine(testing::ValuesIn(kPublishedScores),
                                          testing::ValuesIn(test::network_devices())),
                         [](const auto& test) {
                           return concat(std::get<0>(test.param).arch, '_',
                                         test::test_name(std::get<1>(test.param)));
                         });

}  // namespace
}  // namespace sonograd
