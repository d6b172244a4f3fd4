// [threads] Preparation of data sets: equal bytes for any number of threads and parts, and what a repeated call does.
#include "train/data/prepare/prepare.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

#include "audio/files.h"
#include "audio/load.h"
#include "audio/shard_clip.h"
#include "audio/shard_index.h"
#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/data/clip_check.h"
#include "train/data/clip_reader.h"
#include "train/data/data_error.h"
#include "train/data/labels_table.h"
#include "train/data/prepare/plan.h"
#include "train/data/prepare/verify.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Clips that are expected to fill units of two or three each.
constexpr int kClips = 10;
constexpr int kShardMib = 1;

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(folder).string()] = test::read_file(entry.path());
  return files;
}

class Prepare : public testing::Test {
 protected:
  Prepare() {
    std::string table = "path\tlabel\ttags\tsplit\n";
    for (int i = 0; i < kClips; ++i) {
      write_sine(root_ / concat("a/", i, ".wav"), 300 + 50 * i, 400 + 100 * i);
      table += concat("a/", i, ".wav\t", i % 2 == 0 ? "low" : "high", "\tx,y:0.5\ttrain\n");
    }
    write_text(root_ / "labels.tsv", table);
  }

  SetClips set() const { return read_data_set("folder", {.root = root_}); }
  PreparationDescription about(const SetClips& clips) const {
    return PreparationDescription::of("folder", {.root = root_}, clips, kTestRate, kShardMib);
  }
  PrepareResult make(const fs::path& folder, const PrepareOptions& options = {}) const {
    const SetClips clips = set();
    return prepare(clips, about(clips), folder, options, [](auto...) { return true; });
  }
  std::string config_error(const fs::path& folder) const {
    return message_of<ConfigError>([&] { make(folder); });
  }

  fs::path root_ = test_folder(), out_ = root_.parent_path() / "out";
};

TEST_F(Prepare, StoresTheSamplesOfTheDecoderInTarFiles) {
  const PrepareResult result = make(out_);
  EXPECT_TRUE(result.is_complete);
  EXPECT_EQ(result.clips, 10u);
  EXPECT_EQ(result.units, 5u);
  EXPECT_THAT(result.skipped, IsEmpty());
  const LabelsTable table = LabelsTable::read(out_);
  ASSERT_TRUE(table.is_prepared());
  EXPECT_THAT(table.columns(), ElementsAre("path", "key", "label", "tags", "split", "seconds", "shard"));
  EXPECT_EQ(table.path(3), "a/3.wav");
  EXPECT_EQ(table.cell(3, table.column("tags")), "x,y:0.5");
  EXPECT_EQ(table.cell(4, table.column("seconds")), "0.100");
  EXPECT_EQ(table.file(3), out_ / "shards/00001.tar/a-3.pcm16");
  const auto original = audio::load_mono_pcm16(root_ / "a/3.wav", kTestRate);
  EXPECT_EQ(audio::load_mono_pcm16(table.file(3), kTestRate).samples, original.samples)
      << "through the decoder";
  EXPECT_EQ(audio::load_mono(table.file(3), 2 * kTestRate).samples.size(), 2 * original.samples.size());
  const fs::path listing = out_.parent_path() / "listing";
  const std::string command = concat("cd '", out_.string(), "/shards' && tar -xOf 00001.tar a-3.json > '",
                                     listing.string(), "' && sha256sum --quiet -c SHA256SUMS");
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto json = nlohmann::json::parse(test::read_file(listing));
  EXPECT_EQ(json["path"], "a/3.wav");
  EXPECT_EQ(json["label"], "high");
  EXPECT_EQ(json["tags"], (nlohmann::json{"x", "y:0.5"}));
  EXPECT_EQ(json["samples"], 700);
  EXPECT_EQ(json["sample_rate"], kTestRate);
}

