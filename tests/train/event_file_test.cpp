#include "train/run/event_file.h"

#include <cstring>
#include <gtest/gtest.h>

#include "tensor/io/text_file.h"
#include "tests/train/table_files.h"
#include "train/run/tfrecord.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;

TEST(Crc32c, KnownAnswers) {  // RFC 3720 §B.4
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
}

TEST(TfRecord, FramesAndTakesApart) {
  const std::string text = frame_record("abc") + frame_record("") + frame_record("12345");
  EXPECT_EQ(text.substr(0, 8), std::string("\3\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(text.size(), 3u * 16 + 8);
  std::string_view rest = text;
  EXPECT_EQ(take_record(rest), "abc");
  EXPECT_EQ(take_record(rest), "");
  EXPECT_EQ(take_record(rest), "12345");
  EXPECT_EQ(take_record(rest), std::nullopt);
}

TEST(TfRecord, NoticesEveryFlippedByteAndEveryCut) {
  const std::string record = frame_record("some data");
  for (std::size_t i = 0; i < record.size(); ++i) {
    std::string damaged = record;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    std::string_view rest = damaged;
    EXPECT_EQ(take_record(rest), std::nullopt) << i;
    EXPECT_EQ(rest.size(), record.size());
    rest = std::string_view(record).substr(0, i);
    EXPECT_EQ(take_record(rest), std::nullopt) << i;
  }
}

/// The one event file of a folder.
fs::path event_file_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    EXPECT_TRUE(entry.path().filename().string().starts_with("events.out.tfevents.")) << entry.path();
    files.push_back(entry.path());
  }
  EXPECT_EQ(files.size(), 1u);
  return files.front();
}

std::vector<std::string> records_in(const fs::path& folder) {
  const std::string text = io::read_text_file(event_file_in(folder));
  std::vector<std::string> records;
  std::string_view rest = text;
  while (const auto record = take_record(rest)) records.emplace_back(*record);
  EXPECT_TRUE(rest.empty());
  return records;
}

EpochReport epoch(std::int64_t number) {
  return {.epoch = number, .step = 100 * number, .train_loss = 0.5, .valid_roc_auc = 0.75, .lr = 1e-3};
}

TEST(EventFile, HoldsTheScalarsOfEachEpoch) {
  const fs::path folder = test_folder();
  EventFile events(folder, 0);
  events.append(epoch(1));
  const auto records = records_in(folder);
  ASSERT_EQ(records.size(), 2u);
  // Field 3 of the first event is the version of the format.
  EXPECT_EQ(records[0].substr(9),
            "\x1A\x0D"
            "brain.Event:2");
  // wall_time (field 1, fixed64), step (field 2) = 100, summary (field 5) of values {tag, simple_value}.
  double wall_time = 0;
  std::memcpy(&wall_time, records[1].data() + 1, sizeof wall_time);
  EXPECT_GT(wall_time, 1.7e9);
  EXPECT_EQ(records[1].substr(9, 2), "\x10\x64");
  EXPECT_EQ(records[1][11], '\x2A');
  const std::string half(
      "\x0A\x11\x0A\x0A"
      "loss/train"
      "\x15\x00\x00\x00\x3F",
      19);
  EXPECT_NE(records[1].find(half), std::string::npos) << "loss/train is 0.5";
  EXPECT_NE(records[1].find(std::string("metrics/roc_auc\x15\x00\x00\x40\x3F", 20)), std::string::npos);
  EXPECT_NE(records[1].find("learning_rate"), std::string::npos);
  EXPECT_EQ(records[1].find("loss/valid"), std::string::npos) << "there was no validation";
}

TEST(EventFile, GoesOnWithoutTheStepsAfterTheCheckpoint) {
  const fs::path folder = test_folder();
  {
    EventFile events(folder, 0);
    for (int number = 1; number <= 5; ++number) events.append(epoch(number));
  }
  const auto before = records_in(folder);
  EventFile events(folder, 300);
  EXPECT_EQ(records_in(folder), std::vector(before.begin(), before.begin() + 4));
  events.append(epoch(4));
  EXPECT_EQ(records_in(folder).size(), 5u);
}

TEST(EventFile, CutsOffADamagedEnd) {
  const fs::path folder = test_folder();
  {
    EventFile events(folder, 0);
    events.append(epoch(1));
    events.append(epoch(2));
  }
  const fs::path file = event_file_in(folder);
  fs::resize_file(file, fs::file_size(file) - 3);
  EventFile events(folder, 1000);
  EXPECT_EQ(records_in(folder).size(), 2u);
}

TEST(EventFile, SaysWhereItCannotWrite) {
  const std::string message = message_of<std::exception>([] { EventFile("/proc/self", 0); });
  EXPECT_NE(message.find("events.out.tfevents."), std::string::npos) << message;
}

}  // namespace
}  // namespace sonograd::train
