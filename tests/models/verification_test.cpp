// Comparison of a network with reference activations, without files.
#include "models/verify/verification.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/core/model.h"
#include "models/core/model_error.h"
#include "tests/models/lcg.h"

namespace sonograd::models {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class NetworkVerification : public testing::Test {
 protected:
  static ModelDraft made() {
    ModelDescription about;
    about.arch = "sample_cnn";
    about.options = {{"channels", 2}};
    about.labels = {"a", "b"};
    ModelDraft draft = make_model(std::move(about));
    test::lcg_fill(*draft.network);
    draft.network->prepare(Device{});
    return draft;
  }
  Reference reference_of_all(const std::string& fingerprint) const {
    Reference reference;
    reference.name = "small";
    reference.arch = "sample_cnn";
    reference.fingerprint = fingerprint;
    reference.sample_rate = draft_.network->input().sample_rate;
    reference.samples = draft_.network->input().samples;
    return reference;
  }

  ModelDraft draft_ = made();
};

TEST_F(NetworkVerification, TheFingerprintIsComputedByTheCallerAlone) {
  const std::string fingerprint = fingerprint_of(*draft_.network);
  EXPECT_EQ(fingerprint.size(), 64u);
  const Reference reference = reference_of_all(fingerprint);
  EXPECT_EQ(why_not_comparable(*draft_.network, "sample_cnn", fingerprint, reference), "");
  EXPECT_THAT(why_not_comparable(*draft_.network, "sample_cnn", "abc", reference),
              HasSubstr(concat("small: expected weights with the fingerprint ", fingerprint, ", got abc")));
  EXPECT_THAT(why_not_comparable(*draft_.network, "fcn", fingerprint, reference),
              HasSubstr("expected a model of sample_cnn, got fcn"));
  Reference slower = reference;
  slower.sample_rate = 8000;
  EXPECT_THAT(why_not_comparable(*draft_.network, "sample_cnn", fingerprint, slower),
              HasSubstr("at 8000 Hz, got 59049 at 16000 Hz"));
}

TEST_F(NetworkVerification, StagesAreComparedInTheirOrder) {
  Reference reference = reference_of_all("not looked at");
  reference.stages = {{.name = "dense", .limit = 1e-3, .values = {.shape = {2}, .samples = {}}},
                      {.name = "layer1", .limit = 1e-3, .values = {.shape = {3}, .samples = {}}}};
  const std::vector<ComparedStage> stages = compare_with_reference(*draft_.network, reference);
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[0].name, "dense");
  EXPECT_EQ(stages[0].shape, (Shape{2}));
  EXPECT_GT(stages[0].deviation, 1e-3) << "of values that are not all 0";
  EXPECT_TRUE(std::isinf(stages[1].deviation)) << "another shape";
  reference.stages[0].name = "layer99";
  EXPECT_THAT([&] { compare_with_reference(*draft_.network, reference); },
              ThrowsMessage<ModelError>(HasSubstr("layer99: sample_cnn has no such layer")));
}

}  // namespace
}  // namespace sonograd::models
