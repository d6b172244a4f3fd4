// Explanations: against direct computations, finite differences, and networks whose truth is known.
#include <chrono>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>
#include <numeric>

#include "autograd/tape.h"
#include "models/backs/transformer_encoder.h"
#include "models/core/architecture.h"
#include "models/explain/attention.h"
#include "models/explain/attribution.h"
#include "models/explain/explain_clip.h"
#include "tests/models/lcg.h"
#include "tests/models/tone_network.h"

namespace sonograd::models {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;
using testing::ThrowsMessage;

// A tone of 1 kHz in the middle half of a clip of noise.
std::vector<float> tone_in_noise(std::int64_t samples) {
  test::Lcg lcg(3);
  std::vector<float> clip(static_cast<std::size_t>(samples));
  for (std::int64_t n = 0; n < samples; ++n) {
    const double tone = std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(n) / 8000);
    const bool sounds = n >= samples / 4 && n < 3 * samples / 4;
    clip[static_cast<std::size_t>(n)] = static_cast<float>(0.001 * lcg.next() + (sounds ? 0.3 * tone : 0));
  }
  return clip;
}

std::int64_t band_of(double hz, const FeatureAxes& axes) {
  const auto distance = [&](double band) { return std::abs(band - hz); };
  return std::ranges::min_element(axes.bands, {}, distance) - axes.bands.begin();
}

class ExplainTone : public testing::Test {
 protected:
  AddedArchitecture added_ = test::added_tone_network();
  std::int64_t band_ = band_of(1000, test::tone_model(0).network->feature_axes());
  std::vector<float> clip_ = tone_in_noise(4096);
};

TEST_F(ExplainTone, TheGradientEqualsFiniteDifferences) {
  for (const Output output : {Output::sigmoid, Output::softmax}) {
    const ModelDraft draft = test::tone_model(band_, output);
    draft.network->to(DType::f64);
    LabelScore score(*draft.network, output, 1);
    const Tensor x = LabelScore(*test::tone_model(band_).network, output, 1).input_of(clip_).to(DType::f64);
    const Tensor gradient = score.slope(x).gradient;
    for (const std::int64_t k : {0, 100, 517, 1039}) {
      const Tensor up = x.clone(), down = x.clone();
      up.data<double>()[k] += 1e-4;
      down.data<double>()[k] -= 1e-4;
      const double difference = (score.log_odds(up)[0] - score.log_odds(down)[0]) / 2e-4;
      EXPECT_NEAR(gradient.data<double>()[k], difference, 1e-6 * std::abs(difference) + 1e-12) << k;
    }
  }
}

TEST_F(ExplainTone, GradientTimesInputIsTheGradientTimesTheDifference) {
  const ModelDraft draft = test::tone_model(band_);
  LabelScore score(*draft.network, Output::sigmoid, 0);
  const Tensor x = score.input_of(clip_), silence = score.input_of(std::vector<float>(4096));
  const Attribution result = gradient_times_input(score, x, silence);
  const LabelScore::Slope slope = score.slope(x);
  EXPECT_DOUBLE_EQ(result.log_odds, slope.log_odds[0]);
  for (std::size_t k = 0; k < result.values.size(); ++k) {
    const double expected = static_cast<double>(slope.gradient.span<float>()[k]) *
                            (static_cast<double>(x.span<float>()[k]) - silence.span<float>()[k]);
    ASSERT_DOUBLE_EQ(result.values[k], expected) << k;
    ASSERT_EQ(expected != 0, static_cast<std::int64_t>(k) % 16 == band_) << k;
  }
}

TEST_F(ExplainTone, IntegratedGradientsAddUpToTheDifference) {
  for (const Output output : {Output::sigmoid, Output::softmax}) {
    const ModelDraft draft = test::tone_model(band_, output);
    LabelScore score(*draft.network, output, 0);
    const Tensor x = score.input_of(clip_), silence = score.input_of(std::vector<float>(4096));
    const Attribution fine = integrated_gradients(score, x, silence, 64);
    const double difference = fine.log_odds - fine.baseline_log_odds;
    EXPECT_GT(difference, 3);
    EXPECT_NEAR(fine.sum(), difference, 2e-3 * difference);
    const Attribution coarse = integrated_gradients(score, x, silence, 1);
    EXPECT_GT(std::abs(coarse.sum() - difference), 0.01 * difference) << "one step is not enough";
  }
}

