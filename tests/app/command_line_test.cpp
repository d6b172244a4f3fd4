// Mistakes on the command line and in the environment: what they are is named, before any work.
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tensor/support/core_budget.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"
#include "tests/support/model_files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void expect_refusal(const std::vector<std::string>& arguments, const testing::Matcher<std::string>& message,
                    int exit_code = 2) {
  const auto result = run_sonograd(arguments);
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_THAT(result.err, message);
}

TEST(CommandLine, SuggestsCommandsOptionsNetworksAndKernels) {
  expect_refusal({"trian", "--data", "x"}, HasSubstr("no command 'trian'; did you mean train?"));
  expect_refusal({"frobnicate"},
                 AllOf(HasSubstr("no command 'frobnicate'; there are"), HasSubstr("evaluate")));
  expect_refusal({"bench", "kernel"},
                 HasSubstr("sonograd bench has no command 'kernel'; did you mean kernels?"));
  expect_refusal({"tag", "m", "s", "--treshold", "0.5"},
                 HasSubstr("tag has no option --treshold; did you mean --threshold?"));
  expect_refusal({"train", "--epoch=3"}, HasSubstr("train has no option --epoch; did you mean --epochs?"));
  expect_refusal({"train", "--arch", "short_chunk_cn", "--data", "x", "--out", "y"},
                 HasSubstr("did you mean short_chunk_cnn"));
  expect_refusal({"models", "fnc"}, HasSubstr("did you mean fcn"));
  expect_refusal({"tag", test::small_model_file(), "s.wav", "--kernel", "gem=simd"},
                 HasSubstr("did you mean gemm"));
}

TEST(CommandLine, AMisspeltWordIsTheOnlyLine) {
  const auto only = [](const std::string& line) { return testing::Eq("sonograd: " + line + "\n"); };
  expect_refusal({"fcn", "--arhc", "x"},
                 AllOf(HasSubstr("sonograd has no command 'fcn'; there are"), Not(HasSubstr("\nRun"))));
  expect_refusal({"train", "--arhc", "fcn"},
                 only("sonograd train has no option --arhc; did you mean --arch?"));
  expect_refusal({"tag", "m", "s", "-x"},
                 only("sonograd tag has no option -x; `sonograd tag --help` lists them"));
  expect_refusal({"completion", "basch"},
                 HasSubstr("SHELL: expected bash, zsh or fish, got 'basch'; did you mean bash?\n"));
  expect_refusal({"models", "FCN"}, HasSubstr("did you mean fcn?"));
  expect_refusal({"bench"}, HasSubstr("sonograd bench: expected a command; there are "));
  expect_refusal({}, AllOf(HasSubstr("sonograd: expected a command; there are "), HasSubstr("train")));
}

TEST(CommandLine, HelpIsACommandToo) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{}, {"tag"}, {"bench", "kernels"}}) {
    std::vector<std::string> before = {"help"}, behind = command;
    before.insert(before.end(), command.begin(), command.end());
    behind.emplace_back("--help");
    const auto help = run_sonograd(before), same = run_sonograd(behind);
    EXPECT_EQ(help.exit_code, 0) << help.err;
    EXPECT_EQ(help.out, same.out);
    EXPECT_THAT(help.out, HasSubstr("Usage: "));
  }
  expect_refusal({"help", "tga"}, HasSubstr("sonograd has no command 'tga'; did you mean tag?"));
}

TEST(CommandLine, SuggestsNothingForOtherMistakes) {
  expect_refusal({"tag"}, Not(HasSubstr("did you mean")));
  expect_refusal({"tag", "m", "s", "--top", "x"}, Not(HasSubstr("did you mean")));
}

