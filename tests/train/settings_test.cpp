#include "train/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "tensor/support/error.h"
#include "tests/train/table_files.h"
#include "train/config/config.h"
#include "train/config/recipe.h"
#include "train/config/setting_table.h"

namespace sonograd::train {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Settings set(const std::vector<std::string>& texts) {
  Settings settings;
  for (const std::string& text : texts) assign(settings, parse_assignment(text));
  return settings;
}

std::string error_of(const std::string& text) {
  return message_of<ConfigError>([&] { set({text}); });
}

Settings reread(const Settings& settings) {
  const auto file = write_text(test_folder() / "config.toml", format_config(settings));
  return merge_config({.file = read_config(file)});
}

TEST(SettingTable, HasUniqueKeysThatAcceptTheirDefaults) {
  std::set<std::string_view> keys;
  const Settings defaults;
  for (const Setting& setting : all_settings()) {
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
    EXPECT_FALSE(setting.help.empty()) << setting.key;
    EXPECT_NE(setting.key.find('.'), std::string_view::npos) << setting.key;
  }
  EXPECT_EQ(format_config(reread(defaults)), format_config(defaults));
}

TEST(SettingTable, BindsEveryKeyToAPlaceOfItsOwn) {
  Settings settings;
  std::set<const void*> places;
  for (const Setting& setting : all_settings()) {
    const void* const place =
        std::visit([&](auto field) { return static_cast<const void*>(&field(settings)); }, setting.field);
    EXPECT_TRUE(places.insert(place).second) << setting.key;
  }
}

TEST(Assign, ReadsEveryType) {
  const Settings settings =
      set({"optim.lr=1e-4", "train.epochs = 7", "optim.nesterov=false", "optim.name=sgd", "data.split=fold=3",
           "loss.mse_tags=loud, no beat", "data.dir=2024"});
  EXPECT_EQ(settings.optim.lr, 1e-4);
  EXPECT_EQ(settings.train.epochs, 7);
  EXPECT_FALSE(settings.optim.nesterov);
  EXPECT_EQ(settings.optim.name, kernels::OptimizerRule::sgd);
  EXPECT_EQ(settings.data.split, "fold=3");
  EXPECT_THAT(settings.loss.mse_tags, ElementsAre("loud", "no beat"));
  EXPECT_EQ(settings.data.dir, "2024");
  EXPECT_THAT(set({R"(loss.mse_tags=["a, b", "c"])"}).loss.mse_tags, ElementsAre("a, b", "c"));
  EXPECT_THAT(set({"loss.mse_tags="}).loss.mse_tags, IsEmpty());
}

TEST(Assign, GuessesTheTypeOfModelOptions) {
  const auto model =
      set({"model.channels=512", "model.dropout=0.5", "model.bias=true", "model.act=relu"}).model;
  EXPECT_EQ(model.at("channels"), models::OptionValue(std::int64_t{512}));
  EXPECT_EQ(model.at("dropout"), models::OptionValue(0.5));
  EXPECT_EQ(model.at("bias"), models::OptionValue(true));
  EXPECT_EQ(model.at("act"), models::OptionValue(std::string("relu")));
}

TEST(Assign, NamesTheRangeOfWhatDoesNotFit) {
  EXPECT_THAT(error_of("optim.lr=-1"),
              AllOf(HasSubstr("--set: optim.lr"), HasSubstr("0 to 100"), HasSubstr("'-1'")));
  EXPECT_THAT(error_of("train.batch=0"), HasSubstr("1 to 65536 clips"));
  EXPECT_THAT(error_of("optim.name=lion"), HasSubstr("adamw|adam|sgd"));
  EXPECT_THAT(error_of("optim.nesterov=yes"), HasSubstr("true|false"));
  EXPECT_THAT(error_of("loss.mse_tags=[1]"), HasSubstr("list of text"));
  for (const char* const bad :
       {"train.epochs=3.5", "train.epochs=", "train.epochs=3x", "optim.lr=nan", "optim.lr=inf",
        "train.seed=99999999999999999999", "optim.name=adam|sgd", "optim.name=", "loss.mse_tags=[\"a\""}) {
    EXPECT_NE(error_of(bad), "") << bad;
  }
}

TEST(Assign, SuggestsNearKeys) {
  EXPECT_THAT(error_of("optim.lrr=1"), HasSubstr("did you mean optim.lr"));
  EXPECT_THAT(error_of("lr=1"), HasSubstr("optim.lr"));
  EXPECT_THAT(error_of("train.epoch=1"), HasSubstr("train.epochs"));
  EXPECT_THAT(error_of("completely.different=1"), HasSubstr("--print-config"));
  EXPECT_THAT(error_of("model.=1"), HasSubstr("'model.'"));
}

TEST(ParseAssignment, RequiresAKeyAndAValue) {
  EXPECT_THROW(parse_assignment("optim.lr"), ConfigError);
  EXPECT_THROW(parse_assignment("=1"), ConfigError);
  EXPECT_EQ(parse_assignment("a=b=c").value, "b=c");
}

TEST(Config, RanksFlagsEnvironmentFileRecipeModelAndDefaults) {
  const auto file = write_text(
      test_folder() / "run.toml",
      "train = {recipe = 'sota', arch = 'fcn'}\n[optim]\nbeta1 = 0.5\nbeta2 = 0.5\nmomentum = 0.5\n");
  const char* const environment[] = {"SONOGRAD_OPTIM_BETA1=0.6", "SONOGRAD_OPTIM_BETA2=0.6", "HOME=/",
                                     nullptr};
  const Settings settings = merge_config(
      {.flags = {{"optim.beta1", "0.7", "--set"}},
       .environment = read_environment(environment),
       .file = read_config(file),
       .model_defaults = [](const std::string& arch) -> std::vector<Assignment> {
         EXPECT_EQ(arch, "fcn");
         return {{"train.batch", "32", "fcn"}, {"optim.lr", "0.5", "fcn"}, {"model.channels", "8", "fcn"}};
       }});
  EXPECT_EQ(settings.optim.beta1, 0.7);
  EXPECT_EQ(settings.optim.beta2, 0.6);
  EXPECT_EQ(settings.optim.momentum, 0.5);
  EXPECT_EQ(settings.optim.lr, 1e-4) << "a given recipe has precedence over the defaults of the model";
  EXPECT_EQ(settings.train.batch, 32);
  EXPECT_EQ(settings.optim.eps, 1e-8);
  EXPECT_EQ(settings.model.at("channels"), models::OptionValue(std::int64_t{8}));
}

TEST(Config, NamesMisspeltVariablesOfTheEnvironment) {
  const auto refusal = [](const char* entry) {
    const char* const environment[] = {entry, nullptr};
    return message_of<ConfigError>([&] { read_environment(environment); });
  };
  EXPECT_THAT(refusal("SONOGRAD_TRAIN_EPOCH=3"),
              testing::AllOf(HasSubstr("SONOGRAD_TRAIN_EPOCH is not"),
                             HasSubstr("did you mean SONOGRAD_TRAIN_EPOCHS")));
  EXPECT_THAT(refusal("SONOGRAD_TRIAN_EPOCHS=3"), HasSubstr("did you mean SONOGRAD_TRAIN_EPOCHS"));
  EXPECT_THAT(refusal("SONOGRAD_OPTIM_SPEED_OF_LIGHT=3"), HasSubstr("is not a setting"));
  for (const char* const other :
       {"SONOGRAD_SHARED=/x", "SONOGRAD_FLIP_SEED=1", "SONOGRAD_KILL_SEED=1", "SONOGRAD_GPU_EPOCHS=1",
        "SONOGRAD_TESTS=1", "SONOGRAD_EMULATOR_SEED=1", "SONOGRAD_SIMD=baseline", "PATH=/"})
    EXPECT_EQ(refusal(other), "") << other;
}

TEST(Config, ReadsTheEnvironmentByUpperCaseNames) {
  const char* const environment[] = {"SONOGRAD_SCHEDULE_PCT_START=0.1", "SONOGRAD_MODEL_N_HEADS=4",
                                     "SONOGRAD_SHARED=/x", "NO_EQUALS", nullptr};
  const Settings settings = merge_config({.environment = read_environment(environment)});
  EXPECT_EQ(settings.schedule.pct_start, 0.1);
  EXPECT_EQ(settings.model.at("n_heads"), models::OptionValue(std::int64_t{4}));
  EXPECT_EQ(settings.model.size(), 1u);
  const char* const bad[] = {"SONOGRAD_TRAIN_BATCH=many", nullptr};
  EXPECT_THAT(message_of<ConfigError>([&] { merge_config({.environment = read_environment(bad)}); }),
              HasSubstr("SONOGRAD_TRAIN_BATCH"));
}

TEST(Config, NamesFileAndLineOfMistakes) {
  const auto file = test_folder() / "run.toml";
  const auto error = [&](const char* text) {
    write_text(file, text);
    return message_of<ConfigError>([&] { merge_config({.file = read_config(file)}); });
  };
  EXPECT_THAT(error("[optim]\nlr = 500\n"), AllOf(HasSubstr("run.toml:2"), HasSubstr("optim.lr")));
  EXPECT_THAT(error("[optim]\n\nrl = 1\n"), AllOf(HasSubstr("run.toml:3"), HasSubstr("optim.lr")));
  EXPECT_THAT(error("[optim]\nlr = = 1\n"), AllOf(HasSubstr("run.toml:2"), HasSubstr("column")));
  EXPECT_THAT(error("train.recipe = 'best'\n"), HasSubstr("|plain|pons|sota, got 'best'"));
  EXPECT_THROW(read_config(file.parent_path() / "none.toml"), IoError);
}

TEST(Config, RoundTripsExactly) {
  Settings settings = set({"optim.lr=0.1", "optim.eps=1.2345678901234567e-17", "train.seed=9007199254740993",
                           "schedule.div=3", "model.rate=1.0", "model.size=1", "model.on=false"});
  settings.data.dir = "a \"b\" 'c' \\ ü\n\ttab";
  settings.loss.mse_tags = {"it's", "", "a,b", "[x]"};
  settings.model["odd key"] = std::string("x # y");
  const Settings again = reread(settings);
  EXPECT_EQ(again.optim.lr, settings.optim.lr);
  EXPECT_EQ(again.optim.eps, settings.optim.eps);
  EXPECT_EQ(again.train.seed, settings.train.seed);
  EXPECT_EQ(again.data.dir, settings.data.dir);
  EXPECT_EQ(again.loss.mse_tags, settings.loss.mse_tags);
  EXPECT_EQ(again.model, settings.model);
  EXPECT_EQ(format_config(again), format_config(settings));
}

TEST(Config, KeepsTheBytesOfPathsThatAreNotUtf8) {
  Settings settings;
  settings.data.dir = "/music/caf\xE9 \xFF%41/\xC3\xA9";
  const std::string text = format_config(settings);
  EXPECT_THAT(text, HasSubstr("dir = \"file:///music/caf%E9%20%FF%2541/%C3%A9\""));
  EXPECT_EQ(reread(settings).data.dir, settings.data.dir);
  settings.data.dir = "/music/caf\xC3\xA9 %41";
  EXPECT_THAT(format_config(settings), HasSubstr("dir = \"/music/caf"));
  EXPECT_EQ(reread(settings).data.dir, settings.data.dir);
  EXPECT_EQ(set({"data.dir=file:///a%20b/c"}).data.dir, "/a b/c") << "as file managers give it";
  for (const std::string plain : {"file:///a%2", "file:///a%zz", "file:///a%00", "file://host/a", "file:a"})
    EXPECT_EQ(set({"data.dir=" + plain}).data.dir, plain) << "no file URI";
}

TEST(Config, PrintsEveryKeyWithDefaultUnitAndRange) {
  const std::string text = format_config({});
  for (const Setting& setting : all_settings()) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(setting.key.substr(setting.key.find('.') + 1)) + " = "));
    EXPECT_THAT(text, HasSubstr("# [" + setting.range() + "] " + std::string(setting.help) + "\n"));
  }
  EXPECT_THAT(text, HasSubstr("batch = 16 "));
  EXPECT_THAT(text, HasSubstr("1 to 65536 clips"));
}