TEST_F(ExplainTone, OcclusionEqualsScoresWithoutTheCell) {
  const ModelDraft draft = test::tone_model(band_);
  LabelScore score(*draft.network, Output::sigmoid, 0);
  const Tensor x = score.input_of(clip_), silence = score.input_of(std::vector<float>(4096));
  const CellGrid grid(x.shape(), 4, 16);
  const std::vector<double> cells = cell_sums(occlusion(score, x, silence, grid).values, grid);
  for (const std::int64_t time : {0, 1, 3}) {
    const Tensor without = x.clone();
    for (std::int64_t t = time * 65 / 4; t < (time + 1) * 65 / 4; ++t)
      without.data<float>()[t * 16 + band_] = silence.data<float>()[t * 16 + band_];
    const NoGrad no_grad;
    const auto logit = [&](const Tensor& input) {
      return static_cast<double>(draft.network->logits(Variable(input)).data().data<float>()[0]);
    };
    const std::size_t cell = static_cast<std::size_t>(time * 16 + band_);
    EXPECT_NEAR(cells[cell], logit(x) - logit(without), 1e-5);
    EXPECT_GT(cells[cell], 0.1);
    EXPECT_EQ(cells[cell - 1], 0) << "the network does not see the band below";
  }
}

TEST_F(ExplainTone, DeletionFallsBelowRandomOrders) {
  const ModelDraft draft = test::tone_model(band_);
  LabelScore score(*draft.network, Output::sigmoid, 0);
  const std::vector<Tensor> inputs = {score.input_of(clip_)},
                            baselines = {score.input_of(std::vector<float>(4096))};
  const CellGrid grid(inputs[0].shape(), 8, 16);
  std::vector<std::vector<double>> importance = {
      cell_sums(integrated_gradients(score, inputs[0], baselines[0], 16).values, grid)};
  const DeletionOptions options = {.steps = 10, .random_orders = 3, .seed = 5};
  const DeletionCurve curve = deletion_curve(score, inputs, baselines, grid, importance, options);
  EXPECT_LT(curve.area, 0.5 * curve.lowest_area);
  EXPECT_THAT(curve.removed, testing::Contains(DoubleNear(0.25, 1e-12)));
  EXPECT_DOUBLE_EQ(curve.by_importance.front(), probability_of(score.log_odds(inputs[0])[0]));
  EXPECT_DOUBLE_EQ(curve.by_importance.back(), probability_of(score.log_odds(baselines[0])[0]));
  EXPECT_DOUBLE_EQ(curve.random.back(), curve.by_importance.back());
  const DeletionCurve again = deletion_curve(score, inputs, baselines, grid, importance, options);
  EXPECT_EQ(again.random, curve.random) << "the orders follow from the seed";
  for (double& value : importance[0]) value = -value;
  EXPECT_GT(deletion_curve(score, inputs, baselines, grid, importance, options).area, curve.highest_area);
}

