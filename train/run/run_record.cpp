#include "train/run/run_record.h"

#include <nlohmann/json.hpp>

#include "audio/decode.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/context.h"
#include "tensor/io/json.h"
#include "tensor/io/text_file.h"
#include "tensor/support/this_process.h"
#include "train/config/setting_table.h"

namespace sonograd::train {
namespace {

using nlohmann::ordered_json;

/// The record in `file`; one without sessions when there is none or it is damaged, which does not stop the run.
ordered_json read_record(const std::filesystem::path& file) {
  ordered_json record;
  try {
    if (std::filesystem::exists(file)) record = io::parse_json<ordered_json>(io::read_text_file(file));
  } catch (const FormatError&) {
    record = {};
  }
  if (!record.is_object() || !record["sessions"].is_array()) return {{"sessions", ordered_json::array()}};
  return record;
}

std::string text_of(const ordered_json& session, const char* key) {
  const auto member = session.find(key);
  return member != session.end() && member->is_string() ? member->get<std::string>() : std::string();
}

RunSession session_from(const ordered_json& entry) {
  const auto number = [&](const char* key, const NumberRange& range) {
    return io::optional_number_in(entry, key, range);
  };
  const auto unreadable = entry.find("unreadable");
  return {.command = text_of(entry, "command"),
          .version = text_of(entry, "version"),
          .host = text_of(entry, "host"),
          .started = text_of(entry, "started"),
          .ended = text_of(entry, "ended"),
          .outcome = text_of(entry, "outcome"),
          .device = text_of(entry, "device"),
          .precision = text_of(entry, "precision"),
          .threads =
              static_cast<std::int64_t>(number("threads", find_setting("train.threads")->limits).value_or(0)),
          .seconds = number("seconds", kAnyCount),
          .wait_share = number("wait_share", kAnyCount),
          .unreadable = unreadable == entry.end() ? 0 : unreadable->size()};
}

}  // namespace

RunRecord::RunRecord(std::filesystem::path file, const RunRequest& request)
    : file_(std::move(file)), record_(std::make_unique<ordered_json>(read_record(file_))) {
  (*record_)["sessions"].push_back({{"command", request.command},
                                    {"version", request.version},
                                    {"compiler", __VERSION__},
                                    {"decoder", audio::decoder_version()},
                                    {"host", host_name()},
                                    {"started", utc_now()}});
}

RunRecord::~RunRecord() = default;

ordered_json& RunRecord::session() {
  return (*record_)["sessions"].back();
}

void RunRecord::set_environment(const std::string& device, int threads, const std::string& precision) {
  session()["device"] = device;
  session()["threads"] = threads;
  session()["precision"] = precision;
}

void RunRecord::set_data(const Inspection& inspection) {
  set_unreadable(inspection.unreadable);
  session()["clipped_samples"] = inspection.clipped;
}

void RunRecord::set_unreadable(const std::vector<ClipProblem>& clips) {
  ordered_json unreadable = ordered_json::array();
  for (const ClipProblem& clip : clips) {
    unreadable.push_back({{"path", clip.path}, {"reason", clip.reason}});
  }
  session()["unreadable"] = std::move(unreadable);
}

void RunRecord::set_error(std::string_view message) {
  session()["error"] = message;
}

void RunRecord::finish(std::string_view outcome, double seconds, double wait_share, std::int64_t steps) {
  session()["ended"] = utc_now();
  session()["outcome"] = outcome;
  session()["seconds"] = seconds;
  session()["wait_share"] = wait_share;
  session()["steps"] = steps;
}

void RunRecord::write() const {
  // File names need not be UTF-8.
  io::replace_file(file_, record_->dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n');
}

std::vector<RunSession> read_sessions(const std::filesystem::path& file) {
  std::vector<RunSession> sessions;
  const ordered_json record = read_record(file);
  std::size_t number = 0;
  for (const ordered_json& entry : record["sessions"]) {
    ++number;
    if (!entry.is_object()) continue;
    sessions.push_back(
        io::within(concat(file.string(), ": session ", number), [&] { return session_from(entry); }));
  }
  return sessions;
}

}  // namespace sonograd::train