TEST(CommandLine, NumbersAreRefusedInWords) {
  expect_refusal(
      {"tag", "m", "s", "--top", "0"},
      AllOf(HasSubstr("--top: expected a whole number from 1, got '0'"),
            testing::ResultOf([](const std::string& text) { return text.size(); }, testing::Lt(300u))));
  expect_refusal({"tag", "m", "s", "--top", "2.5"}, HasSubstr("got '2.5'"));
  for (const char* const bad : {"nan", "-nan", "inf", "1.5", "-0.1", "half", ""})
    expect_refusal({"tag", "m", "s", "--threshold", bad},
                   HasSubstr("--threshold: expected a number from 0 to 1"));
  expect_refusal({"tag", "m", "s", "--hop", "1,5"}, HasSubstr("got '1,5'; the decimal sign is a point"));
  expect_refusal({"tag", "m", "s", "--top", "1,5"},
                 AllOf(HasSubstr("got '1,5'"), Not(HasSubstr("decimal sign"))));
  expect_refusal({"data", "synth", "d", "--seconds", "1,5"},
                 HasSubstr("--seconds: expected a number 1 to 3600, got '1,5'"));
  expect_refusal({"train", "--epochs", "1", "--epochs", "2"},
                 HasSubstr("--epochs: expected once, got it 2 times"));
  expect_refusal({"train", "--epochs"}, HasSubstr("--epochs: the value is missing"));
  expect_refusal({"bench", "compare", "a", "b", "--noise", "nan"},
                 HasSubstr("--noise: expected a number 0 to 10"));
  expect_refusal({"evaluate", "m", "--data", "d", "--cache-max", "nan"},
                 HasSubstr("--cache-max: expected a number"));
  expect_refusal({"bench", "kernels", "--min-time", "nan"}, HasSubstr("--min-time: expected a number"));
}

TEST(CommandLine, AnEmptyValueIsRefusedByName) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"explain", "m", "s", "--tag", ""}, "--tag"},
      {{"explain", "m", "s", "--tag="}, "--tag"},
      {{"explain", "m", "--tag=", "s"}, "--tag"},
      {{"explain", "m", "s", "--out", ""}, "--out"},
      {{"explain", "m", ""}, "FILE"},
      {{"convert", "a.pth", "b.safetensors", "--reference", ""}, "--reference"},
      {{"convert", "a.pth", "b.safetensors", "--labels", ""}, "--labels"},
      {{"convert", "a.pth", "b.safetensors", "--prefix="}, "--prefix"},
      {{"convert", "a.pth", "b.safetensors", "--set", "a=", "--set", ""}, "--set"},
      {{"models", "fcn", "--svg", ""}, "--svg"},
      {{"models", "fcn", "--svg="}, "--svg"},
      {{"models", "fcn", "--card", ""}, "--card"},
      {{"models", ""}, "NAME"},
      {{"report", "r", "--out", ""}, "--out"},
      {{"report", "r", "--data", ""}, "--data"},
      {{"report", "r", ""}, "OTHER"},
      {{"train", "--config", ""}, "--config"},
      {{"train", "--out", "", "--data", "d"}, "--out"},
      {{"train", "--resume="}, "--resume"},
      {{"evaluate", "m", "--data", ""}, "--data"},
      {{"tag", "m", "s", ""}, "PATH"},
      {{"tag", "m", "s", "--profile", ""}, "--profile"},
      {{"bench", "kernels", "--filter", ""}, "--filter"},
      {{"data", "synth", "d", "--soundfont", ""}, "--soundfont"},
  };
  for (const auto& [arguments, name] : cases)
    expect_refusal(arguments, HasSubstr(concat("sonograd: ", name, ": expected a value, got ''\n")));
  expect_refusal({"tag", "m", "s", "--timeline", ""}, HasSubstr("--timeline: expected a file name"));
  expect_refusal({"models", "fcn", "--set", "model.channels="}, Not(HasSubstr("expected a value, got")));
}