TEST_F(ExplainTone, AMapOfAClipPutsItsChunksTogether) {
  const Model model(test::tone_model(band_));
  ChunkRule rule = ChunkRule::of(model);
  rule.hop = 2048;  // chunks overlap by half
  const std::vector<float> clip = tone_in_noise(3 * 4096);
  const ExplainOptions options = {.baseline = Baseline::silence,
                                  .deletion = {.steps = 4, .random_orders = 2}};
  std::int64_t passes = 0;
  const ClipExplanation result =
      explain_clip(model, clip, rule, options, [&](std::int64_t count) { passes += count; });
  EXPECT_EQ(result.chunks, 5u);
  EXPECT_EQ(passes, inputs_to_explain(options, model.network(), 5));
  EXPECT_NEAR(result.sum, result.log_odds - result.baseline_log_odds, 0.02 * std::abs(result.sum));
  double in_tone = 0, all = 0;
  for (std::int64_t column = 0; column < result.map.columns(); ++column) {
    const double share = static_cast<double>(column) / static_cast<double>(result.map.columns());
    all += result.map.at(column, band_);
    if (share > 0.25 && share < 0.75) in_tone += result.map.at(column, band_);
    ASSERT_EQ(result.map.at(column, band_ + 1), 0);
  }
  EXPECT_GT(in_tone, 0.6 * all) << "where the tone is";
  const std::vector<Excerpt> most = pick_excerpts(result.map, 0.2, 3, true);
  ASSERT_EQ(most.size(), 3u);
  for (const Excerpt& part : most) EXPECT_TRUE(part.begin > 0.36 && part.end < 1.17) << part.begin;
  EXPECT_GE(most[0].sum, most[1].sum);
  EXPECT_LT(pick_excerpts(result.map, 0.2, 1, false).front().sum, most[2].sum);
  EXPECT_EQ(pick_excerpts(result.map, 10, 3, true).size(), 1u) << "a clip shorter than the part";
}

TEST_F(ExplainTone, RepetitionsOfAShortClipAddUp) {
  const Model model(test::tone_model(band_));
  const ChunkRule rule = ChunkRule::of(model);
  const std::vector<float> clip = tone_in_noise(1000);
  const ClipExplanation result = explain_clip(model, clip, rule, {.deletion = {.steps = 0}});
  const std::vector<double> over_time = result.map.over_time();
  EXPECT_EQ(result.map.columns(), 13);  // columns of 80 samples, the shortest of 10 ms
  EXPECT_NEAR(std::accumulate(over_time.begin(), over_time.end(), 0.0), result.sum, 1e-9);
  // One value per position in time, all equal: each column has those of its repetitions.
  const FeatureAxes axes = {.first = 0, .step = 100, .bands = {100}};
  ClipMap map(axes, rule, 1000);
  map.add(0, std::vector<double>(25, 1.0));
  EXPECT_EQ(map.columns(), 10);
  EXPECT_THAT(map.over_time(), ElementsAre(3, 3, 3, 3, 3, 2, 2, 2, 2, 2));
  EXPECT_FALSE(result.deletion.has_value());
}

// Chunks of five columns at a distance of two, and some that lie within one column.
TEST(ClipMap, ChunksShareTheirColumns) {
  const FeatureAxes axes = {.first = 50, .step = 100, .bands = {100, 200}};
  const ChunkRule rule = {.sample_rate = 10000, .length = 500, .hop = 200};
  ClipMap map(axes, rule, 2100);
  for (std::size_t chunk = 0; chunk < rule.positions(2100).size(); ++chunk)
    map.add(chunk, std::vector<double>(10, 1.0));
  EXPECT_THAT(map.over_time(), testing::Each(DoubleNear(2, 1e-12)));
  ClipMap coarse({.first = 0, .step = 400, .bands = {}}, {.sample_rate = 100, .length = 10, .hop = 5}, 400);
  coarse.add(0, {1});
  EXPECT_DOUBLE_EQ(coarse.at(0, 0), 0.5) << "two of 79 chunks are at the middle of the column";
}

// A comparison of all columns with all chunks would take a minute.
TEST(ClipMap, OfManyChunksIsMadeInLinearTime) {
  const std::int64_t samples = 600 * 8000;
  const ChunkRule rule = {.sample_rate = 8000, .length = 4096, .hop = 4};
  const auto begin = std::chrono::steady_clock::now();
  const ClipMap map({.first = 0, .step = 80, .bands = {}}, rule, samples);
  EXPECT_EQ(map.columns(), samples / 80);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(ClipMap, ValuesThatAreNotFiniteAreRefused) {
  const ChunkRule rule = {.sample_rate = 8000, .length = 800, .hop = 800};
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    ClipMap map({.first = 0, .step = 400, .bands = {}}, rule, 800);
    EXPECT_THAT(
        [&] {
          map.add(0, {1, bad});
        },
        ThrowsMessage<FormatError>(HasSubstr("contributions are not finite")));
    EXPECT_EQ(map.at(0, 0), 0) << "none of the values is added";
  }
}

