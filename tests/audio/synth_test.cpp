#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <numeric>
#include <sstream>

#include "audio/synth/compose.h"
#include "audio/synth/generate.h"
#include "audio/synth/grooves.h"
#include "audio/synth/render.h"
#include "audio/synth/soundfont.h"
#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::audio::synth {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr int kPieces = 140;  // ten of every style
constexpr double kSeconds = 12;

std::vector<Piece> sample_pieces() {
  std::vector<Piece> pieces;
  for (int index = 0; index < kPieces; ++index) pieces.push_back(compose_clip(7, index, kSeconds));
  return pieces;
}

bool has_tag(const Piece& piece, const std::string& tag) {
  return std::ranges::count(tags_of(piece), tag) > 0;
}

bool has_percussion(const Piece& piece) {
  return std::ranges::any_of(
      piece.notes, [&](const Note& note) { return piece.parts[note.part].channel == kPercussionChannel; });
}

auto fields(const Note& note) {
  return std::tuple(note.start, note.duration, note.part, note.key, note.velocity);
}

double rms_db(const std::vector<float>& samples) {
  const double energy = std::inner_product(samples.begin(), samples.end(), samples.begin(), 0.0);
  return 10 * std::log10(energy / static_cast<double>(samples.size()));
}

/// The soundfont, or nothing where none is installed.
std::filesystem::path installed_soundfont() {
  try {
    return find_soundfont();
  } catch (const IoError&) {
    return {};
  }
}

TEST(Theory, DegreesRunThroughTheOctaves) {
  const Key key{60, kMinor};
  EXPECT_EQ(key.pitch(0), 60);
  EXPECT_EQ(key.pitch(2), 63);
  EXPECT_EQ(key.pitch(7), 72);
  EXPECT_EQ(key.pitch(-1), 58);
  EXPECT_EQ(key.pitch(-7), 48);
  for (int degree = -20; degree <= 20; ++degree) EXPECT_EQ(key.nearest_degree(key.pitch(degree)), degree);
}

TEST(Theory, VoicingStaysAroundItsCentre) {
  const Key key{62, kMajor};
  const std::vector<int> keys = voicing(key, chord_degrees(4, 4), 50);
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  for (const int pitch : keys) EXPECT_LE(std::abs(pitch - 50), 6);
}

TEST(Theory, RhythmNotation) {
  const std::vector<Hit> hits = parse_rhythm("X--.x.x-");
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].length, 3);
  EXPECT_TRUE(hits[0].accent);
  EXPECT_EQ(hits[1].step, 4);
  EXPECT_FALSE(hits[1].accent);
  EXPECT_EQ(hits[2].length, 2);
  EXPECT_THROW(parse_rhythm("-x"), ConfigError);
  EXPECT_THROW(parse_rhythm("x o"), ConfigError);
}

TEST(Styles, TablesAreConsistent) {
  EXPECT_EQ(styles().size(), 14u);
  for (const Style& style : styles()) {
    SCOPED_TRACE(style.name);
    EXPECT_LT(style.slowest, style.fastest);
    EXPECT_LE(style.quiet + style.loud, 1);
    for (const Layer& layer : style.layers) {
      for (const std::string_view name : layer.instruments) EXPECT_NO_THROW(find_instrument(name));
      for (const std::string_view rhythm : layer.rhythms) {
        EXPECT_EQ(rhythm.size() % (style.beats_per_bar * kStepsPerBeat), 0u) << rhythm;
        EXPECT_FALSE(parse_rhythm(rhythm).empty());
      }
    }
    for (const std::string_view name : style.grooves) EXPECT_NO_THROW(find_groove(name));
    for (const Scale& scale : style.major_scales) EXPECT_FALSE(scale.minor) << scale.name;
    for (const Scale& scale : style.minor_scales) EXPECT_TRUE(scale.minor) << scale.name;
  }
  for (const Groove& groove : grooves()) {
    EXPECT_TRUE(find_instrument(groove.instrument).percussive());
    EXPECT_FALSE(groove.fill.empty()) << groove.name;
    for (const DrumLine& line : groove.lines) EXPECT_EQ(line.rhythm.size(), 16u) << groove.name;
  }
}