TEST_F(Prepare, HasTheSameBytesForAnyNumberOfThreadsAndParts) {
  make(out_);
  const auto expected = files_in(out_);
  const fs::path threads = root_.parent_path() / "threads", parts = root_.parent_path() / "parts";
  make(threads, {.threads = 3});
  EXPECT_EQ(files_in(threads), expected);
  for (const std::size_t part : {2, 3, 1}) {
    EXPECT_EQ(fs::exists(parts / audio::kManifestName), false);
    const PrepareResult result = make(parts, {.part = {part, 3}, .is_whole = false});
    EXPECT_EQ(result.is_complete, part == 1);
    EXPECT_EQ(result.units, part == 3 ? 1u : 2u);
  }
  EXPECT_EQ(files_in(parts), expected);
  EXPECT_EQ(make(parts, {.part = {5, 9}, .is_whole = false}).made_units, 0u) << "other parts, the same units";
}

TEST_F(Prepare, IsReadWithoutACache) {
  make(out_);
  const LabelsTable table = LabelsTable::read(out_);
  PcmCache cache(root_.parent_path() / "cache", 1 << 20);
  const ClipReader reader(kTestRate, models::Pcm::int16, &cache);
  const ClipSamples clip = reader.read(table.file(9));
  EXPECT_EQ(clip.length(), 1300);
  std::vector<float> samples(1300), expected(1300);
  clip.copy({0, 1300}, audio::Pad::zero, samples);
  reader.read(root_ / "a/9.wav").copy({0, 1300}, audio::Pad::zero, expected);
  EXPECT_EQ(samples, expected);
  EXPECT_TRUE(reader.is_cached());
  EXPECT_EQ(files_in(root_.parent_path() / "cache").size(), 1u) << "the clip of the folder alone";
  EXPECT_EQ(resampling_warning(out_, kTestRate), "");
  EXPECT_EQ(resampling_warning(root_, 2 * kTestRate), "");
  EXPECT_THAT(resampling_warning(out_, 2 * kTestRate),
              HasSubstr("prepared at 8000 Hz, the model takes 16000 Hz"));
  const ClipReader other(2 * kTestRate, models::Pcm::int16, &cache);
  EXPECT_EQ(other.read(table.file(9)).length(), 2600);
  EXPECT_FALSE(other.is_cached()) << "it is resampled whenever it is used";
  EXPECT_THROW(ClipReader(kTestRate, models::Pcm::int16, nullptr, {.max_bytes = 100}).read(table.file(9)),
               audio::ClipTooLong);
}

TEST_F(Prepare, StandsForItsClipsAmongFiles) {
  make(out_);
  const auto files = audio::audio_files(out_, false);
  ASSERT_EQ(files.size(), 10u);
  EXPECT_EQ(files[3], out_ / "shards/00001.tar/a-3.pcm16");
  EXPECT_EQ(audio::audio_files(out_ / "shards/00001.tar", false).size(), 2u);
}

TEST_F(Prepare, MakesLostUnitsAgain) {
  make(out_);
  const auto expected = files_in(out_);
  fs::remove(out_ / "shards/00001.tar");
  EXPECT_THAT(message_of<FormatError>([&] { audio::open_shard_clip(out_ / "shards/00001.tar/a-9.pcm16"); }),
              HasSubstr("no such clip"));
  EXPECT_THAT(verify_shards(out_, 1, [](auto...) { return true; }).at(0).reason, HasSubstr("missing"));
  EXPECT_EQ(make(out_).made_units, 1u);
  fs::resize_file(out_ / "shards/00002.tar", 700);
  EXPECT_THAT(message_of<FormatError>([&] { audio::open_shard_clip(out_ / "shards/00002.tar/a-4.pcm16"); }),
              AllOf(HasSubstr("00002.tar: the shard has 700 bytes"), HasSubstr("data prepare")));
  EXPECT_EQ(make(out_).made_units, 1u);
  test::write_file(out_ / "shards/00003.tsv", "x");
  EXPECT_EQ(make(out_).made_units, 1u);
  EXPECT_EQ(files_in(out_), expected);
  EXPECT_EQ(make(out_).made_units, 0u);
}