TEST_F(ExplainTone, AMethodThatTheNetworkLacksIsRefused) {
  const Model model(test::tone_model(band_));
  EXPECT_THAT([&] { explain_clip(model, clip_, ChunkRule::of(model), {.method = ExplainMethod::rollout}); },
              ThrowsMessage<ConfigError>(HasSubstr("--method rollout: tone_network has no class token; its "
                                                   "methods are integrated, gradient, occlusion")));
}

// Small networks of every kind of front end and body, in evaluation mode.
struct SmallTagger {
  const char* arch;
  OptionValues options;
};
void PrintTo(const SmallTagger& tagger, std::ostream* out) {
  *out << tagger.arch;
}

const SmallTagger kSmallTaggers[] = {
    {"short_chunk_cnn", {{"channels", 2}, {"samples", 33000}, {"n_mels", 128}}},
    {"cnnsa", {{"channels", 4}, {"heads", 2}, {"samples", 16000}}},
    {"music_tagging_transformer",
     {{"channels", 2}, {"width", 16}, {"heads", 4}, {"depth", 2}, {"positions", 50}, {"samples", 20000}}},
    {"sample_cnn", {{"channels", 2}}},
    {"crnn", {{"channels", 2}, {"units", 3}, {"layers", 1}, {"samples", 49152}}},
    {"combined", {{"front", "harmonic"}, {"channels", 2}, {"samples", 20000}, {"back", "vgg"}}},
};

class ExplainSmall : public testing::TestWithParam<SmallTagger> {
 protected:
  ModelDraft draft() const {
    ModelDescription about;
    about.arch = GetParam().arch;
    about.options = GetParam().options;
    about.labels = {"a", "b"};
    ModelDraft draft = make_model(std::move(about));
    test::lcg_fill_published(*draft.network);
    draft.network->train(false);
    return draft;
  }
};

// The slope along a direction, in double, against the difference of two scores, so near that no ReLU and no maximum changes its side;
// parameters get no gradient.
TEST_P(ExplainSmall, TheGradientReachesTheInputAlone) {
  const ModelDraft single = draft(), wide = draft();
  wide.network->to(DType::f64);
  const Input input = wide.network->input();
  const Tensor signal = test::lcg_signal(input.samples, static_cast<double>(input.sample_rate));
  LabelScore score(*wide.network, Output::sigmoid, 1);
  const Tensor x =
      LabelScore(*single.network, Output::sigmoid, 1).input_of(signal.span<float>()).to(DType::f64);
  const Tensor up = x.clone(), down = x.clone(), gradient = score.slope(x).gradient;
  test::Lcg lcg(9);
  double expected = 0;
  for (std::int64_t k = 0; k < x.numel(); ++k) {
    const double direction = lcg.next();
    up.data<double>()[k] += 1e-8 * direction;
    down.data<double>()[k] -= 1e-8 * direction;
    expected += gradient.data<double>()[k] * direction;
  }
  EXPECT_NE(expected, 0);
  EXPECT_NEAR((score.log_odds(up)[0] - score.log_odds(down)[0]) / 2e-8, expected,
              1e-5 * std::abs(expected) + 1e-6);
  for (const Variable& parameter : wide.network->parameters()) EXPECT_FALSE(parameter.gradient().defined());
}

INSTANTIATE_TEST_SUITE_P(Taggers, ExplainSmall, testing::ValuesIn(kSmallTaggers),
                         [](const auto& test) { return std::string(test.param.arch); });

TEST(AttentionRollout, IsTheProductOfTheBlocks) {
  // One block of two heads with the mean [[0.5, 0.5], [0, 1]], and a block of equal heads [[1, 0], [0.4, 0.6]].
  const Tensor attention =
      Tensor::from(std::vector<float>{0.8f, 0.2f, 0, 1, 0.2f, 0.8f, 0, 1, 1, 0, 0.4f, 0.6f, 1, 0, 0.4f, 0.6f},
                   {2, 2, 2, 2});
  // (second + I) / 2 = [[1, 0], [0.2, 0.8]], times (first + I) / 2 = [[0.75, 0.25], [0, 1]].
  EXPECT_THAT(attention_rollout(attention), Pointwise(DoubleNear(1e-6), {0.75, 0.25, 0.15, 0.85}));
}

