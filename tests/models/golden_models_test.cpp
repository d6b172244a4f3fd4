// Model files and checkpoints of format 1 (tests/golden/make_models.py).
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "include/sonograd/tagger.h"
#include "models/core/architecture.h"
#include "models/core/model.h"
#include "models/core/weights.h"
#include "tensor/io/safetensors.h"
#include "tests/support/files.h"
#include "train/run/checkpoint.h"

namespace sonograd {
namespace {

class GoldenModel : public testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path file_ = test::golden_path(concat("models/", GetParam(), ".safetensors"));
  std::filesystem::path sound_ = test::golden_path("models/noise.wav");
};

// Bit for bit what the file contains; scores depend on the instructions of the processor, too.
TEST_P(GoldenModel, KeepsEveryTensorBitForBit) {
  const io::NamedTensors stored = io::read_safetensors(file_).tensors;
  const io::NamedTensors loaded = models::export_state(models::load_model(file_)->network());
  ASSERT_EQ(loaded.size(), stored.size());
  for (const auto& [name, tensor] : stored) {
    const Tensor& other = loaded.at(name);
    ASSERT_EQ(other.shape(), tensor.shape()) << name;
    ASSERT_EQ(other.dtype(), tensor.dtype()) << name;
    EXPECT_EQ(std::memcmp(other.view().pointer, tensor.view().pointer, tensor.bytes()), 0) << name;
  }
}

// Scores of the machine that made the files (tests/golden/make_models.py). Equal bits can be expected on one kind of processor
// only: another one sums in vectors of another width, and float32 sums of a thousand products differ by some 1e-7.
TEST_P(GoldenModel, GivesTheScoresOfThatTime) {
  std::ifstream text(test::golden_path("models/scores.json"));
  const auto expected = nlohmann::json::parse(text).at(GetParam());
  const Tags tags = Tagger(Model::load(file_)).tag(sound_);
  ASSERT_EQ(tags.tags.size(), expected.size());
  for (const Tag& tag : tags.tags)
    EXPECT_NEAR(tag.score, expected.at(tag.label).get<double>(), 1e-6) << tag.label;
}

TEST_P(GoldenModel, GivesTheSameBitsInThePresentFormat) {
  const auto model = models::load_model(file_);
  EXPECT_TRUE(model->warnings().empty());
  EXPECT_EQ(model->about().options.at("channels"), models::OptionValue(std::int64_t{1}));
  EXPECT_EQ(model->about().options.at("dropout"), models::OptionValue(0.25));
  const auto path = test::temporary_path(concat("present_", GetParam(), ".safetensors"));
  models::save_model(path, *model);
  EXPECT_EQ(io::read_safetensors(path).metadata.at("sonograd"), "2");
  const Tags before = Tagger(Model::load(file_)).tag(sound_), after = Tagger(Model::load(path)).tag(sound_);
  for (std::size_t i = 0; i < before.tags.size(); ++i)
    EXPECT_EQ(before.tags[i].score, after.tags[i].score) << i;
  ASSERT_EQ(before.chunks.size(), after.chunks.size());
  for (std::size_t i = 0; i < before.chunks.size(); ++i)
    EXPECT_EQ(before.chunks[i].scores, after.chunks[i].scores);
}

INSTANTIATE_TEST_SUITE_P(Networks, GoldenModel,
                         testing::Values("fcn", "fcn4", "short_chunk_cnn", "short_chunk_cnn_res"),
                         [](const auto& test) { return std::string(test.param); });

TEST(GoldenCheckpoint, IsReadAndFitsTheNetwork) {
  const train::Checkpoint checkpoint =
      train::load_checkpoint(test::golden_path("models/short_chunk_cnn.ckpt"));
  models::ModelDraft model = models::make_model(models::from_metadata(checkpoint.model.metadata));
  EXPECT_NO_THROW(models::load_state(*model.network, checkpoint.model.tensors));
  ASSERT_TRUE(checkpoint.best);
  EXPECT_NO_THROW(models::load_state(*model.network, checkpoint.best->tensors));
}

}  // namespace
}  // namespace sonograd
