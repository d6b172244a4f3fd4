// Options of networks: kinds, ranges, defaults, text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

enum class Pool { mean, max };

struct Example {
  std::int64_t width = 64;
  double rate = 0.5;
  bool gated = false;
  Pool pooling = Pool::max;
  std::int64_t bands = 96;

  void list(OptionList& all) {
    all.add("width", width, {1, 4096}, "of the first block");
    all.add("rate", rate, {0, 0.99}, "of dropout");
    all.add("gated", gated, "with gates");
    all.add("pooling", pooling, {{"mean", Pool::mean}, {"max", Pool::max}}, "over time");
    all.add("front_end.bands", bands, {1, 1024}, "mel bands");
  }
};

std::string refusal(const OptionValues& values) {
  try {
    option_table<Example>().complete(values);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Options, AreListedWithKindDefaultAndRange) {
  const OptionTable table = option_table<Example>();
  std::vector<std::string> keys, ranges, defaults;
  for (const Option& option : table) {
    keys.push_back(option.key);
    ranges.push_back(option.range());
    defaults.push_back(to_text(option.default_value));
  }
  EXPECT_THAT(keys, ElementsAre("width", "rate", "gated", "pooling", "bands"));
  EXPECT_THAT(ranges, ElementsAre("1 to 4096", "0 to 0.99", "true|false", "mean|max", "1 to 1024"));
  EXPECT_THAT(defaults, ElementsAre("64", "0.5", "false", "max", "96"));
  EXPECT_EQ(table.at("bands").section, OptionSection::front_end);
  EXPECT_EQ(table.at("width").section, OptionSection::model);
}

TEST(Options, HaveAPathOfSectionAndKey) {
  const OptionTable table = option_table<Example>();
  EXPECT_EQ(table.at("width").path(), "model.width");
  EXPECT_EQ(table.at("bands").path(), "front_end.bands");
  for (const Option& option : table) {
    const std::string path = option.path();
    const auto parsed = parse_option_path(path);
    ASSERT_TRUE(parsed) << path;
    EXPECT_EQ(parsed->section, option.section);
    EXPECT_EQ(parsed->key, option.key);
  }
  for (const char* none : {"width", "model", "model.", "front_end.", "optim.lr", ""})
    EXPECT_FALSE(parse_option_path(none)) << none;
}

TEST(Options, ReachTheStruct) {
  const OptionTable table = option_table<Example>();
  const auto made = options_from<Example>(
      table.complete({{"width", 8}, {"rate", 0}, {"gated", true}, {"pooling", "mean"}, {"bands", 32.0}}));
  EXPECT_EQ(made.width, 8);
  EXPECT_EQ(made.rate, 0.0);
  EXPECT_TRUE(made.gated);
  EXPECT_EQ(made.pooling, Pool::mean);
  EXPECT_EQ(made.bands, 32);
  EXPECT_EQ(values_of(made), table.complete(values_of(made)));
  EXPECT_EQ(values_of(Example()), table.defaults());
  EXPECT_EQ(options_from<Example>(table.complete({})).width, 64);
}

TEST(Options, RefuseOtherKindsAndValuesOutOfRange) {
  EXPECT_THAT(refusal({{"width", 0}}), HasSubstr("model.width = 0: expected 1 to 4096"));
  EXPECT_THAT(refusal({{"width", 1.5}}), HasSubstr("whole number"));
  EXPECT_THAT(refusal({{"width", "wide"}}), HasSubstr("expected a number"));
  EXPECT_THAT(refusal({{"width", true}}), HasSubstr("expected a number"));
  EXPECT_THAT(refusal({{"rate", NAN}}), HasSubstr("0 to 0.99"));
  EXPECT_THAT(refusal({{"gated", 1}}), HasSubstr("true or false"));
  EXPECT_THAT(refusal({{"pooling", "sum"}}), HasSubstr("mean|max"));
  EXPECT_THAT(
      refusal({{"depth", 3}}),
      HasSubstr("no option is called 'depth'; there are model.width, model.rate, model.gated, model.pooling, "
                "front_end.bands"));
  EXPECT_THAT(refusal({{"bands", 0}}), HasSubstr("front_end.bands = 0: expected 1 to 1024"));
  EXPECT_EQ(refusal({{"width", 4096}}), "");
}

TEST(Options, MayStandForNone) {
  std::optional<double> range;
  int power = 2;
  OptionList list;
  list.add("range", range, 100, "0: unlimited");
  list.add("power", power, {1, 2}, "of the magnitude");
  EXPECT_EQ(list.values().at("range"), OptionValue(0.0));
  list.assign(list.table().complete({{"range", 80}, {"power", 1}}));
  EXPECT_EQ(range, 80.0);
  EXPECT_EQ(power, 1);
  list.assign(list.table().complete({{"range", 1e-9}}));
  EXPECT_EQ(range, 1e-9);
  list.assign(list.table().complete({{"range", 0}}));
  EXPECT_EQ(range, std::nullopt);
  EXPECT_THROW(list.table().complete({{"range", -1e-9}}), ConfigError);
  EXPECT_THROW(list.table().complete({{"range", 101}}), ConfigError);
}

TEST(Options, TwoOfOneKeyAreRefused) {
  std::int64_t a = 1, b = 2;
  OptionList list;
  list.add("size", a, {0, 9}, "of a");
  EXPECT_THROW(list.add("front_end.size", b, {0, 9}, "of b"), ConfigError);
}

TEST(Options, OfEveryNetworkHaveADefaultInRange) {
  for (const Architecture& architecture : all_architectures()) {
    EXPECT_FALSE(architecture.options.empty()) << architecture.name;
    for (const Option& option : architecture.options) {
      EXPECT_EQ(option.checked(option.default_value), option.default_value)
          << architecture.name << ' ' << option.key;
      EXPECT_FALSE(option.help.empty()) << architecture.name << ' ' << option.key;
    }
  }
}

TEST(Options, LabelsHaveARange) {
  const Architecture fcn = find_architecture("fcn");
  EXPECT_THROW(fcn.make_network({}, 0), ConfigError);
  EXPECT_THROW(fcn.make_network({}, kMostLabels + 1), ConfigError);
  EXPECT_THROW(fcn.make_network({{"width", 3}}, 3), ConfigError);
}

}  // namespace
}  // namespace sonograd::models
