#include "audio/synth/generate.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "audio/encode.h"
#include "audio/synth/compose.h"
#include "audio/synth/render.h"
#include "audio/synth/soundfont.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/owner_lock.h"
#include "tensor/io/text_file.h"
#include "tensor/support/core_budget.h"
#include "tensor/support/error.h"
#include "tensor/support/start_threads.h"

namespace sonograd::audio::synth {
namespace fs = std::filesystem;
namespace {

void check(const SynthOptions& options) {
  if (options.clips < 1) {
    throw ConfigError(concat("[data synth] clips: expected at least 1, got ", options.clips));
  }
  if (!(options.seconds >= 1 && options.seconds <= 3600)) {
    throw ConfigError(concat("[data synth] seconds: expected 1 to 3600, got ", options.seconds));
  }
  if (options.threads < 0) {
    throw ConfigError(concat("[data synth] threads: expected at least 0, got ", options.threads));
  }
  if (options.sample_rate < kLowestRate || options.sample_rate > kHighestRate) {
    throw ConfigError(concat("[data synth] sample rate: expected ", kLowestRate, " to ", kHighestRate,
                             " Hz, got ", options.sample_rate));
  }
}

/// File with the options of a data set that is not complete; deleted at the end.
constexpr const char* kMarker = "unfinished.txt";

std::string marker_text(const SynthOptions& options, const fs::path& soundfont) {
  return concat("clips ", options.clips, "\nseconds ", options.seconds, "\nseed ", options.seed,
                "\nsample rate ", options.sample_rate, "\nformat ", options.format, "\nsoundfont ",
                soundfont.string(), "\n",
                options.timed == TimedLabels::none ? "" : concat("segments ", word_of(options.timed), "\n"));
}

/// True for an empty folder, and for one with the temporary marker of a run that was killed before it wrote the marker.
bool is_vacant(const fs::path& folder) {
  if (!fs::is_directory(folder)) return !fs::exists(folder);
  return std::ranges::all_of(fs::directory_iterator(folder), [](const auto& entry) {
    return io::is_folder_lock(entry.path()) ||
           entry.path().filename().string().starts_with(concat('.', kMarker));
  });
}

/// Throws ConfigError for a folder with other files.
void require_vacant(const fs::path& folder) {
  if (is_vacant(folder)) return;
  if (!fs::is_directory(folder))
    throw ConfigError(
        concat("[data synth] ", folder.string(), ": expected an empty folder or none, got a file"));
  throw ConfigError(
      concat("[data synth] ", folder.string(), ": expected an empty folder or none, got one with files"));
}

/// Prepares a folder that is empty, or that a run with the same options has left unfinished.
void begin(const fs::path& folder, const std::string& marker) {
  if (!fs::exists(folder / kMarker)) {
    require_vacant(folder);
    io::AtomicFile out(folder / kMarker);
    out.write(marker);
    out.commit();
  } else if (io::read_text_file(folder / kMarker) != marker) {
    throw ConfigError(concat("[data synth] ", folder.string(), ": begun with other options, see ", kMarker,
                             " there; delete the folder, or choose another"));
  }
  fs::create_directories(folder / "audio");
}

/// Nothing is written to a folder of something else, not even a lock.
io::OwnerLock own(const fs::path& folder) {
  const auto has = [&](const fs::path& name) { return fs::exists(folder / name); };
  if (!has(kMarker) && !has(io::OwnerLock::kName)) require_vacant(folder);
  return io::OwnerLock::of_new_folder(folder, folder);
}

std::string clip_name(int index) {
  const std::string digits = std::to_string(index);
  return std::string(5 - std::min<std::size_t>(5, digits.size()), '0') + digits;
}

std::string file_name(int index, const std::string& format) {
  return clip_name(index) + '.' + format;
}

Encoding encoding_of(const std::string& format) {
  if (format == "flac") return Encoding::flac_pcm16;
  if (format == "wav") return Encoding::wav_pcm16;
  if (format == "ogg") return Encoding::ogg_vorbis;
  if (format == "mp3") return Encoding::mp3;
  throw ConfigError(concat("[data synth] format: expected flac, wav, ogg or mp3, got ", format));
}

/// Seconds with three decimals.
std::string milliseconds(double seconds) {
  std::array<char, 32> text;
  const auto [end, error] =
      std::to_chars(text.begin(), text.end(), seconds, std::chars_format::fixed, /*precision=*/3);
  return {text.begin(), end};
}

std::string segments_cell(const Piece& piece, TimedLabels kind) {
  std::string cell;
  for (const TimedLabelSpan& span : timed_labels_of(piece, kind)) {
    cell += concat(cell.empty() ? "" : "; ", milliseconds(span.begin), ' ', milliseconds(span.end), ' ',
                   span.label);
  }
  return cell;
}

std::string labels_row(int index, const Piece& piece, const SynthOptions& options) {
  constexpr const char* kSplits[] = {"train", "train", "train", "valid", "test"};
  std::string tags;
  for (const std::string& tag : tags_of(piece)) tags += (tags.empty() ? "" : ",") + tag;
  const std::string name = clip_name(index);
  const int fold = index % 5 + 1;
  const std::string segments =
      options.timed == TimedLabels::none ? std::string() : concat('\t', segments_cell(piece, options.timed));
  return concat("audio/", file_name(index, options.format), '\t', piece.style->name, '\t', tags, '\t',
                kSplits[fold - 1], '\t', fold, '\t', fold, '\t', name, segments, '\n');
}

/// Calls `work(index)` for 0 … count - 1 on `threads` threads; the first exception stops all and is thrown.
void parallel_for(int count, int threads, const std::function<void(int)>& work) {
  std::atomic<int> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto worker = [&] {
    try {
      for (int index; (index = next++) < count;) work(index);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    const std::vector<std::jthread> pool =
        start_threads(static_cast<std::size_t>(threads), [&](std::size_t) { worker(); });
    if (pool.empty()) worker();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

Piece compose_clip(std::uint64_t seed, int index, double seconds) {
  const auto count = static_cast<int>(styles().size());
  RandomKey key{
      .seed = seed, .step = static_cast<std::uint32_t>(index / count + 1), .stream = RandomStream::synth};
  Random shuffle(key);
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  for (int last = count - 1; last > 0; --last) std::swap(order[last], order[shuffle.below(last + 1)]);
  key.step = 0;
  key.example = static_cast<std::uint32_t>(index);
  return compose(styles()[order[index % count]], seconds, Random(key));
}

void generate_dataset(const fs::path& folder, const SynthOptions& options,
                      const std::function<void(int done, int clips)>& progress) {
  check(options);
  const Encoding encoding = encoding_of(options.format);
  const fs::path soundfont = find_soundfont(options.soundfont);
  const int threads = std::min(options.clips, options.threads > 0 ? options.threads : core_budget().cores);
  std::optional<io::OwnerLock> owner;
  try {
    owner.emplace(own(folder));
    begin(folder, marker_text(options, soundfont));
  } catch (const fs::filesystem_error& error) {
    throw IoError(concat("[data synth] cannot create ", folder.string(), ": ", error.code().message()));
  }

  std::vector<std::string> rows(options.clips);
  std::mutex mutex;
  int done = 0;
  parallel_for(options.clips, threads, [&](int index) {
    const Piece piece = compose_clip(options.seed, index, options.seconds);
    const fs::path clip = folder / "audio" / file_name(index, options.format);
    if (!fs::exists(clip)) {
      write_sound(clip, render(piece, soundfont, options.sample_rate), options.sample_rate, encoding);
    }
    rows[index] = labels_row(index, piece, options);
    const std::lock_guard lock(mutex);
    if (progress) progress(++done, options.clips);
  });

  io::AtomicFile labels(folder / "labels.tsv");
  labels.write("path\tlabel\ttags\tsplit\tfold\tfold_group\tgroup");
  labels.write(options.timed == TimedLabels::none ? "\n" : "\tsegments\n");
  for (const std::string& row : rows) labels.write(row);
  labels.commit();
  fs::remove(folder / kMarker);
}

}  // namespace sonograd::audio::synth