TEST(AttentionRollout, TokensShareTheTime) {
  EXPECT_THAT(spread_tokens({2, 6}, 5, 2), ElementsAre(0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1, 1));
}

TEST(TokenLogits, EqualAnEncoderWhoseLastBlockSeesOnePosition) {
  for (const layers::NormPlace place : {layers::NormPlace::before, layers::NormPlace::after}) {
    const layers::TransformerBlockOptions options = {
        .attention = {.heads = 2}, .feed_forward = 12, .norm_place = place};
    TransformerEncoder encoder(1, 8, options);
    layers::TransformerBlock block(8, options);
    test::lcg_fill(encoder);
    test::lcg_fill(block);
    encoder.train(false);
    block.train(false);
    const NoGrad no_grad;
    const std::int64_t tokens = 5;
    const Variable x(test::lcg_signal(2 * tokens * 8, 100).reshape({2, tokens, 8}));
    Outputs outputs({kTokenLogits});
    encoder.forward(x, outputs, [](const Variable& vectors) { return vectors; });
    const Tensor actual = outputs[kTokenLogits].data();
    ASSERT_EQ(actual.shape(), (Shape{2, tokens, 8}));
    for (std::int64_t token = 0; token < tokens; ++token) {
      const Tensor visible = Tensor::zeros({2, tokens}, DType::u8);
      for (const std::int64_t example : {0, 1})
        visible.data<std::uint8_t>()[example * tokens + token] = token != 0;
      const Tensor expected =
          first_token(block.forward(x, AttentionMask{.keys = visible, .bias = {}})).data();
      for (std::int64_t i = 0; i < 16; ++i) {
        ASSERT_NEAR(actual.data<float>()[(i / 8 * tokens + token) * 8 + i % 8], expected.data<float>()[i],
                    1e-5)
            << token << ' ' << i;
      }
    }
  }
}

TEST(ExplainTransformer, MapsAreThoseOfTheOutputs) {
  ModelDescription about;
  about.arch = "cnnsa";
  about.options = {{"channels", 4}, {"heads", 2}, {"samples", 16000}};
  about.labels = {"a", "b"};
  ModelDraft draft = make_model(std::move(about));
  test::lcg_fill_published(*draft.network);
  const Model model(std::move(draft));
  EXPECT_EQ(methods_for(model.network()).size(), 5u);
  const Tensor signal = test::lcg_signal(16000, 16000);
  const ChunkRule rule = ChunkRule::of(model);
  const ExplainOptions options = {.method = ExplainMethod::rollout, .deletion = {.steps = 2}};
  const ClipExplanation rollout = explain_clip(model, signal.span<float>(), rule, options);
  EXPECT_GT(rollout.sum, 0.1);
  EXPECT_LT(rollout.sum, 0.75) << "each of the two blocks leaves the class at least a half of itself";

  LabelScore score(model.network(), Output::sigmoid, 1);
  const Tensor input = score.input_of(signal.span<float>());
  Outputs outputs({kTokenLogits});
  {
    const NoGrad no_grad;
    model.network().forward(Variable(input), outputs);
  }
  const Tensor logits = outputs[kTokenLogits].data();  // [1, S, 2]
  double expected = 0;
  for (std::int64_t token = 1; token < logits.shape()[1]; ++token)
    expected += logits.data<float>()[2 * token + 1] - logits.data<float>()[1];
  const ClipExplanation tagwise =
      explain_clip(model, signal.span<float>(), rule,
                   {.method = ExplainMethod::tagwise, .label = 1, .deletion = {.steps = 0}});
  EXPECT_NEAR(tagwise.sum, expected, 1e-4);
  EXPECT_NEAR(tagwise.baseline_log_odds, logits.data<float>()[1], 1e-6);
}

}  // namespace
}  // namespace sonograd::models
