// NSynth (Engel et al., ICML 2017): 305,979 notes of 4 s, instruments in 11 families.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/nesting.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace {

using nlohmann::json;

constexpr double kNsynthSeconds = 4;

/// A text or a whole number of an entry.
std::string note_value(const json& note, const char* key, const std::string& where) {
  const auto found = note.find(key);
  if (found != note.end() && found->is_string()) return found->get<std::string>();
  if (found != note.end() && found->is_number_integer()) return std::to_string(found->get<std::int64_t>());
  throw DataError(concat(where, ": expected ", key, " as text or a whole number"));
}

void add_note(SetClips& set, const std::string& part, const std::string& name, const json& note,
              const std::string& file) {
  const std::string where = concat(file, ": ", name);
  if (!note.is_object()) throw DataError(concat(where, ": expected an object"));
  const auto value = [&](const char* key) { return note_value(note, key, where); };
  set.clips.push_back({.path = concat("nsynth-", part, "/audio/", name, ".wav"),
                       .key = name,
                       .seconds = kNsynthSeconds,
                       .cells = {value("instrument_family_str"), part, value("instrument_str"),
                                 value("instrument_source_str"), value("pitch"), value("velocity")}});
}

/// Entries are taken one by one: the table of the training notes has 290,000 of them.
void read_nsynth_part(const SetRequest& request, const std::string& part, SetClips& set) {
  const std::string name = concat("nsynth-", part, "/examples.json");
  const std::filesystem::path file =
      set_file(request.root, {name}, concat("the folder of nsynth-", part, ".jsonwav.tar.gz"));
  const std::string text = io::read_text_file(file);
  const std::size_t first = set.clips.size();
  std::string note;
  const auto take = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth == 1 && event == json::parse_event_t::key) note = parsed.get<std::string>();
    if (depth != 1 || event != json::parse_event_t::object_end) return true;
    add_note(set, part, note, parsed, file.string());
    return false;
  };
  try {
    check_json_nesting(text);
    const json whole = json::parse(text, take);
    if (!whole.is_object()) throw DataError(concat(file.string(), ": expected an object of notes"));
  } catch (const json::exception& error) {
    const std::string_view reason = error.what();
    throw DataError(concat(file.string(), ": not JSON: ", reason.substr(reason.find("] ") + 2),
                           "; the file is damaged or cut short, copy it again"));
  }
  std::sort(set.clips.begin() + static_cast<std::ptrdiff_t>(first), set.clips.end(),
            [](const SetClip& a, const SetClip& b) { return a.key < b.key; });
}

SetClips read_nsynth(const SetRequest& request) {
  SetClips set{.folder = request.audio.empty() ? request.root : request.audio,
               .columns = {"label", "split", "group", "source", "pitch", "velocity"},
               .clips = {},
               .warnings = {}};
  for (const char* const part : {"train", "valid", "test"})
    if (request.subset == "all" || request.subset == part) read_nsynth_part(request, part, set);
  require_folders(set,
                  "expected nsynth-train/audio, nsynth-valid/audio and nsynth-test/audio; --subset takes "
                  "one of them");
  return set;
}

}  // namespace

DataSet nsynth_set() {
  return {.name = "nsynth",
          .summary = "NSynth: 305,979 notes of 4 s, 11 families of instruments",
          .layout = "nsynth-train/, nsynth-valid/, nsynth-test/, each with examples.json and audio/*.wav",
          .subsets = {{"all", "all three parts"},
                      {"train", "nsynth-train alone"},
                      {"valid", "nsynth-valid alone"},
                      {"test", "nsynth-test alone"}},
          .splits = {{"published", "the three parts; instruments of training are in no other part"}},
          .read = read_nsynth};
}

}  // namespace sonograd::train