TEST(Config, ListsModelOptionsWithRangeAndDefault) {
  const std::string without = format_config({});
  EXPECT_THAT(without, HasSubstr("\n# channels ="));
  EXPECT_THAT(without, HasSubstr("[1 to 4096]"));
  const Settings settings = merge_config(
      {.flags = {
           {"train.arch", "fcn", "--arch"}, {"model.channels", "8", "--set"}, {"optim.lr", "0.5", "--set"}}});
  EXPECT_THAT(format_config(settings), HasSubstr("others keep their proportion; default 64\n"));
  EXPECT_THAT(format_config(settings), HasSubstr("highest of the schedule; default 0.001\n"));
  EXPECT_EQ(format_config(reread(settings)), format_config(settings));
}

TEST(Config, WritesOptionsIntoTheirSections) {
  const auto refusal = [](const char* key, const char* value) {
    return message_of<ConfigError>([&] {
      merge_config({.flags = {{"train.arch", "fcn", "--arch"}, {key, value, "--set"}}});
    });
  };
  const Settings settings = merge_config({.flags = {{"train.arch", "fcn", "--arch"},
                                                    {"model.channels", "8", "--set"},
                                                    {"front_end.n_mels", "64", "--set"}}});
  const std::string text = format_config(settings);
  const std::size_t model = text.find("\n[model]\n"), front_end = text.find("\n[front_end]\n");
  ASSERT_NE(model, std::string::npos);
  ASSERT_NE(front_end, std::string::npos);
  EXPECT_LT(model, text.find("\nchannels = 8"));
  EXPECT_LT(text.find("\nchannels = 8"), front_end);
  EXPECT_LT(front_end, text.find("\nn_mels = 64"));
  EXPECT_EQ(reread(settings).model, settings.model);
  EXPECT_THAT(refusal("model.n_mels", "0"), HasSubstr("--set: front_end.n_mels = 0: expected 1 to 1024"));
  EXPECT_THAT(refusal("model.mels", "64"), HasSubstr("model.channels, front_end.sample_rate, model.samples"));
  EXPECT_THAT(refusal("model.n_mel", "64"), HasSubstr("did you mean front_end.n_mels?"));
  const std::string every = format_config({});
  EXPECT_LT(every.find("\n[front_end]\n"), every.find("\n# n_mels ="));
  EXPECT_LT(every.find("\n# channels ="), every.find("\n[front_end]\n"));
}

