// `sonograd data prepare`: a data set decoded once, into shards.
#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/options/number_range.h"
#include "app/options/stream_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "audio/decode.h"
#include "tensor/io/read_error.h"
#include "tensor/support/core_budget.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/config/setting_table.h"
#include "train/data/prepare/plan.h"
#include "train/data/prepare/prepare.h"
#include "train/report/set_page.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

constexpr double kPlanSeconds = 5;  // of measuring
constexpr double kBytesPerGiB = 1 << 30;

struct DataPrepareOptions {
  std::string name, out, part;
  train::SetRequest request;
  int sample_rate = 16000;
  int shard_mib = 256;
  int threads = 0;
  double max_unreadable = 10;  // %
  std::int64_t machines = 0;   // 0: no plan
  bool json = false;
  bool quiet = false;
  bool no_progress = false;

  int thread_count() const { return threads > 0 ? threads : core_budget().cores; }
  bool shows_progress() const { return !quiet && !no_progress; }
};

void require_outside(const std::filesystem::path& out, const std::filesystem::path& root) {
  std::error_code ignored;
  const auto place = std::filesystem::weakly_canonical(out, ignored);
  const auto below = std::filesystem::weakly_canonical(root, ignored);
  const auto [end, rest] = std::mismatch(below.begin(), below.end(), place.begin(), place.end());
  if (end == below.end())
    throw ConfigError(concat(out.string(), ": expected a folder outside of the data set ", root.string()));
}

void warn_of_set(const train::SetClips& set, bool quiet) {
  if (quiet) return;
  for (const std::string& sentence : set.warnings) print_remark("warning: {}\n", to_utf8_lossy(sentence));
}

int print_plan(const DataPrepareOptions& options, const train::SetClips& set) {
  const train::DecodingSpeed speed = train::measure_decoding(set, options.sample_rate, options.thread_count(),
                                                             kPlanSeconds, [] { return !interrupted(); });
  if (interrupted()) return kInterrupted;
  const auto machines = static_cast<std::size_t>(options.machines);
  const train::PreparationPlan plan = train::plan_preparation(
      set, options.sample_rate, static_cast<std::uint64_t>(options.shard_mib) << 20, machines, speed);
  if (options.json) {
    const ordered_json object = {{"data_set", options.name},
                                 {"machines", machines},
                                 {"threads", speed.threads},
                                 {"clips", plan.clips},
                                 {"units", plan.units},
                                 {"audio_seconds", plan.sound},
                                 {"source_bytes", plan.source_bytes},
                                 {"shard_bytes", plan.shard_bytes},
                                 {"measured_clips", speed.clips},
                                 {"measured_missing", speed.missing},
                                 {"measured_real_time", speed.real_time()},
                                 {"longest_part_seconds", plan.longest_part},
                                 {"machine_seconds", plan.machine_seconds},
                                 {"core_hours", plan.core_hours}};
    print_data("{}\n", object.dump());
    return kOk;
  }
  print_data("measured      {} on {}: {:.0f}x real time{}\n", counted(speed.clips, "clip"),
             counted(static_cast<std::size_t>(speed.threads), "thread"), speed.real_time(),
             speed.missing == 0 ? "" : fmt::format("; {} cannot be read", speed.missing));
  print_data("clips         {}, {} of sound\n", plan.clips, format_duration(plan.sound));
  print_data("to read       {:.2f} GiB\n", static_cast<double>(plan.source_bytes) / kBytesPerGiB);
  print_data("to write      {:.2f} GiB in {}\n", static_cast<double>(plan.shard_bytes) / kBytesPerGiB,
             counted(plan.units, "unit"));
  print_data("{:<13} {} each, the longest part; {} together, {:.1f} core hours\n",
             counted(machines, "machine"), format_duration(plan.longest_part),
             format_duration(plan.machine_seconds), plan.core_hours);
  return kOk;
}