TEST(Compose, DependsOnSeedAndIndexOnly) {
  const Piece piece = compose_clip(3, 5, kSeconds);
  const Piece again = compose_clip(3, 5, kSeconds);
  EXPECT_TRUE(std::ranges::equal(piece.notes, again.notes, {}, fields, fields));
  EXPECT_EQ(tags_of(piece), tags_of(again));
  const Piece other_seed = compose_clip(4, 5, kSeconds);
  EXPECT_FALSE(std::ranges::equal(piece.notes, other_seed.notes, {}, fields, fields));
}

TEST(Compose, EveryStyleOnceInARunOfClips) {
  std::map<std::string_view, int> counts;
  for (const Piece& piece : sample_pieces()) ++counts[piece.style->name];
  EXPECT_EQ(counts.size(), styles().size());
  for (const auto& [name, count] : counts) EXPECT_EQ(count, kPieces / 14) << name;
}

TEST(Compose, NotesAreOrderedAndPlayable) {
  for (const Piece& piece : sample_pieces()) {
    SCOPED_TRACE(piece.style->name);
    ASSERT_FALSE(piece.notes.empty());
    EXPECT_TRUE(std::ranges::is_sorted(piece.notes, {}, &Note::start));
    EXPECT_LE(piece.parts.size(), 15u);
    for (const Note& note : piece.notes) {
      EXPECT_GE(note.start, 0);
      EXPECT_LT(note.start, kSeconds);
      EXPECT_GT(note.duration, 0);
      EXPECT_TRUE(note.key >= 20 && note.key <= 110) << note.key;
      EXPECT_TRUE(note.velocity >= 1 && note.velocity <= 127) << note.velocity;
    }
  }
}

TEST(Tags, AreSortedUniqueAndAgreeWithTheNotes) {
  for (const Piece& piece : sample_pieces()) {
    SCOPED_TRACE(piece.style->name);
    const std::vector<std::string> tags = tags_of(piece);
    EXPECT_EQ(std::ranges::adjacent_find(tags, std::ranges::greater_equal{}), tags.end());
    EXPECT_EQ(has_tag(piece, "no beat"), !has_percussion(piece));
    EXPECT_EQ(has_tag(piece, "percussion"), has_percussion(piece));
    EXPECT_TRUE(!has_tag(piece, "drums") || has_percussion(piece));
    EXPECT_NE(has_tag(piece, "vocal"), has_tag(piece, "no vocal"));
    EXPECT_EQ(has_tag(piece, "vocal"), has_tag(piece, "choir") || has_tag(piece, "voice"));
    EXPECT_EQ(has_tag(piece, "slow"), piece.tempo <= kSlowTempo);
    EXPECT_EQ(has_tag(piece, "fast"), piece.tempo >= kFastTempo);
    EXPECT_FALSE(has_tag(piece, "loud") && has_tag(piece, "quiet"));
    for (const Instrument& instrument : instruments()) {
      const bool plays = std::ranges::any_of(
          piece.notes, [&](const Note& note) { return piece.parts[note.part].instrument == &instrument; });
      EXPECT_EQ(has_tag(piece, std::string(instrument.name)), plays) << instrument.name;
    }
  }
}

TEST(Tags, MinorPiecesUseAMinorScale) {
  int minor = 0;
  for (const Piece& piece : sample_pieces()) {
    SCOPED_TRACE(piece.style->name);
    const int third = piece.key.scale.semitones[2];
    EXPECT_EQ(has_tag(piece, "minor"), third == 3);
    EXPECT_EQ(has_tag(piece, "major"), third == 4);
    minor += has_tag(piece, "minor");
    for (const Note& note : piece.notes) {
      if (piece.parts[note.part].instrument->percussive()) continue;
      const int above_tonic = (note.key - piece.key.tonic + 120) % 12;
      EXPECT_THAT(piece.key.scale.semitones, Contains(above_tonic));
    }
  }
  EXPECT_GT(minor, kPieces / 4);
  EXPECT_LT(minor, 3 * kPieces / 4);
}

TEST(Soundfont, MissingFileIsNamed) {
  try {
    find_soundfont("/no/such/font.sf2");
    FAIL() << "expected IoError";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/no/such/font.sf2"));
  }
}

class Rendering : public testing::Test {
 protected:
  void SetUp() override {
    if (soundfont_.empty()) GTEST_SKIP() << "no General MIDI soundfont is installed";
  }
  const std::filesystem::path soundfont_ = installed_soundfont();
};