TEST_F(Prepare, FindsAWrongByte) {
  make(out_);
  const LabelsTable table = LabelsTable::read(out_);
  const audio::StoredClip clip = audio::open_shard_clip(table.file(4));
  std::string shard = test::read_file(clip.file->path());
  shard[clip.offset + 5] ^= 1;
  const auto time = fs::last_write_time(clip.file->path());
  test::write_file(clip.file->path(), shard);
  fs::last_write_time(clip.file->path(), time);
  const auto problems = verify_shards(out_, 2, [](auto...) { return true; });
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].file, "00002.tar");
  EXPECT_THAT(problems[0].reason, HasSubstr("wrong checksum"));
  const std::size_t rows[] = {3, 4, 5};
  const auto checks = check_clips(table, rows, 1, [](std::size_t) { return true; });
  EXPECT_EQ(checks[0].error, "");
  EXPECT_THAT(checks[1].error, HasSubstr("wrong checksum"));
  EXPECT_EQ(checks[2].error, "");
}

TEST_F(Prepare, ListsUnreadableClipsAndTriesThemAgainWhenTheyChange) {
  const std::string sound = test::read_file(root_ / "a/3.wav");
  test::write_file(root_ / "a/3.wav", "no sound");
  const PrepareResult result = make(out_);
  EXPECT_TRUE(result.is_complete) << "one of ten is permitted";
  ASSERT_EQ(result.skipped.size(), 1u);
  EXPECT_EQ(result.skipped[0].path, "a/3.wav");
  EXPECT_EQ(result.skipped[0].reason.find(root_.string()), std::string::npos) << result.skipped[0].reason;
  EXPECT_THAT(test::read_file(out_ / "unreadable.tsv"), HasSubstr("a/3.wav\tunreadable\t"));
  EXPECT_EQ(LabelsTable::read(out_).size(), 9u);
  fs::remove(root_ / "a/5.wav");
  EXPECT_EQ(make(out_).made_units, 0u) << "a clip that is in a shard is not read again";
  test::write_file(root_ / "a/3.wav", sound);
  EXPECT_EQ(make(out_).made_units, 1u);
  EXPECT_EQ(LabelsTable::read(out_).size(), 10u);
}

TEST_F(Prepare, WritesNoManifestWithTooManyUnreadableClips) {
  fs::remove(root_ / "a/3.wav");
  fs::remove(root_ / "a/4.wav");
  const PrepareResult result = make(out_);
  EXPECT_FALSE(result.is_complete);
  EXPECT_THAT(result.refusal, HasSubstr("2 of 10 clips cannot be read, at most 10 % may"));
  EXPECT_THAT(message_of<DataError>([&] { LabelsTable::read(out_); }),
              AllOf(HasSubstr("manifest.tsv: missing"), HasSubstr("data prepare")));
  EXPECT_TRUE(make(out_, {.max_unreadable = 0.2}).is_complete);
}

TEST_F(Prepare, LeavesOutClipsThatAreTooShort) {
  SetClips clips = set();
  clips.clips[2].least_seconds = 1;
  const PrepareResult result = prepare(clips, about(clips), out_, {}, [](auto...) { return true; });
  EXPECT_TRUE(result.is_complete);
  ASSERT_EQ(result.skipped.size(), 1u);
  EXPECT_TRUE(result.skipped[0].is_left_out);
  EXPECT_EQ(result.skipped[0].reason, "0.075 s, shorter than 1 s");
}