TEST(CommandLine, SeedsHaveOneRange) {
  const std::string out = test::temporary_path("unmade");
  for (const char* const seed : {"-1", "99999999999999999999", "9300000000000000000", "1.5", "1e3", ""}) {
    expect_refusal(
        {"data", "synth", out, "--seed", seed},
        HasSubstr(concat("--seed: expected a whole number 0 to 9200000000000000000, got '", seed)));
    expect_refusal({"train", "--arch", "fcn", "--print-config", "--seed", seed},
                   HasSubstr("train.seed: expected 0 to"));
    expect_refusal({"data", "check", out, "--seed", seed}, HasSubstr("train.seed: expected 0 to"));
  }
  expect_refusal({"data", "synth", out, "--clips", "1e3"},
                 HasSubstr("--clips: expected a whole number 1 to"));
  expect_refusal({"data", "synth", out, "--threads", "5000"},
                 HasSubstr("--threads: expected a whole number 0 to 4096"));
  expect_refusal({"data", "synth", out, "--sample-rate", "1"},
                 HasSubstr("expected a whole number 8000 to 48000"));
  EXPECT_FALSE(fs::exists(out));
}

TEST(CommandLine, NamesTheVariableOfAValue) {
  const auto with = [](const char* variable, const char* value) {
    return [=] { setenv(variable, value, 1); };
  };
  const auto threads = run_sonograd({"tag", "m", "s"}, with("SONOGRAD_TRAIN_THREADS", "5000"));
  EXPECT_EQ(threads.exit_code, 2);
  EXPECT_THAT(threads.err,
              AllOf(HasSubstr("0 to 4096"), HasSubstr("SONOGRAD_TRAIN_THREADS in the environment")));
  const auto cache = run_sonograd({"evaluate", "m", "--data", "d"}, with("SONOGRAD_DATA_CACHE_MAX", "much"));
  EXPECT_THAT(cache.err, HasSubstr("SONOGRAD_DATA_CACHE_MAX in the environment"));
  for (const char* const variable :
       {"SONOGRAD_DATA_CACHE_MAX", "SONOGRAD_TRAIN_THREADS", "SONOGRAD_DATA_LABELS"}) {
    const auto other = run_sonograd({"models"}, with(variable, "much"));
    EXPECT_EQ(other.exit_code, 0) << variable << ": no option of the command; " << other.err;
  }
  EXPECT_EQ(run_sonograd({"--help", "tag"}, with("SONOGRAD_DATA_CACHE_MAX", "much")).exit_code, 0);
  const auto typed =
      run_sonograd({"tag", "m", "s", "--threads", "5000"}, with("SONOGRAD_TRAIN_THREADS", "2"));
  EXPECT_THAT(typed.err, Not(HasSubstr("environment")));
}

TEST(CommandLine, NamesMisspeltVariables) {
  const auto epoch = [] { setenv("SONOGRAD_TRAIN_EPOCH", "3", 1); };
  const auto train = run_sonograd({"train", "--arch", "fcn", "--print-config"}, epoch);
  EXPECT_EQ(train.exit_code, 2);
  EXPECT_THAT(train.err,
              HasSubstr("SONOGRAD_TRAIN_EPOCH is not a setting; did you mean SONOGRAD_TRAIN_EPOCHS"));
  const auto sound = test::write_file("none.wav", "");
  const auto tag = run_sonograd({"tag", test::small_model_file(), sound}, epoch);
  EXPECT_EQ(tag.exit_code, 4) << tag.err;
  EXPECT_THAT(tag.err, HasSubstr("warning: environment: SONOGRAD_TRAIN_EPOCH is not a setting"));
}

TEST(CommandLine, TakesAnyNumberOfThreadsOfTheSetting) {
  const auto data = test::tiny_data();
  const auto tag = run_sonograd({"tag", test::small_model_file(), data / "0.wav", "--threads", "0", "-q"});
  EXPECT_EQ(tag.exit_code, 0) << tag.err;
  for (const char* const threads : {"0", "4096"})
    EXPECT_EQ(run_sonograd({"train", "--arch", "fcn", "--threads", threads, "--print-config"}).exit_code, 0);
}