TEST_F(Rendering, HasTheExactLengthAndLevel) {
  for (int index = 0; index < 14; ++index) {
    const Piece piece = compose_clip(1, index, 2.03);
    SCOPED_TRACE(piece.style->name);
    const std::vector<float> samples = render(piece, soundfont_, 16000);
    EXPECT_EQ(samples.size(), 32480u);
    EXPECT_NEAR(rms_db(samples), piece.level, 1.0);
    EXPECT_TRUE(std::ranges::all_of(samples, [](float sample) { return std::abs(sample) < 1; }));
  }
}

TEST_F(Rendering, LoudAndQuietCanBeHeard) {
  std::map<Dynamics, std::vector<double>> levels;
  for (int index = 0; index < 28; ++index) {
    const Piece piece = compose_clip(2, index, 2);
    levels[piece.dynamics].push_back(rms_db(render(piece, soundfont_, 16000)));
  }
  ASSERT_EQ(levels.size(), 3u);
  EXPECT_GT(std::ranges::min(levels[Dynamics::loud]), std::ranges::max(levels[Dynamics::medium]) + 2);
  EXPECT_GT(std::ranges::min(levels[Dynamics::medium]), std::ranges::max(levels[Dynamics::quiet]) + 2);
}

TEST_F(Rendering, RefusesAFileThatIsNoSoundfont) {
  const std::filesystem::path file = test::temporary_path("no_soundfont.sf2");
  std::ofstream(file) << "not a soundfont";
  EXPECT_THROW(render(compose_clip(0, 0, 1), file, 16000), FormatError);
}

std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[std::filesystem::relative(entry.path(), folder).string()] = {std::istreambuf_iterator(file), {}};
  }
  return files;
}

std::filesystem::path fresh_folder(const std::string& name) {
  const std::filesystem::path folder = test::temporary_path("synth_" + name);
  std::filesystem::remove_all(folder);
  return folder;
}

TEST_F(Rendering, DatasetHasTheSameBytesForAnyThreadCount) {
  const SynthOptions options{.clips = 6, .seconds = 1.5, .seed = 11, .threads = 1};
  SynthOptions parallel = options;
  parallel.threads = 3;
  const std::filesystem::path one = fresh_folder("one"), three = fresh_folder("three");
  std::vector<int> steps;
  generate_dataset(one, options, [&](int done, int clips) {
    EXPECT_EQ(clips, 6);
    steps.push_back(done);
  });
  generate_dataset(three, parallel);
  EXPECT_THAT(steps, ElementsAre(1, 2, 3, 4, 5, 6));
  const auto files = contents(one);
  EXPECT_EQ(files.size(), 7u);
  EXPECT_EQ(files, contents(three));
}

TEST_F(Rendering, StoppedDatasetIsCompletedWithTheSameBytes) {
  const SynthOptions options{.clips = 4, .seconds = 1, .seed = 3, .threads = 1};
  const std::filesystem::path whole = fresh_folder("whole"), parts = fresh_folder("parts");
  generate_dataset(whole, options);
  const auto stop_after_two = [](int done, int) {
    if (done == 2) throw Error("stopped");
  };
  EXPECT_THROW(generate_dataset(parts, options, stop_after_two), Error);
  EXPECT_THAT(contents(parts), Contains(testing::Key("unfinished.txt")));
  EXPECT_THAT(contents(parts), Not(Contains(testing::Key("labels.tsv"))));

  SynthOptions other = options;
  other.seed = 4;
  EXPECT_THROW(generate_dataset(parts, other), ConfigError);
  const auto kept = std::filesystem::last_write_time(parts / "audio" / "00000.flac");
  generate_dataset(parts, options);
  EXPECT_EQ(contents(parts), contents(whole));
  EXPECT_EQ(std::filesystem::last_write_time(parts / "audio" / "00000.flac"), kept);
}

