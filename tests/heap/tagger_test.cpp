// A tagger uses the memory of its first call again.
#include "include/sonograd/tagger.h"

#include <gtest/gtest.h>

#include "tests/app/small_model.h"
#include "tests/heap/allocations.h"

namespace sonograd {
namespace {

TEST(TaggerMemory, IsThatOfTheFirstCall) {
  const Model model = Model::load(test::small_model_file());
  const std::vector<float> sound(100000, 0.1f);
  const auto call = [&](const Tagger& tagger) {
    return test::allocations_of([&] { tagger.tag(sound, 8000); });
  };
  Tagger(model).tag(sound, 8000);  // makes what the taggers of a model share
  const Tagger tagger(model);
  const int first = call(tagger), second = call(tagger);
  EXPECT_LT(second, first) << "the batch has been made";
  EXPECT_EQ(call(tagger), second);
  EXPECT_EQ(call(Tagger(tagger)), second) << "a copy shares the memory";
  EXPECT_THROW(tagger.tag(test::temporary_path("none.wav")), IoError);
  EXPECT_EQ(call(tagger), second) << "after a call that failed";
}

}  // namespace
}  // namespace sonograd