TEST(CommandLine, WarnsOfFarMoreThreadsThanCores) {
  if (core_budget().cores > 64) GTEST_SKIP() << "so many threads are a load on this machine";
  const auto data = test::tiny_data();
  const std::string many = std::to_string(17 * core_budget().cores + 1);
  const std::vector<std::string> tag = {"tag", test::small_model_file(), data / "0.wav", "--threads"};
  const auto run = [&](const std::string& threads) {
    std::vector<std::string> words = tag;
    words.push_back(threads);
    return run_sonograd(words).err;
  };
  EXPECT_THAT(run(many), HasSubstr(concat("warning: ", many, " threads on ", core_budget().cores, " cores")));
  EXPECT_THAT(run(std::to_string(core_budget().cores)), Not(HasSubstr("warning")));
}

TEST(CommandLine, RecognisesSwappedArguments) {
  const auto data = test::tiny_data();
  const std::string model = test::small_model_file(), song = data / "0.wav";
  expect_refusal({"tag", song, model}, AllOf(HasSubstr("is a model"), HasSubstr("sonograd tag")));
  expect_refusal({"tag", song, song}, HasSubstr("this is an audio file"));
  expect_refusal({"evaluate", song, "--data", data}, HasSubstr("this is an audio file"));
}

TEST(CommandLine, NamesFoldersAndFilesThatAreSomethingElse) {
  const fs::path folder = test::temporary_folder("kinds");
  const std::string run = folder / "run", music = folder / "music", none = folder / "none",
                    file = folder / "file";
  fs::create_directories(run);
  fs::create_directories(music);
  test::write_file(folder / "run/config.toml", "[train]\narch = \"fcn\"\n");
  test::write_file(folder / "file", "x");
  expect_refusal({"evaluate", music, "--data", run},
                 HasSubstr(concat("expected: sonograd evaluate ", run, " --data ", music)));
  expect_refusal({"report", none}, HasSubstr("none: no such run folder"), 4);
  expect_refusal({"report", run, none}, HasSubstr("none: no such run folder"), 4);
  expect_refusal({"info", music}, HasSubstr("no run folder (it has no config.toml)"), 4);
  expect_refusal({"info", run}, HasSubstr("has no best.safetensors yet"), 4);
  expect_refusal({"convert", run, folder / "x.pth"}, HasSubstr("run/best.safetensors"));
  expect_refusal(
      {"info", folder / "run/config.toml"},
      AllOf(HasSubstr("sonograd: " + run + "/config.toml: this is no model file"), Not(HasSubstr("header"))),
      3);
  for (const std::string& taken : {file, music})
    expect_refusal({"train", "--arch", "fcn", "--data", music, "--out", taken},
                   AllOf(HasSubstr("exists and is no run"), Not(HasSubstr("--resume"))));
  expect_refusal({"train", "--arch", "fcn", "--data", music, "--out", run}, HasSubstr("--resume " + run));
  expect_refusal({"data", "synth", file}, HasSubstr("expected an empty folder or none, got a file"));
}

TEST(CommandLine, HintsAtSubFolders) {
  const auto data = test::tiny_data();
  const fs::path outer = test::temporary_folder("outer");
  fs::create_directories(outer / "deep");
  fs::copy_file(data / "0.wav", outer / "deep/0.wav");
  const std::string model = test::small_model_file();
  expect_refusal({"tag", model, outer}, AllOf(HasSubstr("no audio files in"), HasSubstr("-r descends")), 4);
  EXPECT_EQ(run_sonograd({"tag", model, outer, "-r"}).exit_code, 0);
  fs::remove(outer / "deep/0.wav");
  expect_refusal({"tag", model, outer}, Not(HasSubstr("-r")), 4);
}