ordered_json skipped_clips(const train::PrepareResult& result, bool left_out) {
  ordered_json list = ordered_json::array();
  for (const train::SkippedClip& clip : result.skipped) {
    if (clip.is_left_out != left_out) continue;
    list.push_back({{"path", to_utf8_lossy(clip.path)}, {"reason", to_utf8_lossy(clip.reason)}});
  }
  return list;
}

void print_result(const DataPrepareOptions& options, const train::PrepareResult& result, double elapsed) {
  for (const train::SkippedClip& clip : result.skipped) {
    if (clip.is_left_out && options.quiet) continue;
    print_remark("{} {}: {}\n", clip.is_left_out ? "left out" : "unreadable", to_utf8_lossy(clip.path),
                 to_utf8_lossy(clip.reason));
  }
  for (const std::string& reason : result.busy) print_remark("sonograd: {}\n", reason);
  if (!result.refusal.empty()) print_remark("sonograd: {}: {}\n", options.out, result.refusal);
  if (!options.quiet) {
    print_remark("{}: {}, {} of sound, {:.2f} GiB in {}, {} of them made now in {}\n", options.out,
                 counted(result.clips, "clip"), format_duration(result.seconds),
                 static_cast<double>(result.bytes) / kBytesPerGiB, counted(result.units, "unit"),
                 result.made_units, format_duration(elapsed));
    if (result.open_units > 0)
      print_remark("{}: {} of other parts not done yet\n", options.out, counted(result.open_units, "unit"));
  }
  if (!options.json) return;
  const ordered_json object = {{"data_set", options.name},
                               {"folder", to_utf8_lossy(options.out)},
                               {"part", options.part.empty() ? "1/1" : options.part},
                               {"clips", result.clips},
                               {"seconds", result.seconds},
                               {"bytes", result.bytes},
                               {"units", result.units},
                               {"made_units", result.made_units},
                               {"open_units", result.open_units},
                               {"complete", result.is_complete},
                               {"unreadable", skipped_clips(result, false)},
                               {"left_out", skipped_clips(result, true)}};
  print_data("{}\n", object.dump());
}

// Exit code of work that came to its end.
int code_of(const train::PrepareResult& result, bool is_part) {
  if (!result.busy.empty()) return is_part ? kTryAgain : kUsageError;
  const bool has_unreadable =
      std::ranges::any_of(result.skipped, [](const train::SkippedClip& clip) { return !clip.is_left_out; });
  if (!result.refusal.empty()) return kInputUnreadable;
  if (!has_unreadable) return kOk;
  return is_part ? kInputUnreadable : kPartial;
}

