// Words of enumerations: one table each, read in both directions.
#include "tensor/support/words.h"

#include <gtest/gtest.h>

#include "audio/chunks.h"
#include "kernels/core/context.h"
#include "kernels/optimizer/optimizer.h"
#include "models/core/description.h"
#include "tensor/support/text.h"

namespace sonograd {
namespace {

template <class E>
class WordsOf : public testing::Test {};
using Enumerations = testing::Types<kernels::Precision, kernels::OptimizerRule, audio::Pad, models::Output,
                                    models::Pcm, models::Aggregate, models::FilterBank>;
TYPED_TEST_SUITE(WordsOf, Enumerations);

TYPED_TEST(WordsOf, AreReadBack) {
  for (const Word<TypeParam>& word : kWords<TypeParam>) {
    EXPECT_EQ(parse_word<TypeParam>(word.name), word.value) << word.name;
    EXPECT_EQ(word_of(word.value), word.name);
  }
  EXPECT_EQ(parse_word<TypeParam>(""), std::nullopt);
  EXPECT_EQ(word_of(static_cast<TypeParam>(99)), "?");
}

TEST(Words, AreListedInErrors) {
  EXPECT_EQ(words_of<models::Aggregate>(), "mean, max or vote");
  EXPECT_EQ(words_of<audio::Pad>(), "repeat or zero");
  EXPECT_EQ(require_word<models::Pcm>("pcm", "float"), models::Pcm::as_decoded);
  try {
    kernels::parse_precision("fp8");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "--precision fp8: expected strict, tf32 or bf16");
  }
}

TEST(Counted, HasThePluralOfAllNumbersButOne) {
  EXPECT_EQ(counted(0, "clip"), "0 clips");
  EXPECT_EQ(counted(1, "clip"), "1 clip");
  EXPECT_EQ(counted(2, "readable clip"), "2 readable clips");
}

TEST(Suggestions, AreWordsThatDifferByTypingErrors) {
  const std::vector<std::string> words = {"train", "tag", "evaluate", "report", "--threads", "--threshold"};
  EXPECT_EQ(did_you_mean("trian", words), "; did you mean train?");
  EXPECT_EQ(did_you_mean("tags", words), "; did you mean tag?");
  EXPECT_EQ(did_you_mean("TAG", words), "; did you mean tag?");
  EXPECT_EQ(did_you_mean("evalaute", words), "; did you mean evaluate?");
  EXPECT_EQ(did_you_mean("--thread", words), "; did you mean --threads?");
  EXPECT_EQ(did_you_mean("tga", words), "; did you mean tag?");
  EXPECT_EQ(did_you_mean("frobnicate", words), "");
  EXPECT_EQ(did_you_mean("", words), "");
  EXPECT_EQ(did_you_mean("abd", std::vector<std::string>{"abc", "abcd", "abe", "abf"}),
            "; did you mean abc, abcd or abe?");
  const std::vector<std::string> keys = {"n_mels", "hop_length"},
                                 paths = {"front_end.n_mels", "front_end.hop_length"};
  EXPECT_EQ(did_you_mean("hop_lenght", keys, paths), "; did you mean front_end.hop_length?");
}

}  // namespace
}  // namespace sonograd
