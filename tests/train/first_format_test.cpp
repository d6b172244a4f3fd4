// A run that was begun before networks owned their options is continued: its checkpoint describes the model in format 1, and
// its config.toml has all options of the network in one section (tests/golden/make_models.py).
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audio/encode.h"
#include "models/core/model.h"
#include "tensor/io/safetensors.h"
#include "tests/models/lcg.h"
#include "tests/train/tiny_run.h"
#include "train/run/checkpoint.h"
#include "train/run/run_folder.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::SizeIs;

constexpr const char* kCheckpoint = "models/short_chunk_cnn.ckpt";

class FirstFormatRun : public testing::Test {
 protected:
  FirstFormatRun() {
    setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
    std::string table = "path\ttags\tsplit\n", split = "path\tsplit\n";
    for (std::uint32_t i = 0; i < 12; ++i) {
      const std::string name = concat(i, ".wav"), part = i < 8 ? "train" : i < 10 ? "valid" : "test";
      test::Lcg lcg(i);
      std::vector<std::int16_t> samples(10300);
      for (std::int16_t& sample : samples) sample = static_cast<std::int16_t>(lcg.next() * 16384);
      fs::create_directories(folder_ / "data");
      audio::write_sound(folder_ / "data" / name, samples, 2000, audio::Encoding::wav_pcm16);
      table += concat(name, i % 2 == 1 ? "\tlow\t" : "\tlow,high\t", part, '\n');
      split += concat(name, '\t', part, '\n');
    }
    write_text(folder_ / "data" / "labels.tsv", table);
    for (const char* run : {"first", "present"}) {
      std::string config = test::read_file(test::golden_path("models/short_chunk_cnn.toml"));
      config.replace(config.find("DATA"), 4, (folder_ / "data").string());
      config.replace(config.find("epochs = 2"), 10, "epochs = 3");
      write_text(folder_ / run / "config.toml", config);
      write_text(folder_ / run / "split.tsv", split);
      fs::copy_file(test::golden_path(kCheckpoint), folder_ / run / "last.ckpt");
      io::write_safetensors(folder_ / run / "best.safetensors", *checkpoint(run).best);
    }
  }

  Checkpoint checkpoint(const char* run) const {
    return load_checkpoint(RunFolder(folder_ / run).checkpoint());
  }
  RunResult resume(const char* run) {
    return resume_run(folder_ / run, {}, {"sonograd train", "1"}, observer_);
  }

  fs::path folder_ = test_folder("folder");
  TestObserver observer_;
};

void expect_equal_bits(const io::NamedTensors& a, const io::NamedTensors& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) {
    const Tensor& other = b.at(name);
    ASSERT_EQ(tensor.bytes(), other.bytes()) << name;
    EXPECT_EQ(std::memcmp(tensor.view().pointer, other.view().pointer, tensor.bytes()), 0) << name;
  }
}

TEST_F(FirstFormatRun, IsContinuedWithItsOptions) {
  ASSERT_EQ(checkpoint("first").model.metadata.at("sonograd"), "1");
  const RunResult result = resume("first");
  EXPECT_TRUE(result.finished);
  EXPECT_EQ(result.epochs, 3);
  ASSERT_THAT(observer_.epochs, SizeIs(1)) << "two were complete";
  EXPECT_EQ(observer_.epochs[0].epoch, 3);
  EXPECT_THAT(observer_.steps, SizeIs(2));

  const Checkpoint after = checkpoint("first");
  EXPECT_EQ(after.state.step, 6);
  EXPECT_EQ(after.optimizer.steps, 6);
  EXPECT_EQ(after.model.metadata.at("sonograd"), "2");
  const models::ModelDescription about = models::from_metadata(after.model.metadata);
  EXPECT_EQ(about.outputs, std::vector<std::string>{"penultimate"});
  EXPECT_EQ(about.options.at("channels"), models::OptionValue(std::int64_t{1}));
  EXPECT_EQ(about.options.at("dropout"), models::OptionValue(0.25));
  EXPECT_EQ(about.options.at("f_max"), models::OptionValue(1000.0));
  EXPECT_EQ(about.options.at("hop_length"), models::OptionValue(std::int64_t{8}));
  EXPECT_EQ(models::load_model(RunFolder(folder_ / "first").best())->about().options, about.options);
}

// The checkpoint in the present format, made by hand, gives the same bits: the format changes the description alone.
TEST_F(FirstFormatRun, EndsLikeOneOfThePresentFormat) {
  Checkpoint present = checkpoint("present");
  for (io::TensorFile* const file : {&present.model, &*present.best})
    file->metadata = models::to_metadata(models::from_metadata(file->metadata));
  save_checkpoint(folder_ / "present" / "last.ckpt", present);
  EXPECT_TRUE(resume("first").finished);
  EXPECT_TRUE(resume("present").finished);
  const Checkpoint first = checkpoint("first");
  present = checkpoint("present");
  expect_equal_bits(first.model.tensors, present.model.tensors);
  expect_equal_bits(first.optimizer.moments, present.optimizer.moments);
  expect_equal_bits(first.best->tensors, present.best->tensors);
  EXPECT_EQ(first.model.metadata, present.model.metadata);
}

}  // namespace
}  // namespace sonograd::train
