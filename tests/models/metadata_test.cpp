// Metadata of a model file, and the treatment of options from a later version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.h"
#include "models/core/model.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "tensor/io/safetensors.h"
#include "tests/app/small_model.h"
#include "tests/support/model_files.h"
#include "tests/train/table_files.h"

namespace sonograd::models {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using train::message_of;
using Metadata = std::map<std::string, std::string>;

class MetadataOf : public testing::Test {
 protected:
  Metadata metadata_ = to_metadata(test::small_model().about);

  json config() const { return json::parse(metadata_.at("config")); }
  void change(const std::function<void(json&)>& edit) {
    json changed = config();
    edit(changed);
    metadata_["config"] = changed.dump();
  }
  std::string refusal() const {
    return message_of<ModelError>([&] { from_metadata(metadata_); });
  }
};

TEST_F(MetadataOf, ANetworkHoldsItsOwnOptionsInTheirSections) {
  const json stored = config();
  EXPECT_EQ(stored["model"], (json{{"channels", 2},
                                   {"samples", 32768},
                                   {"dropout", 0.5},
                                   {"non_local", "none"},
                                   {"non_local_first", 2},
                                   {"non_local_step", 2},
                                   {"non_local_count", 1},
                                   {"non_local_subsampled", true}}));
  EXPECT_EQ(stored["front_end"]["sample_rate"], 8000);
  EXPECT_EQ(stored["front_end"]["filter_bank"], "computed");
  EXPECT_EQ(stored["outputs"], json{"penultimate"});
  const auto optional = stored["optional"].get<std::vector<std::string>>();
  EXPECT_THAT(optional, testing::IsSupersetOf({"model.dropout", "front_end.f_min", "front_end.mel_scale"}));
  EXPECT_THAT(optional, testing::Not(testing::Contains("model.channels"))) << "not at its default";
}

TEST_F(MetadataOf, AModelComesBackAsItWas) {
  ModelDescription about = test::small_model().about;
  about.output = Output::softmax;
  about.pcm = Pcm::int16;
  about.filter_bank = FilterBank::stored;
  about.hop_samples = 100;
  about.chunks = 16;
  about.aggregate = Aggregate::vote;
  about.pad = audio::Pad::zero;
  about.thresholds = {0.1, 0.2, 0.3};
  about.training = R"({"seed":3})";
  about.metrics = R"({"valid":{"loss":0.5}})";
  about.licence = "CC0";
  const Metadata written = to_metadata(about);
  const ModelDescription back = from_metadata(written);
  EXPECT_EQ(to_metadata(back), written);
  EXPECT_EQ(back.options, about.options);
  EXPECT_EQ(back.output, Output::softmax);
  EXPECT_EQ(back.aggregate, Aggregate::vote);
  EXPECT_EQ(back.pad, audio::Pad::zero);
  EXPECT_EQ(back.training, about.training);
}

TEST_F(MetadataOf, OptionsThatLaterVersionsMarkAsOptionalArePassedOverWithAWarning) {
  change([](json& config) {
    config["model"]["width_factor"] = 1.5;
    config["front_end"]["window_skew"] = "none";
    config["patch"] = {{"tail", "align"}};
    for (const char* key : {"model.width_factor", "front_end.window_skew", "patch"})
      config["optional"].push_back(key);
  });
  std::vector<std::string> warnings;
  const ModelDescription about = from_metadata(metadata_, &warnings);
  EXPECT_EQ(about.options, test::small_model().about.options);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("model.width_factor = 1.5"), HasSubstr("front_end.window_skew"),
                                    HasSubstr("patch")));
}

TEST_F(MetadataOf, AModelThatNeedsAnOptionOfALaterVersionIsRefusedByName) {
  const Metadata original = metadata_;
  change([](json& config) { config["model"]["attention_heads"] = 8; });
  EXPECT_THAT(refusal(), HasSubstr("model.attention_heads = 8: short_chunk_cnn has no such option"));
  metadata_ = original;
  change([](json& config) { config["front_end"]["mel_dialect"] = "essentia"; });
  EXPECT_THAT(refusal(), HasSubstr("front_end.mel_dialect"));
  metadata_ = original;
  change([](json& config) { config["patch"] = {{"tail", "drop"}}; });
  EXPECT_THAT(refusal(), HasSubstr("patch"));
}