TEST_F(Prepare, DividesAUnitIntoShardsWhereClipsAreLongerThanExpected) {
  SetClips clips = set();
  for (SetClip& clip : clips.clips) clip.seconds = 0.01;
  write_sine(root_ / "a/6.wav", 440, 400000);
  write_sine(root_ / "a/7.wav", 440, 400000);
  const PreparationDescription description = about(clips);
  const PrepareResult result = prepare(clips, description, out_, {}, [](auto...) { return true; });
  EXPECT_EQ(result.units, 1u);
  const LabelsTable table = LabelsTable::read(out_);
  EXPECT_EQ(table.cell(6, table.column("shard")), "00000.tar");
  EXPECT_EQ(table.cell(7, table.column("shard")), "00000-1.tar");
  EXPECT_EQ(audio::load_mono_pcm16(table.file(7), kTestRate).samples.size(), 400000u);
  EXPECT_LE(fs::file_size(out_ / "shards/00000.tar"), std::uintmax_t{1} << 20);
}

TEST_F(Prepare, RefusesFoldersOfOthers) {
  write_text(out_ / "mine.txt", "x");
  EXPECT_THAT(config_error(out_), HasSubstr("expected an empty folder or none, got one with other files"));
  EXPECT_EQ(files_in(out_).size(), 1u);
  const fs::path begun = root_.parent_path() / "begun";
  make(begun);
  write_sine(root_ / "a/extra.wav", 440, 400);
  write_text(root_ / "labels.tsv", test::read_file(root_ / "labels.tsv") + "a/extra.wav\tlow\t\ttrain\n");
  EXPECT_THAT(config_error(begun), AllOf(HasSubstr("begun with another table: 10 clips, now there are 11"),
                                         HasSubstr("choose another folder")));
}

TEST_F(Prepare, StopsBetweenUnitsAndContinues) {
  const SetClips clips = set();
  const PrepareResult stopped =
      prepare(clips, about(clips), out_, {}, [](std::size_t done, auto...) { return done < 5; });
  EXPECT_TRUE(stopped.is_stopped);
  EXPECT_FALSE(fs::exists(out_ / audio::kManifestName));
  const PrepareResult result = make(out_);
  EXPECT_TRUE(result.is_complete);
  EXPECT_EQ(result.made_units, 3u) << "two units were complete";
}

TEST_F(Prepare, PlansFromMeasuredSpeed) {
  const SetClips clips = set();
  const DecodingSpeed speed = measure_decoding(clips, kTestRate, 1, 10, [] { return true; });
  EXPECT_EQ(speed.clips, 10u);
  EXPECT_NEAR(speed.sound, 8500.0 / kTestRate, 1e-9);
  const DecodingSpeed known = {
      .clips = 10, .seconds = 2, .sound = 200, .expected_sound = 100, .bytes = 1000, .threads = 4};
  const PreparationPlan plan = plan_preparation(clips, kTestRate, 1 << 20, 3, known);
  EXPECT_EQ(plan.units, 5u);
  EXPECT_DOUBLE_EQ(plan.sound, 600) << "twice the expected 30 s each";
  EXPECT_DOUBLE_EQ(plan.machine_seconds, 6);
  EXPECT_DOUBLE_EQ(plan.longest_part, 2.4) << "two of five units";
  EXPECT_DOUBLE_EQ(plan.core_hours, 24.0 / 3600);
  EXPECT_EQ(plan.source_bytes, 1000u);
  for (int i = 0; i < kClips; ++i) fs::remove(root_ / concat("a/", i, ".wav"));
  EXPECT_THAT(message_of<DataError>([&] { measure_decoding(clips, kTestRate, 1, 10, [] { return true; }); }),
              HasSubstr("none of 10 clips can be read"));
}

TEST(PreparationPart, ParsesItsText) {
  EXPECT_EQ(PreparationPart::parse("3/16")->index, 3u);
  for (const char* const text : {"0/4", "5/4", "4", "a/b", "1/", "/2", "1/2/3", "-1/2", "1/0"})
    EXPECT_FALSE(PreparationPart::parse(text)) << text;
}

}  // namespace
}  // namespace sonograd::train
