// Model files and checkpoints of format 1 (tests/golden/make_models.py).
#include <algorithm>
#include <cstring>
#include <deque>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

#include "include/sonograd/tagger.h"
#include "kernels/core/pins.h"
#include "kernels/core/variant.h"
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

/// Runs the simplest variant of every op while it lives: loops in double, each result rounded to float32 once, whose bits depend
/// neither on the width of vectors nor on the number of threads. An op that is several others has `composed` instead.
class SimplestKernels {
 public:
  SimplestKernels() {
    for (const kernels::TableList& list : kernels::all_tables()) {
      for (const kernels::TableInfo& table : list)
        pins_.emplace_back(table.op, has_reference(table) ? kernels::kReference : "composed");
    }
  }

 private:
  static bool has_reference(const kernels::TableInfo& table) {
    return std::ranges::find(table.rows, kernels::kReference, &kernels::TableInfo::Row::name) !=
           table.rows.end();
  }
  std::deque<kernels::PinScope> pins_;
};

std::map<std::string, float> scores_of_that_time(const std::string& network) {
  std::ifstream text(test::golden_path("models/scores.json"));
  return nlohmann::json::parse(text).at(network).get<std::map<std::string, float>>();
}

// On every x86-64 and with every compiler: the functions of libm, and products that a compiler fuses with sums, are within one
// unit of the last place of a double, 2^-29 of one of the float32 to which results are rounded.
TEST_P(GoldenModel, GivesTheScoresOfThatTimeBitForBit) {
  const SimplestKernels simplest;
  const auto expected = scores_of_that_time(GetParam());
  const Tags tags = Tagger(Model::load(file_)).tag(sound_);
  ASSERT_EQ(tags.tags.size(), expected.size());
  for (const Tag& tag : tags.tags) EXPECT_EQ(tag.score, expected.at(tag.label)) << tag.label;
}

// Faster kernels sum in vectors, whose width is that of the processor. The logits are below 1: an error of 2^-18, 64 roundings of
// float32 in the same direction, moves a score by a quarter of it at most, the slope of the sigmoid.
TEST_P(GoldenModel, GivesTheScoresOfThatTimeByTheDefaultKernels) {
  const auto expected = scores_of_that_time(GetParam());
  const Tags tags = Tagger(Model::load(file_)).tag(sound_);
  ASSERT_EQ(tags.tags.size(), expected.size());
  for (const Tag& tag : tags.tags) EXPECT_NEAR(tag.score, expected.at(tag.label), 0x1p-20) << tag.label;
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