TEST(ModelOfALaterVersion, IsLoadedWithAWarningWhereTheOptionIsOptional) {
  const auto path = test::small_model_file();
  const auto before = load_model(path);
  test::add_later_option(path);
  const auto after = load_model(path);
  EXPECT_THAT(before->warnings(), testing::IsEmpty());
  EXPECT_THAT(after->warnings(),
              ElementsAre(AllOf(HasSubstr("config.model.width_factor = 1.5 is passed over"),
                                HasSubstr("short_chunk_cnn has no such option"))));
  EXPECT_EQ(after->about().options, before->about().options);
  const auto logits = [](const Model& model) {
    const NoGrad no_grad;
    const Tensor signal = test::lcg_signal(32768, 8000);
    const Tensor values = model.network().logits(Variable(model.network().features(signal))).data();
    return std::vector(values.span<float>().begin(), values.span<float>().end());
  };
  EXPECT_EQ(logits(*after), logits(*before));

  save_model(path, *after);
  EXPECT_THAT(load_model(path)->warnings(), testing::IsEmpty()) << "saved by this version";
}

TEST(ModelOfALaterVersion, IsRefusedByFileAndOptionWhereTheNetworkNeedsIt) {
  const auto path = test::small_model_file();
  test::add_later_option(path, false);
  EXPECT_THAT(message_of<ModelError>([&] { load_model(path); }),
              AllOf(HasSubstr(path.string()), HasSubstr("config.model.width_factor = 1.5"),
                    HasSubstr("the model needs it")));
}

TEST_F(MetadataOf, AnOptionInTheWrongSectionIsRefusedWithTheSectionExpected) {
  const auto moved = [](const char* key, const char* from, const char* to) {
    return [=](json& config) {
      config[to][key] = config[from][key];
      config[from].erase(key);
    };
  };
  const Metadata original = metadata_;
  change(moved("n_mels", "front_end", "model"));
  EXPECT_THAT(refusal(), HasSubstr("config.model.n_mels: expected in the section front_end, as "
                                   "config.front_end.n_mels"));
  metadata_ = original;
  change(moved("channels", "model", "front_end"));
  EXPECT_THAT(refusal(), HasSubstr("config.front_end.channels: expected in the section model"));
  metadata_ = original;
  change([](json& config) { config["model"]["n_mels"] = config["front_end"]["n_mels"]; });
  EXPECT_THAT(refusal(), HasSubstr("config.model.n_mels")) << "in both sections";

  ModelDraft draft = test::small_model();
  const auto path = test::temporary_path("misplaced.safetensors");
  io::write_safetensors(path, {export_state(*draft.network), metadata_});
  EXPECT_THAT(message_of<ModelError>([&] { load_model(path); }),
              AllOf(HasSubstr(path.string()), HasSubstr("config.model.n_mels")));
}

TEST_F(MetadataOf, ValuesOfAnotherKindOrOutOfRangeAreRefused) {
  const Metadata original = metadata_;
  const auto with = [&](const json& channels) {
    metadata_ = original;
    change([&](json& config) { config["model"]["channels"] = channels; });
    return refusal();
  };
  EXPECT_THAT(with(0), HasSubstr("expected 1 to 4096"));
  EXPECT_THAT(with("wide"), HasSubstr("expected a number"));
  EXPECT_THAT(with(json::array({1})), HasSubstr("model.channels is [1]"));
  EXPECT_EQ(with(4), "");
  metadata_ = original;
  change([](json& config) { config["aggregate"] = "median"; });
  EXPECT_THAT(refusal(), HasSubstr("config.aggregate = \"median\": expected mean, max or vote"));
  metadata_ = original;
  change([](json& config) { config["pad"] = 1; });
  EXPECT_THAT(refusal(), HasSubstr("config.pad = 1: expected repeat or zero"));
  metadata_["sonograd"] = "3";
  EXPECT_THAT(refusal(), HasSubstr("model format 3; this build reads format 1 to 2"));
}

/// Places of all values of `tree`, objects and arrays among them.
void add_places(const json& tree, const json::json_pointer& place, std::vector<json::json_pointer>& places) {
  places.push_back(place);
  if (!tree.is_structured()) return;
  for (const auto& [key, value] : tree.items())
    add_places(value, tree.is_array() ? place / static_cast<std::size_t>(std::stoul(key)) : place / key,
               places);
}