int data_prepare(const DataPrepareOptions& options) {
  catch_interrupts();
  require_outside(options.out, options.request.root);
  const train::SetRequest request = train::resolve_request(options.name, options.request);
  const train::SetClips set = train::read_data_set(options.name, request);
  warn_of_set(set, options.quiet);
  if (options.machines > 0) return print_plan(options, set);
  const auto about =
      train::PreparationDescription::of(options.name, request, set, options.sample_rate, options.shard_mib);
  train::PrepareOptions work{.threads = options.thread_count(),
                             .max_unreadable = options.max_unreadable / 100};
  if (!options.part.empty()) {
    work.part = *train::PreparationPart::parse(options.part);
    work.is_whole = false;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::optional<Progress> progress;
  const train::PrepareResult result =
      train::prepare(set, about, options.out, work, [&](std::size_t done, std::size_t clips, double seconds) {
        if (!progress)
          progress.emplace("preparing", "clips", static_cast<std::int64_t>(clips), options.shows_progress());
        progress->update(static_cast<std::int64_t>(done),
                         fmt::format("{:.0f}x real time", seconds / elapsed()));
        return !interrupted();
      });
  if (progress) progress->clear();
  if (result.is_stopped) {
    print_remark("sonograd: interrupted; {} is not complete, the same command continues it\n", options.out);
    return work.is_whole ? kInterrupted : kTryAgain;
  }
  if (result.is_complete) train::report::write_set_page(options.out, result.is_changed);
  print_result(options, result, elapsed());
  return code_of(result, !work.is_whole);
}

// The exit codes of a part, for schedulers: whether another try may succeed.
int prepare_part(const DataPrepareOptions& options) {
  const auto report = [](int code, const char* message) {
    print_remark("sonograd: {}\n", message);
    return code;
  };
  try {
    return data_prepare(options);
  } catch (const train::PreparationBusy& error) {
    return report(kTryAgain, error.what());
  } catch (const ConfigError& error) {
    return report(kBadInput, error.what());
  } catch (const FormatError& error) {
    return report(kBadInput, error.what());
  } catch (const io::ReadError& error) {
    return report(kBadInput, error.what());
  } catch (const IoError& error) {
    return report(kTryAgain, error.what());
  } catch (const std::bad_alloc&) {
    return report(kTryAgain, "out of memory");
  }
}

void add_work_options(CLI::App& app, DataPrepareOptions& options) {
  app.add_option("--sample-rate", options.sample_rate, "sample rate of the prepared clips in Hz")
      ->check(whole_number_from(audio::kMinSampleRate, audio::kMaxSampleRate))
      ->capture_default_str();
  app.add_option("--shard-size", options.shard_mib, "size of a shard in MiB, 1 to 1024")
      ->check(whole_number_from(1, 1024))
      ->capture_default_str();
  app.add_option(
         "--part", options.part,
         "part I of P, such as 3/16: for P machines or jobs that fill one folder. Exit codes: 0 done, 4 "
         "some clips unreadable, 65 every try fails, 75 try again")
      ->type_name("I/P")
      ->check(CLI::Validator(
          [](const std::string& text) -> std::string {
            return train::PreparationPart::parse(text)
                       ? ""
                       : concat("expected I/P with I from 1 to P, got '", text, "'");
          },
          "", ""));
  app.add_option("--plan", options.machines,
                 "time and size on this number of machines, from the speed of this one; nothing is written")
      ->type_name("P")
      ->check(whole_number_from(1, 1000000));
  app.add_option("--max-unreadable", options.max_unreadable,
                 "share of unreadable clips in %, 0 to 100, up to which the data are completed")
      ->check(number_from(0, 100))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "threads (default: all cores)")
      ->check(whole_number_from(train::find_setting("train.threads")->limits));
}

}  // namespace

Command data_prepare_command() {
  return {
      "data prepare", "decode a data set once, into shards that train, evaluate and tag read",
      [](CLI::App& app) {
        auto options = std::make_shared<DataPrepareOptions>();
        app.add_option("NAME", options->name, "data set; sonograd data sets describes them")
            ->required()
            ->check(CLI::IsMember(train::data_set_names()));
        app.add_option("ROOT", options->request.root, "folder of the data set, as it was published")
            ->required()
            ->check(not_a_stream);
        app.add_option("OUT", options->out, "folder to create: absent, empty, or begun by the same command")
            ->required()
            ->check(not_a_stream);
        app.add_option("--subset", options->request.subset, "part of the data set (default: its first)");
        app.add_option("--split", options->request.split, "split of the data set (default: its first)");
        app.add_option("--audio", options->request.audio,
                       "folder of the sound files, where it is not below ROOT")
            ->check(not_a_stream);
        add_work_options(app, *options);
        app.add_flag("--json", options->json, "print a summary as one JSON object on stdout");
        app.add_flag("-q,--quiet", options->quiet, "only errors and unreadable clips on stderr");
        app.add_flag("--no-progress", options->no_progress, "no progress on stderr");
        return [options] { return options->part.empty() ? data_prepare(*options) : prepare_part(*options); };
      }};
}

}  // namespace sonograd::app