TEST(CommandLine, FindsOutputsThatCannotBeWrittenBeforeTheWork) {
  const auto data = test::tiny_data();
  const std::string model = test::small_model_file();
  const fs::path absent = test::temporary_path("absent") / "deep";
  expect_refusal({"convert", test::temporary_path("none.pth"), absent / "m.safetensors"},
                 AllOf(HasSubstr("cannot write there"), HasSubstr(absent.string())), 1);
  expect_refusal({"tag", model, data / "0.wav", "--timeline", absent / "t.svg"},
                 HasSubstr("cannot write there"), 1);
  fs::create_directories(data / "is.svg");
  expect_refusal({"tag", model, data / "0.wav", "--timeline", data / "is.svg"},
                 HasSubstr("not a regular file"), 1);
}

TEST(CommandLine, OutputsHaveTheExtensionOfTheirKind) {
  const auto folder = test::temporary_folder("outputs");
  const std::string precious = test::write_file("outputs/labels.tsv", "precious");
  const std::string expected = "expected a file name that ends in ";
  expect_refusal({"report", "run", "--out", precious}, HasSubstr("--out: " + expected + ".html or .htm"));
  expect_refusal({"bench", "kernels", "--out", precious}, HasSubstr("--out: " + expected + ".json"));
  expect_refusal({"tag", "m", "s", "--timeline", "times"},
                 HasSubstr("--timeline: " + expected + ".svg or .png, got 'times'"));
  for (const char* const command : {"tag", "evaluate"})
    expect_refusal({command, "m", "s", "--profile", precious}, HasSubstr("--profile: " + expected + ".json"));
  EXPECT_EQ(test::read_file(precious), "precious");
  expect_refusal({"report", folder / "none", "--out", folder / "PAGE.HTML"},
                 HasSubstr("none: no such run folder"), 4);
}

TEST(CommandLine, RefusesAListOfLabelsThatTheDataLack) {
  std::vector<std::string> arguments =
      test::train_arguments(test::tiny_data(), test::temporary_path("unmade"));
  arguments.insert(arguments.end(), {"--labels", "mtat"});
  expect_refusal(arguments, HasSubstr("--labels mtat: none of its 50 labels is in the column tags"), 4);
}

TEST(Info, PrintsWhatAModelContains) {
  const auto model = test::small_model_file();
  const auto found = nlohmann::json::parse(run_sonograd({"info", model, "--json"}).out);
  EXPECT_EQ(found["network"], "short_chunk_cnn");
  EXPECT_EQ(found["labels"], nlohmann::json({"drums", "flute", "no vocals"}));
  EXPECT_EQ(found["sample_rate"], 8000);
  EXPECT_DOUBLE_EQ(found["input_seconds"], 32768 / 8000.0);
  EXPECT_DOUBLE_EQ(found["hop_seconds"], 32768 / 8000.0);
  EXPECT_EQ(found["filter_bank"], "computed");
  EXPECT_EQ(found["model.channels"], 2);
  EXPECT_EQ(found["front_end.n_fft"], 512);
  EXPECT_GT(found["parameters"], 100);
  EXPECT_EQ(found["thresholds"], nlohmann::json::array());
  const auto text = run_sonograd({"info", model});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  for (const char* const word : {"short_chunk_cnn", "no vocals", "front_end.hop_length"})
    EXPECT_THAT(text.out, HasSubstr(word));
  EXPECT_GT(text.out.find("model.channels"), text.out.rfind("front_end."))
      << "options of a kind stand together";
  EXPECT_THAT(text.out, Not(HasSubstr("threshold"))) << "the model has none";
  const auto rows = run_sonograd({"info", model, "--format", "csv"});
  EXPECT_THAT(rows.out, AllOf(HasSubstr("entry,value\n"), HasSubstr("label,no vocals\n")));
  test::set_thresholds(model, {0.125, 0.25, 0.375});
  EXPECT_THAT(run_sonograd({"info", model}).out, testing::ContainsRegex("no vocals +0.3750\n"));
  expect_refusal({"info", test::temporary_path("none")}, HasSubstr("none"), 4);
}

}  // namespace
}  // namespace sonograd