TEST(Config, ReadsOptionsOfTheFrontEndInEitherSection) {
  const Settings earlier =
      merge_config({.file = read_config(write_text(test_folder() / "earlier.toml",
                                                   "train.arch = \"fcn\"\n[model]\nn_mels = 64\n"))});
  EXPECT_EQ(earlier.model.at("n_mels"), models::OptionValue(std::int64_t{64}));
  EXPECT_THAT(format_config(earlier), HasSubstr("\n[front_end]\nn_mels = 64"));
}

TEST(Config, ChecksTheRangeOfModelOptions) {
  const auto error = [](const char* value) {
    return message_of<ConfigError>([&] { merge_config({.flags = {{"model.channels", value, "--set"}}}); });
  };
  EXPECT_THAT(error("-1"), AllOf(HasSubstr("--set"), HasSubstr(" to 4096")));
  EXPECT_THAT(error("wide"), HasSubstr("number"));
  EXPECT_EQ(error("8"), "");
}

TEST(Recipe, PlainIsTheDefaults) {
  EXPECT_EQ(format_config(merge_config({.flags = {{"train.recipe", "plain", "--recipe"}}})),
            format_config({}));
  const Settings defaults;
  EXPECT_EQ(defaults.train.epochs, 30);
  EXPECT_EQ(defaults.train.batch, 16);
  EXPECT_EQ(defaults.optim.name, kernels::OptimizerRule::adamw);
  EXPECT_EQ(defaults.schedule.name, ScheduleKind::one_cycle);
}

