#include "audio/synth/piece.h"

#include <set>

namespace sonograd::audio::synth {

std::vector<std::string> tags_of(const Piece& piece) {
  std::set<std::string> tags(piece.style->tags.begin(), piece.style->tags.end());
  bool percussion = false;
  bool vocal = false;
  for (const Note& note : piece.notes) {
    const Instrument& instrument = *piece.parts[note.part].instrument;
    tags.emplace(instrument.name);
    tags.emplace(instrument.family);
    percussion |= instrument.percussive();
    vocal |= instrument.vocal();
  }
  if (!percussion) tags.insert("no beat");
  if (!vocal) tags.insert("no vocal");
  tags.insert(piece.key.scale.minor ? "minor" : "major");
  if (piece.tempo <= kSlowTempo) tags.insert("slow");
  if (piece.tempo >= kFastTempo) tags.insert("fast");
  if (piece.dynamics == Dynamics::quiet) tags.insert("quiet");
  if (piece.dynamics == Dynamics::loud) tags.insert("loud");
  return {tags.begin(), tags.end()};
}

}  // namespace sonograd::audio::synth
