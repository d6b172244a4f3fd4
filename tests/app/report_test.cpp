#include <cstdlib>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <unistd.h>

#include "tests/app/run_sonograd.h"
#include "tests/support/files.h"
#include "tests/support/html.h"
#include "tests/support/model_files.h"
#include "tests/train/tiny_run.h"
#include "train/pictures/plot.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMarkup = "<script>alert('x')</script>&\"";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// A run of three epochs; the label and tag `low` is called kMarkup.
struct TrainedRun {
  fs::path folder, data;
};

TrainedRun make_run(const std::string& name, train::TaskChoice task) {
  const fs::path folder = test::temporary_folder(name);
  train::Settings settings = train::tiny_run(folder);
  settings.data.task = task;
  const fs::path table = folder / "data" / "labels.tsv";
  test::write_file(table, replaced(test::read_file(table), "low", kMarkup));
  train::TestObserver observer;
  train::start_run(settings, folder / "run", {.command = concat("sonograd train ", kMarkup), .version = "1"},
                   observer);
  return {folder / "run", folder / "data"};
}

const TrainedRun& label_run() {
  static const TrainedRun run = make_run("label_run", train::TaskChoice::multi_class);
  return run;
}

std::string page_of(const fs::path& run) {
  return test::read_file(run / "report.html");
}

void expect_self_contained(const std::string& page) {
  EXPECT_EQ(test::html_fault(page), "");
  for (const char* outside : {"http://", "https://", "src=\"/", "url(", "@import"}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

// The values of the row of a label in the table of scores: support, ROC-AUC, PR-AUC, F1.
std::vector<std::string> row_of(const std::string& page, std::size_t label) {
  std::vector<std::string> values;
  std::size_t at = page.find(concat("<a href=\"#label-", label, "\""));
  const std::size_t end = page.find("</tr>", at);
  constexpr std::string_view kValue = "data-value=\"";
  while ((at = page.find(kValue, at)) < end) {
    at += kValue.size();
    values.push_back(page.substr(at, page.find('"', at) - at));
  }
  return values;
}

TEST(Report, HoldsTheNumbersOfEvaluate) {
  const TrainedRun& run = label_run();
  const auto result = run_sonograd({"report", run.folder});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, (run.folder / "report.html").string() + "\n");
  const std::string page = page_of(run.folder);
  expect_self_contained(page);

  const json scores = json::parse(run_sonograd({"evaluate", run.folder, "--data", run.data, "--json"}).out);
  for (std::size_t label = 0; label < 3; ++label) {
    const json& tag = scores["tags"][label];
    const auto row = row_of(page, label);
    ASSERT_EQ(row.size(), 4u);
    EXPECT_EQ(row[0], std::to_string(tag["support"].get<int>()));
    EXPECT_EQ(std::stod(row[1]), tag["roc_auc"].get<double>());
    EXPECT_EQ(std::stod(row[2]), tag["pr_auc"].get<double>());
  }
  EXPECT_THAT(page, HasSubstr(train::fixed_number(scores["accuracy"].get<double>(), 3)));
}

TEST(Report, JsonHasThePathAndTheScores) {
  const TrainedRun& run = label_run();
  json evaluated = json::parse(run_sonograd({"evaluate", run.folder, "--data", run.data, "--json"}).out);
  evaluated.erase("left_out");
  evaluated.erase("level");
  const json report = json::parse(run_sonograd({"report", run.folder, "--json"}).out);
  EXPECT_EQ(report["report"], (run.folder / "report.html").string());
  EXPECT_EQ(report["scores"], evaluated);
  EXPECT_TRUE(report["remarks"].empty());
  EXPECT_EQ(run_sonograd({"report", run.folder, "--json", "--out", "-"}).exit_code, 2);
}

TEST(Report, ComparesTwoRuns) {
  const TrainedRun& run = label_run();
  const fs::path other = test::temporary_folder("other_run") / "second";
  fs::copy(run.folder, other, fs::copy_options::recursive);
  std::string config = test::read_file(other / "config.toml");
  test::write_file(other / "config.toml", replaced(config, "epochs = 3", "epochs = 4"));
  const fs::path file = test::temporary_path("both.html");
  const auto result = run_sonograd({"report", run.folder, other, "--out", file});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string page = test::read_file(file);
  EXPECT_EQ(test::html_fault(page), "");
  EXPECT_THAT(page, HasSubstr("<section id=\"comparison\""));
  EXPECT_THAT(page, HasSubstr("+0.0000"));
  EXPECT_THAT(page, HasSubstr("train.epochs</th><td>3</td><td>4</td>"));
  EXPECT_THAT(page, Not(HasSubstr("tested on different clips")));
  run_sonograd({"report", run.folder});
  EXPECT_THAT(page_of(run.folder), Not(HasSubstr("id=\"comparison\"")));
}

TEST(Report, BeginsWithAVerdictAndHasPlayers) {
  const TrainedRun& run = label_run();
  run_sonograd({"report", run.folder});
  const std::string page = page_of(run.folder);
  EXPECT_THAT(page, HasSubstr("<div class=\"verdict\"><p>The network classifies "));
  EXPECT_THAT(page, HasSubstr("Weakest by ROC-AUC: "));
  const std::string source = "src=\"./";
  const std::size_t at = page.find(source);
  ASSERT_NE(at, std::string::npos);
  const std::string link =
      page.substr(at + source.size(), page.find('"', at + source.size()) - at - source.size());
  EXPECT_TRUE(fs::exists(run.folder / link)) << link;
  EXPECT_THAT(run_sonograd({"report", run.folder, "--out", "-"}).out, Not(HasSubstr("<audio")));
}

TEST(Report, HasEverySection) {
  run_sonograd({"report", label_run().folder});
  const std::string page = page_of(label_run().folder);
  for (const char* id : {"training", "labels", "confusion", "clips", "data", "time", "origin"}) {
    EXPECT_THAT(page, HasSubstr(concat("<section id=\"", id, "\"")));
  }
  EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(page, HasSubstr("epoch 3: training"));
  EXPECT_THAT(page, HasSubstr("channels = 4")) << "the configuration";
}

TEST(Report, EscapesWhatComesFromFiles) {
  run_sonograd({"report", label_run().folder});
  const std::string page = page_of(label_run().folder);
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("sonograd train &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"));
  EXPECT_THAT(page, HasSubstr(">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</a>"))
      << "the table";
}

