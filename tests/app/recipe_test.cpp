// Recipes on the command line: where they stand among the sources of settings, and what a run stores of them.
#include "train/config/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/app/run_sonograd.h"
#include "tests/app/tiny_training.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using test::run_sonograd;
using test::tiny_data;
using test::train_arguments;
using testing::ContainsRegex;
using testing::HasSubstr;

TEST(Recipes, StandBelowFileAndFlags) {
  const auto file = test::temporary_path("recipe.toml");
  test::write_file(file, "train.recipe = \"musicnn\"\noptim.lr = 0.5\nschedule.patience = 3\n");
  const auto printed =
      run_sonograd({"train", "--print-config", "--config", file, "--set", "schedule.patience=4"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  for (const char* line :
       {"recipe = \"musicnn\" ", "lr = 0.5 ", "\npatience = 4 ", "batch = 32 ", "reset = false ",
        "decay_on = \"kernels\" ", "weight_decay = 1e-05 ", "beta1 = 0.9 "})
    EXPECT_THAT(printed.out, HasSubstr(line));
}

TEST(Recipes, AreListedWithTheirSources) {
  const auto help = run_sonograd({"train", "--help"}).out;
  for (const train::RecipeFile& recipe : train::recipe_files()) {
    EXPECT_THAT(help, HasSubstr(std::string(train::recipe_summary(recipe)))) << recipe.name;
    EXPECT_THAT(run_sonograd({"completion", "bash"}).out, HasSubstr(std::string(recipe.name)));
    const auto printed = run_sonograd({"train", "--print-config", "--recipe", std::string(recipe.name)});
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    EXPECT_THAT(printed.out, HasSubstr("recipe = \"" + std::string(recipe.name) + "\""));
  }
}

TEST(Recipes, TrainWithEffectsAndAreNamedInTheModel) {
  const auto data = tiny_data(), run = test::temporary_path("run_recipe");
  auto arguments = train_arguments(data, run, "2");
  arguments.insert(arguments.end(), {"--recipe", "mtt", "--task", "label"});
  const auto trained = run_sonograd(arguments);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto info = run_sonograd({"info", run / "best.safetensors", "--json"});
  EXPECT_THAT(info.out, ContainsRegex("recipe[^,]*mtt")) << info.out << info.err;
}

TEST(Recipes, TrainWithATeacherAndClipsWithoutLabels) {
  const auto data = tiny_data(), teacher = test::temporary_path("run_teacher");
  ASSERT_EQ(run_sonograd(train_arguments(data, teacher, "1")).exit_code, 0);
  const auto student = test::temporary_path("run_student");
  auto arguments = train_arguments(data, student, "1");
  arguments.insert(arguments.end(), {"--recipe", "noisy_student", "--teacher", teacher});
  const auto alone = run_sonograd(arguments);
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("give them with --unlabelled"));
  arguments.insert(arguments.end(), {"--unlabelled", data, "--set", "student.batch=3"});
  const auto trained = run_sonograd(arguments);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(test::read_file(student / "config.toml"), HasSubstr("teacher = \"" + teacher.string() + "\""));
  EXPECT_THAT(run_sonograd({"info", student, "--json"}).out, ContainsRegex("teacher"));
  std::filesystem::remove_all(teacher);
  const auto resumed = run_sonograd({"train", "--resume", student});
  EXPECT_EQ(resumed.exit_code, 4);
  EXPECT_THAT(resumed.err, HasSubstr("the teacher of the run is not there"));
}

TEST(Recipes, TrainAtSongLevelAndWithSquaredErrors) {
  const auto data = tiny_data(), run = test::temporary_path("run_song");
  auto arguments = train_arguments(data, run, "2");
  arguments.insert(arguments.end(), {"--task", "tags", "--recipe", "pons", "--set", "loss.name=mse", "--set",
                                     "train.chunks=3", "--set", "model.samples=4096", "--set",
                                     "model.hop_length=32", "--set", "model.n_fft=256"});
  ASSERT_EQ(run_sonograd(arguments).exit_code, 0);
  const auto scores = [&](const std::string& level) {
    return nlohmann::json::parse(
        run_sonograd({"evaluate", run, "--data", data, "--json", "--level", level}).out);
  };
  EXPECT_EQ(scores("song")["clips"], 6);
  EXPECT_EQ(scores("instance")["clips"], 6 * 2) << "8000 samples in chunks of 4096";
  EXPECT_EQ(scores("instance")["level"], "instance");
  arguments = train_arguments(data, test::temporary_path("run_label_mse"), "1");
  arguments.insert(arguments.end(), {"--task", "label", "--set", "loss.name=mse"});
  const auto refused = run_sonograd(arguments);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("loss.name = mse: expected a task with tags, got label"));
}

}  // namespace
}  // namespace sonograd
