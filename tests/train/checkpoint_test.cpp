#include "train/run/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/io/safetensors.h"
#include "tensor/io/text_file.h"
#include "tests/support/random_tensor.h"
#include "tests/train/table_files.h"

namespace sonograd::train {
namespace {

using testing::HasSubstr;

Checkpoint example() {
  Checkpoint checkpoint;
  checkpoint.model = {{{"layer.weight", random_tensor({3, 2})}, {"layer.bias", random_tensor({3})}},
                      {{"arch", "fcn"}, {"labels", "[\"a\"]"}}};
  checkpoint.optimizer = {
      kernels::OptimizerRule::adamw, 17, {{"first.layer.weight", random_tensor({3, 2}, DType::f32, 1)}}};
  checkpoint.state = {.epoch = 4,
                      .batch = 3,
                      .step = 23,
                      .loss_sum = 0.1 + 0.2,
                      .examples = 48,
                      .best_loss = 1.0 / 3,
                      .best_epoch = 2,
                      .threads = 3,
                      .data_hash = "abc",
                      .skipped = {3, 8}};
  checkpoint.best = {{{"layer.weight", random_tensor({3, 2}, DType::f32, 2)}}, {{"arch", "fcn"}}};
  return checkpoint;
}

std::vector<float> elements_of(const Tensor& tensor) {
  return {tensor.span<float>().begin(), tensor.span<float>().end()};
}

TEST(Checkpoint, RoundTripsExactly) {
  const auto file = test_folder() / "last.ckpt";
  const Checkpoint saved = example();
  save_checkpoint(file, saved);
  const Checkpoint loaded = load_checkpoint(file);
  EXPECT_EQ(loaded.model.metadata, saved.model.metadata);
  EXPECT_EQ(loaded.model.tensors.size(), 2u);
  EXPECT_EQ(elements_of(loaded.model.tensors.at("layer.weight")),
            elements_of(saved.model.tensors.at("layer.weight")));
  EXPECT_EQ(loaded.optimizer.rule, kernels::OptimizerRule::adamw);
  EXPECT_EQ(loaded.optimizer.steps, 17);
  EXPECT_EQ(elements_of(loaded.optimizer.moments.at("first.layer.weight")),
            elements_of(saved.optimizer.moments.at("first.layer.weight")));
  EXPECT_EQ(loaded.state.epoch, 4);
  EXPECT_EQ(loaded.state.batch, 3);
  EXPECT_EQ(loaded.state.step, 23);
  EXPECT_EQ(loaded.state.loss_sum, 0.1 + 0.2);
  EXPECT_EQ(loaded.state.examples, 48);
  EXPECT_EQ(loaded.state.best_loss, 1.0 / 3);
  EXPECT_EQ(loaded.state.best_epoch, 2);
  EXPECT_EQ(loaded.state.plateau.best_loss, std::numeric_limits<double>::infinity());
  EXPECT_EQ(loaded.state.threads, 3);
  EXPECT_EQ(loaded.state.data_hash, "abc");
  EXPECT_THAT(loaded.state.skipped, testing::ElementsAre(3, 8));
  ASSERT_TRUE(loaded.best);
  EXPECT_EQ(loaded.best->metadata, saved.best->metadata);
  EXPECT_EQ(elements_of(loaded.best->tensors.at("layer.weight")),
            elements_of(saved.best->tensors.at("layer.weight")));
}

TEST(Checkpoint, KeepsWhatThePlateauHasSeenAndThatThereIsNoBest) {
  const auto file = test_folder() / "last.ckpt";
  Checkpoint saved = example();
  saved.state.plateau.best_loss = 0.7;
  saved.state.plateau.bad_epochs = 3;
  saved.state.plateau.scale = 0.25;
  saved.state.best_loss = {};
  saved.best = {};
  save_checkpoint(file, saved);
  const Checkpoint loaded = load_checkpoint(file);
  EXPECT_EQ(loaded.state.plateau.best_loss, 0.7);
  EXPECT_EQ(loaded.state.plateau.bad_epochs, 3);
  EXPECT_EQ(loaded.state.plateau.scale, 0.25);
  EXPECT_EQ(loaded.state.best_loss, std::nullopt);
  EXPECT_FALSE(loaded.best);
}

TEST(Checkpoint, EqualOnesGiveEqualBytesAndReplaceEachOther) {
  const auto file = test_folder() / "last.ckpt";
  save_checkpoint(file, example());
  const std::string bytes = io::read_text_file(file);
  save_checkpoint(file, load_checkpoint(file));
  EXPECT_TRUE(io::read_text_file(file) == bytes);
}

TEST(Checkpoint, NamesAFileThatIsNone) {
  const auto file = test_folder() / "last.ckpt";
  io::write_safetensors(file, {{{"x", random_tensor({2})}}, {}});
  EXPECT_THAT(message_of<FormatError>([&] { load_checkpoint(file); }),
              HasSubstr("last.ckpt: not a checkpoint"));
  io::write_safetensors(file, {{{"x", random_tensor({2})}}, {{"sonograd_checkpoint", "{\"version\":2}"}}});
  EXPECT_THAT(message_of<FormatError>([&] { load_checkpoint(file); }), HasSubstr("malformed"));
  io::write_safetensors(file, {{{"x", random_tensor({2})}}, {{"sonograd_checkpoint", "{\"version\":9}"}}});
  EXPECT_THAT(message_of<FormatError>([&] { load_checkpoint(file); }), HasSubstr("format 9"));
}

}  // namespace
}  // namespace sonograd::train