TEST(Recipe, FilesAreWholeAndNameTheirSource) {
  for (const RecipeFile& recipe : recipe_files()) {
    Settings settings;
    for (const Assignment& each : recipe_assignments(recipe.name)) {
      EXPECT_NE(find_setting(each.key), nullptr) << each.origin;
      EXPECT_NE(each.key, "train.recipe") << each.origin;
      EXPECT_NE(each.key, "train.arch") << "a recipe is for every network: " << each.origin;
      assign(settings, each);
    }
    EXPECT_TRUE(recipe.text.starts_with("# ")) << recipe.name;
    EXPECT_FALSE(recipe_summary(recipe).empty()) << recipe.name;
    EXPECT_EQ(
        merge_config({.flags = {{"train.recipe", std::string(recipe.name), "--recipe"}}}).train.recipe.name,
        recipe.name);
  }
  EXPECT_THROW(recipe_assignments("best"), ConfigError);
}

TEST(Recipe, MusicnnHalvesTheRateAndDecaysKernels) {
  const Settings settings = merge_config({.flags = {{"train.recipe", "musicnn", "--recipe"}}});
  EXPECT_EQ(settings.optim.name, kernels::OptimizerRule::adam);
  EXPECT_EQ(settings.optim.lr, 1e-3);
  EXPECT_EQ(settings.optim.weight_decay, 1e-5);
  EXPECT_EQ(settings.optim.decay_on, DecayedParameters::kernels);
  EXPECT_EQ(settings.schedule.name, ScheduleKind::plateau);
  EXPECT_EQ(settings.schedule.factor, 0.5);
  EXPECT_FALSE(settings.schedule.reset);
  EXPECT_EQ(settings.train.epochs, 600);
  EXPECT_EQ(settings.train.batch, 32);
}