TEST(Report, OfATagTaskHasNoConfusion) {
  const TrainedRun run = make_run("tag_run", train::TaskChoice::multi_label);
  const fs::path file = test::temporary_path("tags.html");
  ASSERT_EQ(run_sonograd({"report", run.folder, "--out", file}).exit_code, 0);
  const std::string page = test::read_file(file);
  expect_self_contained(page);
  EXPECT_THAT(page, Not(HasSubstr("id=\"confusion\"")));
  EXPECT_EQ(row_of(page, 3).size(), 6u) << "tag, support, two areas, F1 and its threshold";
  EXPECT_FALSE(fs::exists(run.folder / "report.html"));
}

TEST(Report, OfARunThatHasJustBegun) {
  const fs::path run = test::temporary_folder("begun");
  fs::copy_file(label_run().folder / "config.toml", run / "config.toml");
  const auto result = run_sonograd({"report", run});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("split.tsv"));
  const std::string page = page_of(run);
  expect_self_contained(page);
  EXPECT_THAT(page, HasSubstr("class=\"remark\""));
  EXPECT_THAT(page, Not(HasSubstr("id=\"training\"")));
}

TEST(Report, NamesTheKeyThatAnEmptyConfigLacks) {
  const fs::path run = test::temporary_folder("unconfigured");
  test::write_file(run / "config.toml", "");
  const auto result = run_sonograd({"report", run});
  EXPECT_THAT(result.err, HasSubstr("config.toml of the run has no data.dir"));
  EXPECT_THAT(result.err, Not(HasSubstr(": : ")));
}

TEST(Report, EscapesItsPathOnATerminalOnly) {
  const fs::path run = test::temporary_folder("on_a_terminal");
  const std::string file = run / "e\x1b[31m.html";
  test::write_file(run / "config.toml", "");
  EXPECT_EQ(run_sonograd({"report", run, "--out", file}).out, file + "\n");
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(grantpt(terminal) + unlockpt(terminal), 0);
  const int end = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  ASSERT_GE(end, 0);
  run_sonograd({"report", run, "--out", file}, [end] { dup2(end, STDOUT_FILENO); });
  std::string shown(4096, '\0');
  shown.resize(static_cast<std::size_t>(std::max<ssize_t>(0, read(terminal, shown.data(), shown.size()))));
  close(end);
  close(terminal);
  EXPECT_EQ(shown, (run / R"(e\x1b[31m.html)").string() + "\r\n");
}

