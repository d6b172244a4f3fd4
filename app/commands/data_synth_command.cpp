// `sonograd data synth`: labelled music for demos and tests.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/options/number_range.h"
#include "app/options/stream_argument.h"
#include "app/options/word_list.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "audio/synth/generate.h"
#include "audio/synth/render.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/config/setting_table.h"

namespace sonograd::app {
namespace {

struct DataSynthOptions {
  std::string out, soundfont;
  audio::synth::SynthOptions synth;
  bool json = false;
  bool quiet = false;
  bool no_progress = false;
};

class Interrupted : public Error {
 public:
  using Error::Error;
};

int data_synth(DataSynthOptions options) {
  catch_interrupts();
  options.synth.soundfont = options.soundfont;
  Progress progress("rendering", "clips", options.synth.clips, !options.quiet && !options.no_progress);
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  try {
    audio::synth::generate_dataset(options.out, options.synth, [&](int done, int) {
      if (interrupted()) throw Interrupted("stopped");
      progress.update(done, fmt::format("{:.0f}x real time", done * options.synth.seconds / elapsed()));
    });
  } catch (const Interrupted&) {
    progress.clear();
    print_remark("sonograd: interrupted; {} is not complete, the same command continues it\n", options.out);
    return kInterrupted;
  }
  progress.clear();
  if (!options.quiet) {
    print_remark("{}: {} of {} s in {}, {:.0f}x real time\n", options.out,
                 counted(static_cast<std::size_t>(options.synth.clips), "clip"), options.synth.seconds,
                 format_duration(elapsed()), options.synth.clips * options.synth.seconds / elapsed());
  }
  if (options.json) {
    const nlohmann::ordered_json object = {
        {"folder", to_utf8_lossy(options.out)},    {"clips", options.synth.clips},
        {"seconds", options.synth.seconds},        {"sample_rate", options.synth.sample_rate},
        {"format", options.synth.format},          {"seed", options.synth.seed},
        {"segments", word_of(options.synth.timed)}};
    print_data("{}\n", object.dump());
  }
  return kOk;
}

}  // namespace

Command data_synth_command() {
  return {
      "data synth", "make a data set of labelled General MIDI music", [](CLI::App& app) {
        auto options = std::make_shared<DataSynthOptions>();
        app.add_option("OUT", options->out,
                       "folder to create: absent, empty, or left unfinished by the same command")
            ->required()
            ->check(not_a_stream);
        app.add_option("--clips", options->synth.clips, "number of clips")
            ->check(whole_number_from(1, std::numeric_limits<int>::max()))
            ->capture_default_str();
        app.add_option("--seconds", options->synth.seconds, "length of a clip in seconds, 1 to 3600")
            ->check(number_from(1, 3600))
            ->capture_default_str();
        app.add_option("--seed", options->synth.seed, "seed; equal seeds give equal bytes")
            ->check(whole_number_from(train::find_setting("train.seed")->limits))
            ->capture_default_str();
        app.add_option("--threads", options->synth.threads, "threads (default: all cores)")
            ->check(whole_number_from(train::find_setting("train.threads")->limits));
        app.add_option("--soundfont", options->soundfont, "SoundFont 2 file (default: the installed one)");
        app.add_option("--format", options->synth.format, "flac, wav, ogg or mp3")
            ->check(CLI::IsMember({"flac", "wav", "ogg", "mp3"}))
            ->capture_default_str();
        app.add_option_function<std::string>(
               "--segments",
               [options](const std::string& word) {
                 options->synth.timed = *parse_word<audio::synth::TimedLabels>(word);
               },
               "labels with times, in the column segments, for train --task segments; chords: of each bar, "
               "singing: where a vocal instrument sounds (default: none)")
            ->check(CLI::IsMember(word_list<audio::synth::TimedLabels>()));
        app.add_option("--sample-rate", options->synth.sample_rate, "sample rate in Hz")
            ->check(whole_number_from(audio::synth::kLowestRate, audio::synth::kHighestRate))
            ->capture_default_str();
        app.add_flag("--json", options->json, "print a summary as one JSON object on stdout");
        app.add_flag("-q,--quiet", options->quiet, "only errors on stderr");
        app.add_flag("--no-progress", options->no_progress, "no progress on stderr");
        return [options] { return data_synth(*options); };
      }};
}

}  // namespace sonograd::app