TEST(Recipe, MttHasTheChainOfEffects) {
  const Settings settings = merge_config({.flags = {{"train.recipe", "mtt", "--recipe"}}});
  const Settings::Augment& augment = settings.augment;
  EXPECT_THAT((std::vector{augment.polarity, augment.noise, augment.gain, augment.filter, augment.delay,
                           augment.pitch, augment.reverb}),
              ElementsAre(0.8, 0.3, 0.2, 0.8, 0.5, 0.4, 0.3));
  EXPECT_EQ(settings.optim.weight_decay, 0);
  EXPECT_EQ(settings.schedule.name, ScheduleKind::constant);
  EXPECT_EQ(settings.train.patience, 40);
  EXPECT_EQ(settings.eval.chunks, 8);
}

TEST(Recipe, SotaIsThePublishedOneAndYieldsToFlags) {
  const Settings settings =
      merge_config({.flags = {{"train.recipe", "sota", "--recipe"}, {"train.epochs", "10", "--epochs"}}});
  EXPECT_EQ(settings.optim.name, kernels::OptimizerRule::adam);
  EXPECT_EQ(settings.optim.lr, 1e-4);
  EXPECT_EQ(settings.optim.weight_decay, 1e-4);
  EXPECT_EQ(settings.schedule.name, ScheduleKind::sota);
  EXPECT_EQ(settings.augment.freq_masks, 0);
  EXPECT_EQ(settings.augment.shift, 0);
  EXPECT_EQ(settings.train.epochs, 10);
}

}  // namespace
}  // namespace sonograd::train