TEST_F(Rendering, LabelsTableFollowsTheRules) {
  const std::filesystem::path folder = fresh_folder("labels");
  generate_dataset(folder, {.clips = 6, .seconds = 1, .seed = 5});
  std::istringstream table(contents(folder).at("labels.tsv"));
  std::string line;
  std::getline(table, line);
  EXPECT_EQ(line, "path\tlabel\ttags\tsplit\tfold\tfold_group\tgroup");
  const std::vector<std::string> endings = {"train\t1\t1\t00000", "train\t2\t2\t00001", "train\t3\t3\t00002",
                                            "valid\t4\t4\t00003", "test\t5\t5\t00004",  "train\t1\t1\t00005"};
  for (int index = 0; index < 6; ++index) {
    ASSERT_TRUE(std::getline(table, line));
    const std::string start =
        concat("audio/0000", index, ".flac\t", compose_clip(5, index, 1).style->name, '\t');
    EXPECT_THAT(line, testing::StartsWith(start));
    EXPECT_THAT(line, testing::EndsWith('\t' + endings[index]));
  }
  EXPECT_FALSE(std::getline(table, line));
}

TEST_F(Rendering, DatasetRefusesBadOptionsAndAFullFolder) {
  const std::filesystem::path folder = fresh_folder("full");
  EXPECT_THROW(generate_dataset(folder, {.clips = 0}), ConfigError);
  EXPECT_THROW(generate_dataset(folder, {.seconds = 0}), ConfigError);
  EXPECT_THROW(generate_dataset(folder, {.seconds = NAN}), ConfigError);
  EXPECT_THROW(generate_dataset(folder, {.clips = 1, .sample_rate = 1}), ConfigError);
  std::filesystem::create_directories(folder / "music");
  try {
    generate_dataset(folder, {});
    FAIL() << "expected ConfigError";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(folder.string()));
  }
  EXPECT_THAT(contents(folder), Not(Contains(testing::Key("labels.tsv"))));
}

TEST(TimedLabels, CoverAPieceFromItsBeginningToItsEnd) {
  for (const TimedLabels kind : {TimedLabels::chords, TimedLabels::singing}) {
    for (int index = 0; index < 40; ++index) {
      const Piece piece = compose_clip(7, index, 12.5);
      double end = 0;
      std::string last;
      for (const TimedLabelSpan& span : timed_labels_of(piece, kind)) {
        EXPECT_EQ(span.begin, end);
        EXPECT_GT(span.end, span.begin);
        EXPECT_NE(span.label, last);
        end = span.end;
        last = span.label;
      }
      EXPECT_EQ(end, 12.5);
    }
  }
}

/// The label at a time.
std::string label_at(const std::vector<TimedLabelSpan>& spans, double time) {
  for (const TimedLabelSpan& span : spans)
    if (time >= span.begin && time < span.end) return span.label;
  return "";
}

TEST(TimedLabels, FollowFromTheNotes) {
  int sung = 0;
  for (int index = 0; index < 60; ++index) {
    const Piece piece = compose_clip(3, index, 10);
    const auto singing = timed_labels_of(piece, TimedLabels::singing);
    for (const Note& note : piece.notes) {
      if (!piece.parts[note.part].instrument->vocal() || note.start + 0.01 >= piece.seconds) continue;
      EXPECT_EQ(label_at(singing, note.start + 0.01), "sing");
      ++sung;
    }
    const auto chords = timed_labels_of(piece, TimedLabels::chords);
    ASSERT_FALSE(piece.chords.empty());
    for (const Chord& chord : piece.chords) {
      if (chord.start >= piece.seconds) continue;
      constexpr const char* kNames[] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
      EXPECT_EQ(label_at(chords, chord.start + 1e-6),
                concat(kNames[chord.root], chord.third == 3 ? ":min" : ":maj"));
    }
  }
  EXPECT_GT(sung, 100);
}

TEST_F(Rendering, DatasetHasSegmentsOnRequest) {
  const std::filesystem::path folder = fresh_folder("segments");
  generate_dataset(folder, {.clips = 2, .seconds = 1.5, .seed = 5, .timed = TimedLabels::chords});
  std::istringstream table(contents(folder).at("labels.tsv"));
  std::string line;
  std::getline(table, line);
  EXPECT_THAT(line, testing::EndsWith("\tgroup\tsegments"));
  std::getline(table, line);
  EXPECT_THAT(line, testing::ContainsRegex("\t00000\t0.000 [0-9.]+ [A-G]#?:m(aj|in)"));
}

}  // namespace
}  // namespace sonograd::audio::synth