TEST_F(MetadataOf, EveryKeyOfAnotherTypeIsRefusedByName) {
  const Metadata original = metadata_;
  const std::vector<json> values = {nullptr,        true,
                                    -0.5,           "?",
                                    json::array(),  json::array({json::array()}),
                                    json::object(), json::object({{"?", nullptr}})};
  int refused = 0;
  for (const char* entry : {"config", "labels", "metrics"}) {
    const json tree = json::parse(original.at(entry));
    std::vector<json::json_pointer> places;
    add_places(tree, json::json_pointer(), places);
    for (const json::json_pointer& place : places) {
      const std::string text = place.to_string();
      if (text.starts_with("/training/")) continue;  // free text of the trainer
      for (const json& value : values) {
        metadata_ = original;
        json changed = tree;
        changed[place] = value;
        metadata_[entry] = changed.dump();
        const std::string message = refusal();
        const bool other_type =
            value.type() != tree[place].type() && !(value.is_number() && tree[place].is_number());
        if (message.empty() && !other_type) continue;
        ++refused;
        EXPECT_THAT(message, testing::Not(HasSubstr("json.exception")));
        const bool is_element = tree.is_array() || place.empty() || tree[place.parent_pointer()].is_array();
        const std::string key = tree.is_array() || place.empty() ? entry
                                : is_element                     ? place.parent_pointer().back()
                                                                 : place.back();
        EXPECT_THAT(message, HasSubstr(key)) << entry << text << " = " << value;
      }
    }
  }
  EXPECT_GT(refused, 150);
}

TEST_F(MetadataOf, EveryEntryThatIsMissingIsRefusedByName) {
  const Metadata original = metadata_;
  for (const auto& [entry, text] : original) {
    metadata_ = original;
    metadata_.erase(entry);
    EXPECT_THAT(refusal(), HasSubstr(concat("no '", entry, "'")));
  }
  const json stored = json::parse(original.at("config"));
  for (const auto& [key, value] : stored.items()) {
    metadata_ = original;
    change([&, name = key](json& config) { config.erase(name); });
    if (key == "optional" || key == "chunks") continue;
    EXPECT_THAT(refusal(), AllOf(HasSubstr("config"), HasSubstr(key)));
  }
}

TEST_F(MetadataOf, LabelsThatLookAlikeAreRefused) {
  for (const char* labels : {R"(["a","b","a"])", R"(["a"," a","b"])", R"(["a","b\t","b"])", R"(["a","","b"])",
                             R"(["a"," ","b"])"}) {
    metadata_["labels"] = labels;
    EXPECT_THAT(refusal(), HasSubstr("labels: ")) << labels;
  }
  metadata_["labels"] = R"(["a","A","a b"])";
  EXPECT_EQ(refusal(), "");
}

class WeightsOfAFile : public testing::Test {
 protected:
  std::filesystem::path path_ = test::small_model_file();
  io::TensorFile file_ = io::read_safetensors(path_);

  std::string refusal_with(const std::function<void(json&)>& edit) {
    json config = json::parse(file_.metadata.at("config"));
    edit(config);
    io::TensorFile changed = file_;
    changed.metadata["config"] = config.dump();
    io::write_safetensors(path_, changed);
    return message_of<ModelError>([&] { load_model(path_); });
  }
};

// A network of this width would take gigabytes.
TEST_F(WeightsOfAFile, MeetTheDescriptionBeforeTheNetworkIsMade) {
  for (const int channels : {1, 3, 64, 4096}) {
    EXPECT_THAT(
        refusal_with([&](json& config) { config["model"]["channels"] = channels; }),
        AllOf(HasSubstr(path_.string()), HasSubstr("do not fit"),
              HasSubstr(concat("config.model.channels = ", channels, ", the tensors are those of 2"))));
  }
  file_.metadata["labels"] = R"(["a","b"])";
  EXPECT_THAT(refusal_with([](json&) {}), HasSubstr("labels names 2 outputs, the tensors have 3"));
}

TEST_F(WeightsOfAFile, ErrorsNameTheFileOnce) {
  for (const std::string& text : {std::string("short"), test::read_file(path_).substr(0, 1000)}) {
    const auto damaged = test::write_file("damaged.safetensors", text);
    const std::string message = message_of<ModelError>([&] { load_model(damaged); });
    const std::string name = std::filesystem::path(damaged).string();
    EXPECT_EQ(message.find(name), 0u) << message;
    EXPECT_EQ(message.find(name, 1), std::string::npos) << message;
  }
}

TEST_F(MetadataOf, AnOptionThatTheFileLacksHasItsDefault) {
  change([](json& config) { config["model"].erase("dropout"); });
  EXPECT_EQ(from_metadata(metadata_).options.at("dropout"), OptionValue(0.5));
}

}  // namespace
}  // namespace sonograd::models
