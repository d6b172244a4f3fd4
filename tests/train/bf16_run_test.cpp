// A training run with train.precision = bf16 reaches the test score of the same run in float32.
#include <cmath>
#include <gtest/gtest.h>

#include "kernels/core/context.h"
#include "models/core/model.h"
#include "tests/support/devices.h"
#include "tests/train/run_fixture.h"
#include "train/eval/evaluator.h"
#include "train/run/run_folder.h"

namespace sonograd::train {
namespace {

class Bf16Run : public RunTest, public testing::WithParamInterface<Device> {
 protected:
  Bf16Run() {
    settings_.train.arch = "combined";
    settings_.train.epochs = 12;
    settings_.model["front"] = "log_mel";
    settings_.model["back"] = "fcn";
    settings_.model["channels"] = std::int64_t{16};
    settings_.model["n_mels"] = std::int64_t{32};
    settings_.model["samples"] = std::int64_t{8128};
    settings_.model["hop_length"] = std::int64_t{256};
  }
  ~Bf16Run() override { kernels::set_precision(kernels::Precision::strict); }

  // Scores of the test clips with the weights of a run, in float32 on the CPU.
  Evaluation test_scores(const std::string& run) const {
    const auto model = models::load_model(path(run) / "best.safetensors");
    const Dataset data = Dataset::open(settings_, RunFolder(path(run)).split());
    const ClipReader reader(kTestRate, model->about().pcm, nullptr);
    return evaluate(model->network(), model->about(), data.clips(data.split.test), reader,
                    {.rule = models::ChunkRule::of(*model), .device = {}, .loss = {}, .progress = {}})
        .value();
  }
};

TEST_P(Bf16Run, ReachesTheScoreOfFloat32) {
  EXPECT_TRUE(start("strict").finished);
  const double strict_loss = observer_.steps.front().loss;
  const Evaluation strict = test_scores("strict");
  settings_.train.device = GetParam().name();
  settings_.train.precision = kernels::Precision::bf16;
  EXPECT_TRUE(start("bf16").finished);
  EXPECT_GT(std::abs(observer_.steps.front().loss - strict_loss), 1e-5 * strict_loss) << "nothing is rounded";
  kernels::set_precision(kernels::Precision::strict);
  const Evaluation rounded = test_scores("bf16");

  ASSERT_EQ(strict.clips(), 6u);
  EXPECT_GE(strict.roc_auc().value(), 0.95) << "the run in float32 has learned the classes";
  EXPECT_NEAR(rounded.roc_auc().value(), strict.roc_auc().value(), 0.05);
}

INSTANTIATE_TEST_SUITE_P(Accelerators, Bf16Run, testing::ValuesIn(test::accelerators()),
                         [](const auto& test) { return test::test_name(test.param); });

}  // namespace
}  // namespace sonograd::train
