// The front end `mfcc`; combined_test.cpp has it before every back end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "models/core/shape_check.h"
#include "tests/train/tiny_run.h"

namespace sonograd::models {
namespace {

using testing::HasSubstr;

TEST(MfccFront, RefusesOptionsThatCannotBeTogether) {
  const Architecture combined = find_architecture("combined");
  const auto refusal = [&](const OptionValues& more) {
    OptionValues options = {{"front", std::string("mfcc")}};
    options.insert(more.begin(), more.end());
    return train::message_of<ConfigError>([&] { make_checked_network(combined, options, 2); });
  };
  EXPECT_THAT(refusal({{"n_mfcc", std::int64_t{129}}}),
              HasSubstr("front_end.n_mfcc = 129: expected at most front_end.n_mels = 128"));
  EXPECT_THAT(refusal({{"samples", std::int64_t{1024}}}),
              HasSubstr("model.samples = 1024: expected at least 9 frames for front_end.deltas = 2, got 5"));
}

}  // namespace
}  // namespace sonograd::models
