#include "audio/synth/grooves.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::audio::synth {
namespace {

// The General MIDI percussion map.
constexpr int kKick = 36, kSideStick = 37, kSnare = 38, kClap = 39;
constexpr int kClosedHat = 42, kPedalHat = 44, kOpenHat = 46, kRide = 51;
constexpr int kLowTom = 45, kMidTom = 47, kHighTom = 50, kTambourine = 54, kCowbell = 56;
constexpr int kHighBongo = 60, kLowBongo = 61, kMuteConga = 62, kOpenConga = 63, kLowConga = 64;
constexpr int kMaracas = 70, kClaves = 75;

std::vector<Groove> make_grooves() {
  const std::vector<int> toms = {kSnare, kHighTom, kMidTom, kLowTom};
  const std::vector<int> snare = {kSnare};
  const std::vector<int> hands = {kHighBongo, kHighBongo, kLowBongo, kLowConga};
  return {
      {"rock",
       "drums",
       {{kKick, "X.......X.x....."}, {kSnare, "....X.......X..."}, {kClosedHat, "X.x.X.x.X.x.X.x."}},
       toms},
      {"driving rock",
       "drums",
       {{kKick, "X...x..xX...x..."}, {kSnare, "....X.......X..."}, {kOpenHat, "X...x...X...x..."}},
       toms},
      {"metal",
       "drums",
       {{kKick, "XxxxXxxxXxxxXxxx"}, {kSnare, "....X.......X..."}, {kRide, "X...X...X...X..."}},
       toms},
      {"blast",
       "drums",
       {{kKick, "X.x.X.x.X.x.X.x."}, {kSnare, "x.X.x.X.x.X.x.X."}, {kClosedHat, "X.x.X.x.X.x.X.x."}},
       toms},
      {"swing",
       "drums",
       {{kRide, "X...x.x.X...x.x."}, {kPedalHat, "....X.......X..."}, {kKick, "x.......x......."}},
       snare},
      {"brushes",
       "drums",
       {{kSnare, "x...X.x.x...X.x."}, {kRide, "X...x...X...x..."}, {kKick, "x..............."}},
       snare},
      {"four on the floor",
       "drums",
       {{kKick, "X...X...X...X..."},
        {kClap, "....X.......X..."},
        {kOpenHat, "..X...X...X...X."},
        {kClosedHat, "x.xxx.xxx.xxx.xx"}},
       snare},
      {"breakbeat",
       "drums",
       {{kKick, "X..x..x...X....."},
        {kSnare, "....X..x.x..X..x"},
        {kClosedHat, "x.x.x.x.x.x.x.x."},
        {kTambourine, "..x...x...x...x."}},
       snare},
      {"train", "drums", {{kSnare, "xxXxxxXxxxXxxxXx"}, {kKick, "X...x...X...x..."}}, snare},
      {"country",
       "drums",
       {{kKick, "X.......X......."}, {kSideStick, "....X.......X..."}, {kClosedHat, "x.x.x.x.x.x.x.x."}},
       snare},
      {"funk",
       "drums",
       {{kKick, "X..x..x...x..x.."},
        {kSnare, "....X..x.x..X..."},
        {kClosedHat, "XxxxXxxxXxxxXxxx"},
        {kOpenHat, ".............x.."}},
       toms},
      {"syncopated funk",
       "drums",
       {{kKick, "X.x...x..x......"},
        {kSnare, "....X.......X..x"},
        {kClosedHat, "x.x.x.xxx.x.x.x."},
        {kCowbell, "X...X...X...X..."}},
       snare},
      {"bossa",
       "hand percussion",
       {{kClaves, "X..X..X...X..X.."}, {kMaracas, "xxxxxxxxxxxxxxxx"}, {kLowConga, "x.....x.x.....x."}},
       hands},
      {"salsa",
       "hand percussion",
       {{kMuteConga, "x.x.x...x.x.x..."},
        {kOpenConga, "......xX......xX"},
        {kCowbell, "X...x...X.x.x.x."},
        {kClaves, "..X.X...X..X..X."}},
       hands},
      {"tabla",
       "hand percussion",
       {{kHighBongo, "X.xx..x.X.xx..xx"}, {kLowBongo, "....x..x....x..."}, {kLowConga, "X.......x......."}},
       hands},
      {"slow tabla",
       "hand percussion",
       {{kHighBongo, "X...x.x...x.x..."}, {kLowConga, "X.........x....."}},
       hands},
  };
}

}  // namespace

const std::vector<Groove>& grooves() {
  static const std::vector<Groove> table = make_grooves();
  return table;
}

const Groove& find_groove(std::string_view name) {
  const auto found = std::ranges::find(grooves(), name, &Groove::name);
  if (found == grooves().end()) throw ConfigError(concat("[synth] no groove called ", name));
  return *found;
}

}  // namespace sonograd::audio::synth
