#include "train/run/event_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <fcntl.h>
#include <unistd.h>

#include "tensor/io/text_file.h"
#include "train/run/tfrecord.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";

/// A message of protocol buffers (version 3 wire format), field by field.
class Message {
 public:
  Message& add_varint(int field, std::uint64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(value);
    return *this;
  }
  Message& add_double(int field, double value) {
    return add_fixed(field, 1, std::bit_cast<std::uint64_t>(value));
  }
  Message& add_float(int field, float value) {
    return add_fixed(field, 5, std::bit_cast<std::uint32_t>(value));
  }
  Message& add_bytes(int field, std::string_view value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7F) | 0x80);
    bytes_ += static_cast<char>(value);
  }
  template <class Bits>
  Message& add_fixed(int field, int wire_type, Bits bits) {
    varint(static_cast<std::uint64_t>(field << 3 | wire_type));
    for (std::size_t i = 0; i < sizeof bits; ++i) bytes_ += static_cast<char>(bits >> (8 * i) & 0xFF);
    return *this;
  }

  std::string bytes_;
};

/// tensorflow.Event: wall_time = 1, step = 2, file_version = 3, summary = 5.
Message new_event() {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  return Message().add_double(1, now.count());
}

/// tensorflow.Summary: value = 1; of a value: tag = 1, simple_value = 2.
void add_scalar(Message& summary, std::string_view tag, const std::optional<double>& value) {
  if (!value) return;
  summary.add_bytes(1, Message().add_bytes(1, tag).add_float(2, static_cast<float>(*value)).bytes());
}

/// The step of an event that this file wrote: the time comes first, then the step, if any.
std::uint64_t step_of(std::string_view event) {
  constexpr std::size_t kTime = 9;
  constexpr char kStepKey = 2 << 3;
  if (event.size() <= kTime || event[kTime] != kStepKey) return 0;
  std::uint64_t step = 0;
  int shift = 0;
  for (const char byte : event.substr(kTime + 1)) {
    if (shift > 63) break;
    step |= (static_cast<std::uint64_t>(byte) & 0x7F) << shift;
    shift += 7;
    if ((byte & 0x80) == 0) break;
  }
  return step;
}

/// Bytes of the records up to the first one that is damaged or later than `last_step`.
std::size_t length_to_keep(const std::string& text, std::int64_t last_step) {
  std::string_view rest = text;
  std::size_t kept = 0;
  while (const auto event = take_record(rest)) {
    if (step_of(*event) > static_cast<std::uint64_t>(last_step)) break;
    kept = text.size() - rest.size();
  }
  return kept;
}

/// The latest event file of the folder; a new name when there is none.
fs::path choose_path(const fs::path& folder) {
  std::string latest;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix)) latest = std::max(latest, name);
  }
  if (!latest.empty()) return folder / latest;
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return folder /
         concat(kPrefix, std::chrono::duration_cast<std::chrono::seconds>(now).count(), '.', host.data());
}

}  // namespace

EventFile::EventFile(const fs::path& folder, std::int64_t last_step)
    : path_(choose_path(folder)),
      file_(open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_) throw io::system_error(path_, "cannot open");
  const std::size_t kept = length_to_keep(io::read_text_file(path_), last_step);
  if (ftruncate(file_.get(), static_cast<off_t>(kept)) != 0) throw io::system_error(path_, "cannot cut back");
  if (kept == 0) write(frame_record(new_event().add_bytes(3, "brain.Event:2").bytes()));
}

void EventFile::append(const EpochReport& report) {
  Message summary;
  add_scalar(summary, "loss/train", report.train_loss);
  add_scalar(summary, "loss/valid", report.valid_loss);
  add_scalar(summary, "metrics/roc_auc", report.valid_roc_auc);
  add_scalar(summary, "metrics/pr_auc", report.valid_pr_auc);
  add_scalar(summary, "metrics/accuracy", report.valid_accuracy);
  for (std::size_t k = 0; k < kRecallAt.size(); ++k)
    add_scalar(summary, concat("metrics/recall_", kRecallAt[k]), report.valid_recall[k]);
  add_scalar(summary, "metrics/triplet_accuracy", report.valid_triplet_accuracy);
  add_scalar(summary, "learning_rate", report.lr);
  write(frame_record(new_event()
                         .add_varint(2, static_cast<std::uint64_t>(report.step))
                         .add_bytes(5, summary.bytes())
                         .bytes()));
}

void EventFile::write(const std::string& record) {
  const off_t begin = lseek(file_.get(), 0, SEEK_END);
  for (std::string_view left = record; !left.empty();) {
    const ssize_t written = ::write(file_.get(), left.data(), left.size());
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
    if (written >= 0 || errno == EINTR) continue;
    const IoError error = io::system_error(path_, "cannot write");
    // Best effort: a resume cuts half a record off all the same.
    [[maybe_unused]] const int ignored = ftruncate(file_.get(), begin);
    throw error;
  }
}

}  // namespace sonograd::train
