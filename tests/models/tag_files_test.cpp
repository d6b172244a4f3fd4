// [threads]
#include "models/tagging/tag_files.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/small_model.h"
#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"

namespace sonograd::models {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::SizeIs;
using train::kTestRate;
using train::test_folder;
using train::write_sine;

constexpr int kFiles = 24;

class TagFiles : public testing::Test {
 protected:
  TagFiles() {
    for (int i = 0; i < kFiles; ++i)
      files_.push_back(write_sine(folder_ / concat(i, ".wav"), 200 + 50 * i, kTestRate * (1 + i % 3)));
  }

  std::vector<FileScores> tag(int decoders, const std::function<bool()>& keep_going = {}) {
    std::vector<FileScores> results;
    TagFilesOptions options;
    options.rule = ChunkRule::of(*model_);
    options.batch = 5;
    options.decoders = decoders;
    tag_files(
        *model_, files_, options, [&](const FileScores& result) { results.push_back(result); }, keep_going);
    return results;
  }

  fs::path folder_ = test_folder();
  std::shared_ptr<const Model> model_ = std::make_shared<const Model>(test::small_model());
  std::vector<fs::path> files_;
};

TEST_F(TagFiles, ManyDecodersGiveWhatOneGives) {
  files_[7] = folder_ / "absent.wav";
  const std::vector<FileScores> one = tag(1), many = tag(6);
  ASSERT_THAT(one, SizeIs(kFiles));
  ASSERT_THAT(many, SizeIs(kFiles));
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(many[i].file, files_[i]) << "in the order given";
    EXPECT_EQ(many[i].ok(), i != 7) << many[i].error;
    EXPECT_EQ(many[i].error, one[i].error);
    EXPECT_EQ(many[i].seconds, one[i].seconds);
    ASSERT_EQ(many[i].scores.size(), one[i].scores.size());
    for (std::size_t label = 0; label < one[i].scores.size(); ++label)
      EXPECT_NEAR(many[i].scores[label], one[i].scores[label], 1e-5);
  }
  EXPECT_THAT(many[7].error, HasSubstr("absent.wav"));
}

TEST_F(TagFiles, StopsWhileDecodersAreBusy) {
  int asked = 0;
  const std::vector<FileScores> results = tag(4, [&] { return ++asked < 12; });
  EXPECT_LT(results.size(), std::size_t{kFiles});
}

TEST_F(TagFiles, ScoresThatAreNotFiniteAreAnError) {
  ModelDraft draft = test::small_model();
  draft.network->parameters().back().data().data<float>()[0] = NAN;
  model_ = std::make_shared<const Model>(std::move(draft));
  for (const FileScores& result : tag(2)) EXPECT_THAT(result.error, HasSubstr("not finite"));
}

TEST(HopInSamples, IsFromASampleToAChunk) {
  const Input input{.sample_rate = 8000, .samples = 32768};
  EXPECT_EQ(hop_in_samples("x", 1.0 / 8000, input), 1);
  EXPECT_EQ(hop_in_samples("x", 0.5, input), 4000);
  EXPECT_EQ(hop_in_samples("x", 4.096, input), 32768);
  for (const double wrong : {0.0, 0.00001, 4.0962, -1.0, 1e300, std::nan("")}) {
    EXPECT_THAT([&] { hop_in_samples("eval.hop", wrong, input); },
                testing::ThrowsMessage<ConfigError>(
                    HasSubstr("eval.hop: expected 0.000125 s (a sample) to 4.096 s (a chunk), got ")))
        << wrong;
  }
}

}  // namespace
}  // namespace sonograd::models