TEST(Report, OfAnUnfinishedRunHasItsCurvesAndItsData) {
  const fs::path run = test::temporary_folder("unfinished");
  for (const char* file : {"config.toml", "split.tsv", "metrics.jsonl"}) {
    fs::copy_file(label_run().folder / file, run / file);
  }
  const auto result = run_sonograd({"report", run});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("best.safetensors"));
  const std::string page = page_of(run);
  expect_self_contained(page);
  for (const char* id : {"training", "data", "time"})
    EXPECT_THAT(page, HasSubstr(concat("<section id=\"", id)));
  EXPECT_THAT(page, Not(HasSubstr("<section id=\"labels\"")));
}

TEST(Report, WithoutTheDataDrawsWhatTheRunTells) {
  const TrainedRun& run = label_run();
  const fs::path elsewhere = run.data.parent_path() / "moved";
  fs::rename(run.data, elsewhere);
  const auto gone = run_sonograd({"report", run.folder});
  EXPECT_EQ(gone.exit_code, 0) << gone.err;
  EXPECT_THAT(gone.err, HasSubstr(run.data.string()));
  const std::string page = page_of(run.folder);
  EXPECT_THAT(page, HasSubstr("--data"));
  EXPECT_THAT(page, HasSubstr("<section id=\"training\""));
  EXPECT_THAT(page, Not(HasSubstr("<section id=\"clips\"")));

  const auto found = run_sonograd({"report", run.folder, "--data", elsewhere});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_THAT(page_of(run.folder), HasSubstr("<section id=\"clips\""));
  fs::rename(elsewhere, run.data);
  EXPECT_EQ(run_sonograd({"report", run.folder, "--data", elsewhere}).exit_code, 4);
}

TEST(Report, NamesTestClipsThatCannotBeRead) {
  const TrainedRun run = make_run("damaged_run", train::TaskChoice::multi_class);
  test::write_file(run.data / "20.wav", "no sound");
  const auto some = run_sonograd({"report", run.folder});
  EXPECT_EQ(some.exit_code, 5) << some.err;
  EXPECT_THAT(some.err, HasSubstr("skipped 20.wav"));
  EXPECT_THAT(page_of(run.folder), HasSubstr("1 of 6 test clips cannot be read, the first is 20.wav"));
  for (int i = 18; i < 24; ++i) test::write_file(run.data / concat(i, ".wav"), "no sound");
  EXPECT_EQ(run_sonograd({"report", run.folder}).exit_code, 4) << "as evaluate";
  EXPECT_THAT(page_of(run.folder), Not(HasSubstr("<section id=\"labels\"")));
}

TEST(Report, PrintsTheWarningsOfTheModel) {
  const TrainedRun run = make_run("later_run", train::TaskChoice::multi_class);
  const fs::path best = run.folder / "best.safetensors";
  test::add_later_option(best);
  const std::string warning = concat("warning: ", best.string(), ": config.model.width_factor = 1.5");
  for (const char* command : {"report", "evaluate"}) {
    std::vector<std::string> arguments = {command, run.folder, "--data", run.data};
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr(warning));
    EXPECT_EQ(result.err.find("width_factor"), result.err.rfind("width_factor")) << "once";
    arguments.push_back("--quiet");
    EXPECT_THAT(run_sonograd(arguments).err, Not(HasSubstr("width_factor")));
    arguments.back() = "--verbose";
    EXPECT_THAT(run_sonograd(arguments).err,
                HasSubstr("model: short_chunk_cnn, 3 outputs, computed front end\n"));
  }
}

TEST(Report, WrongUse) {
  EXPECT_EQ(run_sonograd({"report"}).exit_code, 2);
  const auto result = run_sonograd({"report", test::temporary_folder("no_run")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("config.toml"));
}

}  // namespace
}  // namespace sonograd
