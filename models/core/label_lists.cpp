#include "models/core/label_lists.h"

#include <algorithm>

namespace sonograd::models {

const std::vector<LabelList>& published_label_lists() {
  static const std::vector<LabelList> lists = {
      {"mtat",
       {"guitar",    "classical",   "slow",     "techno",  "strings",    "drums",        "electronic",
        "rock",      "fast",        "piano",    "ambient", "beat",       "violin",       "vocal",
        "synth",     "female",      "indian",   "opera",   "male",       "singing",      "vocals",
        "no vocals", "harpsichord", "loud",     "quiet",   "flute",      "woman",        "male vocal",
        "no vocal",  "pop",         "soft",     "sitar",   "solo",       "man",          "classic",
        "choir",     "voice",       "new age",  "dance",   "male voice", "female vocal", "beats",
        "harp",      "cello",       "no voice", "weird",   "country",    "metal",        "female voice",
        "choral"}},
      {"msd",
       {"rock",
        "pop",
        "alternative",
        "indie",
        "electronic",
        "female vocalists",
        "dance",
        "00s",
        "alternative rock",
        "jazz",
        "beautiful",
        "metal",
        "chillout",
        "male vocalists",
        "classic rock",
        "soul",
        "indie rock",
        "Mellow",
        "electronica",
        "80s",
        "folk",
        "90s",
        "chill",
        "instrumental",
        "punk",
        "oldies",
        "blues",
        "hard rock",
        "ambient",
        "acoustic",
        "experimental",
        "female vocalist",
        "guitar",
        "Hip-Hop",
        "70s",
        "party",
        "country",
        "easy listening",
        "sexy",
        "catchy",
        "funk",
        "electro",
        "heavy metal",
        "Progressive rock",
        "60s",
        "rnb",
        "indie pop",
        "sad",
        "House",
        "happy"}},
      {"jamendo", {"alternative",    "ambient",       "atmospheric", "chillout",
                   "classical",      "dance",         "downtempo",   "easylistening",
                   "electronic",     "experimental",  "folk",        "funk",
                   "hiphop",         "house",         "indie",       "instrumentalpop",
                   "jazz",           "lounge",        "metal",       "newage",
                   "orchestral",     "pop",           "popfolk",     "poprock",
                   "reggae",         "rock",          "soundtrack",  "techno",
                   "trance",         "triphop",       "world",       "acousticguitar",
                   "bass",           "computer",      "drummachine", "drums",
                   "electricguitar", "electricpiano", "guitar",      "keyboard",
                   "piano",          "strings",       "synthesizer", "violin",
                   "voice",          "emotional",     "energetic",   "film",
                   "happy",          "relaxing"}},
  };
  return lists;
}

const LabelList* find_label_list(std::string_view name) {
  const auto& lists = published_label_lists();
  const auto found = std::ranges::find(lists, name, &LabelList::name);
  return found == lists.end() ? nullptr : &*found;
}

}  // namespace sonograd::models
