// Parts of a network that are one of several kinds.
#include "models/core/part_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/core/model_error.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct DrumOptions {
  std::int64_t width = 3;
  bool muted = false;

  void list(OptionList& all) {
    all.add("width", width, {1, 9}, "width");
    all.add("front_end.muted", muted, "muted");
  }
};

struct FluteOptions {
  double breath = 0.5;
  std::int64_t width = 3;
  std::int64_t most = 9;

  void list(OptionList& all) {
    all.add("breath", breath, {0, 1}, "breath");
    all.add("width", width, {1, static_cast<double>(most)}, "another text");
  }
};

const PartKind kDrum = {"drum", "loud", {"skin.weight"}, option_table<DrumOptions>()};
const PartKind kFlute = {"flute", "soft", {"tube.weight", "keys"}, option_table<FluteOptions>()};
const PartKinds kInstruments("instrument", "instruments", {&kDrum, &kFlute}, "flute");

OptionList listed_options(PartChoice& choice) {
  OptionList all;
  choice.list(all);
  return all;
}

TEST(PartChoice, ListsTheWordAndEveryOptionOnce) {
  PartChoice choice(kInstruments);
  const OptionTable table = listed_options(choice).table();
  std::vector<std::string> paths, texts;
  for (const Option& option : table) {
    paths.push_back(option.path());
    texts.push_back(option.help);
  }
  EXPECT_THAT(paths, ElementsAre("model.instrument", "model.breath", "model.width", "front_end.muted"));
  EXPECT_THAT(texts, ElementsAre("instruments: loud, soft", "breath; instrument = flute", "another text",
                                 "muted; instrument = drum"));
  EXPECT_THAT(table.at("instrument").words, ElementsAre("drum", "flute"));
  EXPECT_EQ(table.at("instrument").default_value, OptionValue("flute"));
  EXPECT_THAT(
      [&] {
        table.complete({{"width", std::int64_t{10}}});
      },
      ThrowsMessage<ConfigError>(HasSubstr("model.width = 10: expected 1 to 9")));
}

TEST(PartChoice, GivesTheOptionsOfItsKindAndRefusesThoseOfOthers) {
  PartChoice choice(kInstruments);
  const OptionList all = listed_options(choice);
  EXPECT_EQ(choice.own_values(), (OptionValues{{"breath", 0.5}, {"width", std::int64_t{3}}}));
  OptionValues values = all.values();
  values["instrument"] = "drum";
  values["width"] = std::int64_t{7};
  all.assign(values);
  EXPECT_EQ(choice.index(), 0u);
  EXPECT_EQ(choice.own_values(), (OptionValues{{"muted", false}, {"width", std::int64_t{7}}}));
  values["breath"] = 0.25;
  all.assign(values);
  EXPECT_THAT([&] { choice.own_values(); },
              ThrowsMessage<ConfigError>("model.breath = 0.25: model.instrument = drum has no such option; "
                                         "expected its default, 0.5"));
}

TEST(PartChoice, CopiesHaveValuesOfTheirOwn) {
  PartChoice first(kInstruments);
  PartChoice second = first;
  second.set({{"width", std::int64_t{8}}});
  EXPECT_EQ(listed_options(first).values().at("width"), OptionValue(std::int64_t{3}));
  EXPECT_EQ(listed_options(second).values().at("width"), OptionValue(std::int64_t{8}));
}

TEST(PartChoice, IsRecognisedByAllTensorsOfASignature) {
  PartChoice choice(kInstruments);
  io::NamedTensors weights;
  weights.set("band.tube.weight", Tensor::zeros({1}));
  EXPECT_THAT([&] { choice.recognise(weights, "band"); },
              ThrowsMessage<ModelError>("the tensors of the part 'band' belong to no kind of instrument"));
  weights.set("band.skin.weight", Tensor::zeros({1}));
  choice.recognise(weights, "band");
  EXPECT_EQ(choice.index(), 0u);
  io::NamedTensors others;
  others.set("band.tube.weight", Tensor::zeros({1}));
  others.set("band.keys", Tensor::zeros({1}));
  choice.recognise(others, "band");
  EXPECT_EQ(choice.index(), 1u);
}

TEST(PartChoice, RefusesKindsThatDisagree) {
  FluteOptions wide;
  wide.most = 11;
  OptionList list;
  wide.list(list);
  const PartKind other = {"organ", "wide", {}, list.table()};
  EXPECT_THAT(
      [&] {
        PartKinds("instrument", "", {&kDrum, &other}, "drum");
      },
      ThrowsMessage<ConfigError>(HasSubstr("model.width: model.instrument = organ declares another")));
  EXPECT_THAT([&] { PartKinds("instrument", "", {&kDrum}, "harp"); },
              ThrowsMessage<ConfigError>("model.instrument = harp: there is no such kind"));
}

}  // namespace
}  // namespace sonograd::models
