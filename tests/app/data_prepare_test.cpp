// `sonograd data prepare` on the real binary: exit codes, parts that are killed, and the commands that read prepared data.
//
// SONOGRAD_PREPARED_CLIPS and SONOGRAD_KILL_SEED: number of clips and seed of the kills; scripts/prepare-test sets them.
#include <chrono>
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "tensor/io/owner_lock.h"
#include "tensor/random.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/tiny_training.h"
#include "tests/support/environment.h"
#include "tests/support/published_trees.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;
using testing::AllOf;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using Arguments = std::vector<std::string>;

class DataPrepare : public testing::Test {
 protected:
  fs::path folder_ = test::temporary_folder("data_prepare");
  fs::path out_ = folder_ / "out";

  static Arguments preparing(const fs::path& data, const fs::path& out, const Arguments& more = {}) {
    Arguments arguments = {"data", "prepare", "folder", data, out, "--sample-rate", "8000", "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(DataPrepare, ReadsAPublishedDataSet) {
  const fs::path root = folder_ / "mtat";
  test::write_tree(root, {{"annotations_final.csv", test::mtat_table({{"0/a-b-01-t-0-29.mp3", {"rock"}},
                                                                      {"c/a-c-01-t-0-29.mp3", {"rock"}},
                                                                      {"d/a-d-01-t-0-29.mp3", {"pop"}}})}});
  for (const char* const folder : {"0", "c", "d"}) {
    fs::create_directories(root / folder);
    const std::vector<float> samples(4000, 0.25f);
    audio::write_sound(root / folder / concat("a-", *folder == '0' ? "b" : folder, "-01-t-0-29.mp3"), samples,
                       16000, audio::Encoding::mp3);
  }
  const auto result = run_sonograd({"data", "prepare", "mtat", root, out_, "--json", "-q"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json made = json::parse(result.out);
  EXPECT_EQ(made["clips"], 3);
  EXPECT_EQ(made["complete"], true);
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(test::read_file(out_ / "statistics.html"), AllOf(HasSubstr("mtat"), HasSubstr("rock")));
  const auto check = run_sonograd({"data", "check", out_, "--json"});
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_EQ(json::parse(check.out)["splits"], json({{"train", 1}, {"valid", 1}, {"test", 1}}));
  const auto plan =
      run_sonograd({"data", "prepare", "mtat", root, folder_ / "none", "--plan", "4", "--json"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_EQ(json::parse(plan.out)["clips"], 3);
  EXPECT_FALSE(fs::exists(folder_ / "none"));
  const auto sets = run_sonograd({"data", "sets", "mtat"});
  EXPECT_THAT(sets.out, AllOf(HasSubstr("annotations_final.csv"), HasSubstr("--split   filtered")));
}

TEST_F(DataPrepare, TrainingEvaluationAndTagsAreThoseOfTheFolder) {
  const fs::path data = test::tiny_data();
  const auto made = run_sonograd(preparing(data, out_));
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const fs::path run = folder_ / "run", other = folder_ / "other";
  for (const auto& [from, to] : {std::pair(data, run), {out_, other}}) {
    const auto trained = run_sonograd(test::train_arguments(from, to, "1"));
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  EXPECT_EQ(test::read_file(run / "best.safetensors"), test::read_file(other / "best.safetensors"));
  EXPECT_EQ(test::read_file(run / "split.tsv"), test::read_file(other / "split.tsv"));
  EXPECT_EQ(run_sonograd({"evaluate", run, "--data", data, "--json"}).out,
            run_sonograd({"evaluate", run, "--data", out_, "--json"}).out);
  const auto tags = run_sonograd({"tag", run, out_, "--json", "--threads", "1"});
  EXPECT_EQ(tags.exit_code, 0) << tags.err;
  EXPECT_EQ(std::ranges::count(tags.out, '\n'), 30);
  const auto one = run_sonograd({"tag", run, out_ / "shards/00000.tar/0.pcm16", "--json"});
  const auto original = run_sonograd({"tag", run, data / "0.wav", "--json"});
  EXPECT_EQ(json::parse(one.out)["tags"], json::parse(original.out)["tags"]);
}

TEST_F(DataPrepare, CheckNamesDamagedShards) {
  ASSERT_EQ(run_sonograd(preparing(test::tiny_data(), out_, {"--shard-size", "1"})).exit_code, 0);
  EXPECT_EQ(run_sonograd({"data", "check", out_}).exit_code, 0);
  fs::remove(out_ / "shards/00003.tar");
  const auto missing = run_sonograd({"data", "check", out_, "--json"});
  EXPECT_EQ(missing.exit_code, 5) << missing.err;
  EXPECT_THAT(missing.err,
              HasSubstr("damaged 00003.tar: missing; run the same `sonograd data prepare` again"));
  EXPECT_EQ(missing.err.find("unreadable"), std::string::npos) << "one line for its clips; " << missing.err;
  EXPECT_EQ(json::parse(missing.out)["shards"].size(), 1u);
  EXPECT_EQ(json::parse(missing.out)["unreadable"].size(), 2u);
  const auto trained = run_sonograd(test::train_arguments(out_, folder_ / "run", "1"));
  EXPECT_EQ(trained.exit_code, 5) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("00003.tar"));
}

TEST_F(DataPrepare, PartsHaveTheExitCodesOfAScheduler) {
  const fs::path data = test::tiny_data(), none = folder_ / "absent";
  const auto part = [&](const fs::path& from, const std::string& which) {
    return run_sonograd(preparing(from, out_, {"--shard-size", "1", "--part", which, "-q"}));
  };
  EXPECT_EQ(part(none, "1/2").exit_code, 65);
  EXPECT_EQ(part(data, "3/2").exit_code, 2);
  EXPECT_EQ(part(data, "1/2").exit_code, 0);
  EXPECT_FALSE(fs::exists(out_ / "manifest.tsv"));
  {
    fs::create_directories(out_);
    const auto owner = io::OwnerLock::of_file(out_ / "part-2-of-2");
    const auto busy = part(data, "2/2");
    EXPECT_EQ(busy.exit_code, 75) << busy.err;
    EXPECT_THAT(busy.err, HasSubstr("in use by process"));
  }
  {
    const auto owner = io::OwnerLock::of_file(out_ / "shards/00001.tsv");
    EXPECT_EQ(part(data, "2/2").exit_code, 75) << "one of its units";
    EXPECT_EQ(run_sonograd(preparing(data, out_, {"--shard-size", "1"})).exit_code, 2);
  }
  test::write_file(data / "2.wav", "no sound");
  const auto last = part(data, "2/2");
  EXPECT_EQ(last.exit_code, 4) << last.err;
  EXPECT_THAT(last.err, HasSubstr("unreadable 2.wav: "));
  EXPECT_TRUE(fs::exists(out_ / "manifest.tsv"));
  EXPECT_EQ(run_sonograd(preparing(data, out_, {"--shard-size", "1"})).exit_code, 5);
  EXPECT_EQ(run_sonograd(preparing(data, out_, {"--shard-size", "2"})).exit_code, 2);
  EXPECT_EQ(run_sonograd(preparing(data, out_, {"--shard-size", "2", "--part", "1/2"})).exit_code, 65);
  EXPECT_EQ(run_sonograd(preparing(data, data / "inside")).exit_code, 2);
}

/// A folder of very short clips.
fs::path many_clips(std::int64_t count) {
  const fs::path data = test::temporary_folder("many_clips");
  std::string table = "path\tlabel\n";
  for (std::int64_t i = 0; i < count; ++i) {
    const std::vector<float> samples(static_cast<std::size_t>(80 + i % 50),
                                     static_cast<float>(i % 100) / 100);
    audio::write_sound(data / concat(i, ".wav"), samples, 8000, audio::Encoding::wav_pcm16);
    table += concat(i, ".wav\t", i % 3, '\n');
  }
  test::write_file(data / "labels.tsv", table);
  return data;
}

// All parts at once; some are killed at a random moment, and all run again until each has ended well.
TEST_F(DataPrepare, KilledPartsEndWithTheSameBytes) {
  const std::int64_t clips = test::from_environment("SONOGRAD_PREPARED_CLIPS", 60);
  const std::string shard_size = clips > 1000 ? "16" : "2";
  const fs::path data = many_clips(clips);
  Random random({.seed = static_cast<std::uint64_t>(test::from_environment("SONOGRAD_KILL_SEED", 1)),
                 .stream = RandomStream::test});
  const Clock::time_point begin = Clock::now();
  ASSERT_EQ(run_sonograd(preparing(data, out_, {"--shard-size", shard_size, "-q"})).exit_code, 0);
  const std::chrono::duration<float> undisturbed = Clock::now() - begin;
  const auto expected = test::contents(out_);
  int kills = 0;
  for (const int parts : {1, 4, 16}) {
    const fs::path folder = folder_ / concat("parts", parts);
    std::vector<int> open(static_cast<std::size_t>(parts));
    for (int i = 0; i < parts; ++i) open[static_cast<std::size_t>(i)] = i + 1;
    for (bool is_first = true; !open.empty(); is_first = false) {
      std::vector<std::unique_ptr<test::BackgroundRun>> runs;
      for (const int part : open) {
        runs.push_back(std::make_unique<test::BackgroundRun>(
            preparing(data, folder, {"--shard-size", shard_size, "-q", "--part", concat(part, '/', parts)})));
      }
      for (std::size_t i = 0; is_first && i < runs.size(); i += 2) {
        const auto pause = undisturbed * random.uniform(0, 1) / static_cast<float>(parts);
        std::this_thread::sleep_for(pause);
        runs[i]->send(SIGKILL);
      }
      std::vector<int> again;
      for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto result = runs[i]->result();
        const bool was_killed = result.exit_code == 128 + SIGKILL;
        kills += was_killed;
        EXPECT_TRUE(was_killed || result.exit_code == 0 || result.exit_code == 75)
            << result.exit_code << ": " << result.err;
        if (result.exit_code != 0) again.push_back(open[i]);
      }
      if (HasFailure()) return;
      open = again;
    }
    EXPECT_TRUE(test::contents(folder) == expected) << parts << " parts";
  }
  std::printf("%d clips in 1, 4 and 16 parts, %d kills\n", static_cast<int>(clips), kills);
}

}  // namespace
}  // namespace sonograd
