#include "audio/synth/styles.h"

namespace sonograd::audio::synth {
namespace {

constexpr int kPowerKit = 16, kTr808Kit = 25, kJazzKit = 32;  // General MIDI programs of channel 10

Style classical() {
  return {
      .name = "classical",
      .tags = {"classical", "orchestra"},
      .slowest = 70,
      .fastest = 144,
      .layers = {{Figure::tune,
                  {"violin", "flute", "oboe", "clarinet"},
                  {"X---x-x-x---x---", "X-x-x---x-x-x---"}},
                 {Figure::block, {"string ensemble"}, {"X---x---x---x---", "X-------x-------"}, 1, 45},
                 {Figure::tune, {"french horn", "clarinet"}, {"X-------x-------"}, 0.4f, 70, -5},
                 {Figure::root_fifth, {"cello"}, {"X-------x-------", "X---x---x---x---"}, 0.9f}},
      .major_scales = {kMajor},
      .minor_scales = {kHarmonicMinor},
      .major_progressions = {"1451", "1645", "1251", "1415"},
      .minor_progressions = {"1451", "1645", "1415"},
      .looseness = 0.012f,
      .reverb = 70,
      .quiet = 0.3f,
      .loud = 0.2f,
  };
}

Style solo_piano() {
  return {
      .name = "solo piano",
      .tags = {"classical", "solo"},
      .slowest = 56,
      .fastest = 140,
      .layers = {{Figure::tune,
                  {"piano"},
                  {"X---x-x-x-----x-", "X-x-x-x-x---x---", "X-----x-x---x---"},
                  1,
                  100,
                  10},
                 {Figure::arpeggio,
                  {"piano"},
                  {"x-x-x-x-x-x-x-x-", "x---x-x-x---x-x-", "xxxxxxxxxxxxxxxx"},
                  1,
                  75,
                  -9}},
      .major_scales = {kMajor},
      .minor_scales = {kMinor, kHarmonicMinor},
      .major_progressions = {"1564", "1451", "1625", "1345"},
      .minor_progressions = {"1645", "1451", "1415"},
      .looseness = 0.015f,
      .reverb = 50,
      .quiet = 0.4f,
      .loud = 0.1f,
  };
}

Style baroque() {
  return {
      .name = "baroque",
      .tags = {"classical", "baroque"},
      .slowest = 66,
      .fastest = 132,
      .layers = {{Figure::tune,
                  {"violin", "oboe", "flute", "trumpet"},
                  {"xxxxx-x-xxxxx-x-", "X-xxx-xxx-x-x-x-"},
                  1,
                  90},
                 {Figure::arpeggio, {"harpsichord"}, {"xxxxxxxxxxxxxxxx", "x-xxx-xxx-xxx-xx"}, 1, 95},
                 {Figure::tune, {"oboe", "violin"}, {"X---x---x---x---", "x-x-x---x-x-x---"}, 0.5f, 70, -7},
                 {Figure::walking, {"cello"}, {"x-x-x-x-x-x-x-x-", "x---x---x---x---"}, 1, 85}},
      .major_scales = {kMajor},
      .minor_scales = {kHarmonicMinor},
      .major_progressions = {"1451", "1625", "14736251", "1545"},
      .minor_progressions = {"1451", "1454", "1645"},
      .looseness = 0.008f,
      .reverb = 50,
      .quiet = 0.1f,
  };
}

Style rock() {
  return {
      .name = "rock",
      .tags = {"rock"},
      .slowest = 96,
      .fastest = 150,
      .layers = {{Figure::power, {"distorted guitar"}, {"x-x-x-x-x-x-x-x-", "X--x--x-X--x--x-"}, 1, 85},
                 {Figure::strum, {"clean guitar", "rock organ"}, {"X---x-x-..x-x-x-"}, 0.5f, 70},
                 {Figure::tune, {"distorted guitar"}, {"X---x-x-x-----x-", "X-x-..x-x---x-x-"}, 0.5f, 80, 16},
                 {Figure::root, {"electric bass"}, {"x-x-x-x-x-x-x-x-", "X--x--x-X---x-x-"}, 1, 100}},
      .grooves = {"rock", "driving rock"},
      .major_scales = {kMajor, kMixolydian},
      .minor_scales = {kMinor},
      .major_progressions = {"1454", "1564", "1145"},
      .minor_progressions = {"1637", "1764", "1467"},
      .drum_kit = kPowerKit,
      .loud = 0.5f,
  };
}

Style metal() {
  return {
      .name = "metal",
      .tags = {"rock", "metal"},
      .slowest = 120,
      .fastest = 190,
      .layers = {{Figure::power,
                  {"distorted guitar"},
                  {"XxxxXxxxXxxxXxxx", "X.xxX.xxX.xxX.xx", "Xxx.xxx.xxx.X-x-"},
                  1,
                  95,
                  -4},
                 {Figure::tune, {"distorted guitar"}, {"xxxxxxxxxxxxxxxx", "X-xxX-xxX-xxxxxx"}, 0.4f, 90, 19},
                 {Figure::root, {"electric bass"}, {"XxxxXxxxXxxxXxxx", "x-x-x-x-x-x-x-x-"}, 1, 100}},
      .grooves = {"metal", "blast"},
      .major_scales = {kMixolydian},
      .minor_scales = {kPhrygian, kMinor, kHarmonicMinor},
      .major_progressions = {"1171", "1417"},
      .minor_progressions = {"1121", "1161", "1615"},
      .drum_kit = kPowerKit,
      .looseness = 0.004f,
      .reverb = 20,
      .loud = 0.9f,
  };
}

Style jazz() {
  return {
      .name = "jazz",
      .tags = {"jazz"},
      .slowest = 76,
      .fastest = 200,
      .layers = {{Figure::tune,
                  {"saxophone", "trumpet", "trombone", "clarinet", "vibraphone"},
                  {"x-x-x-x-..x-x---", "..x-x-x-x---x-x-", "X-----x-x-x-x-..X-x-x-x-x-----.."},
                  0.9f},
                 {Figure::block,
                  {"piano", "jazz guitar", "electric piano"},
                  {"X-....x-....X-..", "....x-....x-....", "X-----x-........"},
                  1,
                  80},
                 {Figure::walking, {"acoustic bass"}, {"x---x---x---x---"}, 1, 110}},
      .grooves = {"swing", "brushes"},
      .major_scales = {kMajor},
      .minor_scales = {kDorian, kHarmonicMinor},
      .major_progressions = {"2511", "1625", "3625", "1425"},
      .minor_progressions = {"1425", "1451", "1415"},
      .chord_size = 4,
      .drum_kit = kJazzKit,
      .swing = 0.9f,
      .looseness = 0.012f,
      .quiet = 0.2f,
  };
}

Style techno() {
  return {
      .name = "techno",
      .tags = {"techno", "electronic", "dance"},
      .slowest = 122,
      .fastest = 142,
      .layers = {{Figure::arpeggio,
                  {"synth lead"},
                  {"x.xx.xx.x.xx.xx.", "xxxxxxxxxxxxxxxx", "x..x..x.x..x..x."},
                  0.8f,
                  80},
                 {Figure::block, {"synth lead"}, {"..x...x...x...x.", "X..x..x..x..x.x."}, 0.4f, 65, -7},
                 {Figure::block, {"pad"}, {"X---------------"}, 0.6f, 75},
                 {Figure::octaves,
                  {"synth bass"},
                  {"..x...x...x...x.", ".xxx.xxx.xxx.xxx", "x.xxx.xxx.xxx.xx"},
                  1,
                  110}},
      .grooves = {"four on the floor"},
      .major_scales = {kMixolydian},
      .minor_scales = {kMinor, kPhrygian},
      .major_progressions = {"1111", "1177", "1411"},
      .minor_progressions = {"1111", "1167", "1166"},
      .drum_kit = kTr808Kit,
      .looseness = 0,
      .reverb = 25,
      .loud = 0.3f,
  };
}

Style ambient() {
  return {
      .name = "ambient",
      .tags = {"ambient", "electronic"},
      .slowest = 50,
      .fastest = 76,
      .layers = {{Figure::block, {"pad"}, {"X---------------"}, 1, 100},
                 {Figure::tune,
                  {"flute", "voice", "vibraphone", "electric piano"},
                  {"X-----------....", "....x-------x---", "X---------......................"},
                  0.7f,
                  80},
                 {Figure::arpeggio,
                  {"harp", "marimba", "synth lead"},
                  {"x---x---x---x---", "x-----x-----x---"},
                  0.4f,
                  60},
                 {Figure::drone, {"choir", "string ensemble"}, {"X---------------"}, 0.4f, 50}},
      .major_scales = {kMajor, kMixolydian},
      .minor_scales = {kMinor, kDorian},
      .major_progressions = {"1144", "1564", "1133"},
      .minor_progressions = {"1166", "1144", "1637"},
      .chord_size = 4,
      .looseness = 0.02f,
      .reverb = 120,
      .quiet = 0.7f,
  };
}

Style country() {
  return {
      .name = "country",
      .tags = {"country"},
      .slowest = 84,
      .fastest = 150,
      .layers = {{Figure::tune,
                  {"fiddle", "harmonica", "steel guitar"},
                  {"x-x-x-x-x---x-x-", "X---x-x-x-x-x---"},
                  0.8f,
                  85,
                  3},
                 {Figure::strum, {"steel guitar"}, {"....X-x-....X-x-", "X---x-x-x---x-x-"}, 1, 85},
                 {Figure::arpeggio, {"banjo"}, {"xxxxxxxxxxxxxxxx", "x-xxx-xxx-xxx-xx"}, 0.6f, 80},
                 {Figure::root_fifth, {"acoustic bass"}, {"X-------x-------"}, 1, 110}},
      .grooves = {"train", "country"},
      .major_scales = {kMajor},
      .minor_scales = {kMinor},
      .major_progressions = {"1451", "1145", "1415"},
      .minor_progressions = {"1471", "1671", "1417"},
  };
}

Style latin() {
  return {
      .name = "latin",
      .tags = {"latin"},
      .slowest = 86,
      .fastest = 132,
      .layers = {{Figure::arpeggio, {"piano"}, {"x.x.xx.x.xx.x.x.", "x-xx.x.x.x.xx.x."}, 0.6f, 90},
                 {Figure::strum, {"nylon guitar"}, {"X-.x-.x-..x-.x-.", "x-..x-.x-..x-.x-"}, 0.7f, 85},
                 {Figure::tune,
                  {"trumpet", "flute", "marimba", "brass section"},
                  {"..x-x-x---x-x---", "X--x--x---x-x---"},
                  0.8f,
                  85},
                 {Figure::root_fifth, {"acoustic bass"}, {"X-----x-X-----x-", "X--x--x-...x--x-"}, 1, 110}},
      .grooves = {"bossa", "salsa"},
      .major_scales = {kMajor},
      .minor_scales = {kMinor, kHarmonicMinor},
      .major_progressions = {"1251", "1425", "1645"},
      .minor_progressions = {"1451", "1455", "1415"},
      .chord_size = 4,
      .loud = 0.1f,
  };
}

Style funk() {
  return {
      .name = "funk",
      .tags = {"funk"},
      .slowest = 88,
      .fastest = 116,
      .layers =
          {{Figure::block,
            {"clean guitar", "electric piano"},
            {"..xx.x..x.xx.x..", "x.xx..x.xx.x..x."},
            1,
            85},
           {Figure::block, {"brass section"}, {"X.....x-....X...", "......xx......X-"}, 0.6f, 85},
           {Figure::tune, {"saxophone", "rock organ"}, {"x.x-..xx..x-x-..", "X-.xx-..x-.xx-.."}, 0.5f, 80},
           {Figure::octaves,
            {"slap bass", "electric bass"},
            {"X.xx..x.X..x.xx.", "X..x.xx..x.xx.x."},
            1,
            110}},
      .grooves = {"funk", "syncopated funk"},
      .major_scales = {kMixolydian},
      .minor_scales = {kDorian},
      .major_progressions = {"1111", "1144", "1171"},
      .minor_progressions = {"1111", "1144", "1411"},
      .chord_size = 4,
      .swing = 0.15f,
      .loud = 0.2f,
  };
}

Style indian() {
  return {
      .name = "indian",
      .tags = {"indian", "eastern"},
      .slowest = 60,
      .fastest = 132,
      .layers =
          {{Figure::tune, {"sitar"}, {"X-xxx-x-X---xxxx", "x---x-xxx-x-x---", "X-x-xxx-x-----xx"}, 1, 105},
           {Figure::drone, {"sitar"}, {"x---x---x-x-x---"}, 1, 60, -12},
           {Figure::tune, {"flute"}, {"X-------x-x-x---", "....x---x-x-x---"}, 0.4f, 75}},
      .grooves = {"tabla", "slow tabla"},
      .major_scales = {kBhairav, kMixolydian},
      .minor_scales = {kDorian, kPhrygian},
      .major_progressions = {"1111"},
      .minor_progressions = {"1111"},
      .looseness = 0.012f,
      .reverb = 60,
      .quiet = 0.2f,
  };
}

Style folk() {
  return {
      .name = "folk",
      .tags = {"folk"},
      .slowest = 76,
      .fastest = 160,
      .layers =
          {{Figure::tune,
            {"accordion", "harmonica", "fiddle", "bagpipe"},
            {"X---x-x-x---", "x-x-x-x-x---", "X---x---x-x-"},
            1,
            85},
           {Figure::strum, {"steel guitar", "nylon guitar"}, {"X---x---x---", "....x---x---"}, 0.7f, 85},
           {Figure::root_fifth, {"accordion", "cello"}, {"X-----------", "X---........"}, 0.6f, 75, -7}},
      .major_scales = {kMajor, kMixolydian},
      .minor_scales = {kMinor, kDorian},
      .major_progressions = {"1451", "1415", "1145"},
      .minor_progressions = {"1471", "1717", "1637"},
      .beats_per_bar = 3,
      .looseness = 0.012f,
      .quiet = 0.2f,
  };
}

Style choral() {
  return {
      .name = "choral",
      .tags = {"classical", "choral"},
      .slowest = 50,
      .fastest = 84,
      .layers = {{Figure::block, {"choir"}, {"X---------------"}, 1, 95},
                 {Figure::tune, {"voice"}, {"X---x---x---x---", "X-----x-x-------"}, 0.8f, 90, 3},
                 {Figure::block, {"church organ"}, {"X---------------"}, 0.5f, 60},
                 {Figure::root,
                  {"choir", "church organ"},
                  {"X---------------", "X-------x-------"},
                  0.7f,
                  80,
                  -14}},
      .major_scales = {kMajor},
      .minor_scales = {kMinor, kHarmonicMinor},
      .major_progressions = {"1451", "1645", "1415"},
      .minor_progressions = {"1451", "1645", "1415"},
      .looseness = 0.015f,
      .reverb = 110,
      .quiet = 0.5f,
  };
}

}  // namespace

const std::vector<Style>& styles() {
  static const std::vector<Style> table = {classical(), solo_piano(), baroque(), rock(),    metal(),
                                           jazz(),      techno(),     ambient(), country(), latin(),
                                           funk(),      indian(),     folk(),    choral()};
  return table;
}

}  // namespace sonograd::audio::synth
