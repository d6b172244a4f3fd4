#include "train/run_record.h"

#include <array>
#include <ctime>
#include <unistd.h>

#include "audio/decode.h"
#include "tensor/io/atomic_file.h"
#include "train/text.h"

namespace sonograd::train {
namespace {

using nlohmann::ordered_json;

/// 2026-01-31T23:59:59Z
std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

RunRecord::RunRecord(std::filesystem::path file, const RunRequest& request) : file_(std::move(file)) {
  if (std::filesystem::exists(file_)) {
    // A damaged record is no reason not to go on.
    record_ = ordered_json::parse(read_text_file(file_), nullptr, /*allow_exceptions=*/false);
  }
  if (!record_.is_object() || !record_["sessions"].is_array())
    record_ = {{"sessions", ordered_json::array()}};
  record_["sessions"].push_back({{"command", request.command},
                                 {"version", request.version},
                                 {"compiler", __VERSION__},
                                 {"decoder", audio::decoder_version()},
                                 {"host", host_name()},
                                 {"started", utc_now()}});
}

ordered_json& RunRecord::session() {
  return record_["sessions"].back();
}

void RunRecord::set_environment(const std::string& device, int threads, const std::string& precision) {
  session()["device"] = device;
  session()["threads"] = threads;
  session()["precision"] = precision;
}

void RunRecord::set_data(const Inspection& inspection) {
  ordered_json unreadable = ordered_json::array();
  for (const UnreadableClip& clip : inspection.unreadable) {
    unreadable.push_back({{"path", clip.path}, {"reason", clip.reason}});
  }
  session()["unreadable"] = std::move(unreadable);
  session()["clipped_samples"] = inspection.clipped;
}

void RunRecord::finish(std::string_view outcome, double seconds, double wait_share, std::int64_t steps) {
  session()["ended"] = utc_now();
  session()["outcome"] = outcome;
  session()["seconds"] = seconds;
  session()["wait_share"] = wait_share;
  session()["steps"] = steps;
}

void RunRecord::write() const {
  io::AtomicFile out(file_);
  // File names need not be UTF-8.
  out.write(record_.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n');
  out.commit();
}

}  // namespace sonograd::train
