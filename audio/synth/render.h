// The renderer: a piece becomes samples through FluidSynth and a General MIDI soundfont.
#pragma once

#include <filesystem>
#include <vector>

#include "audio/synth/piece.h"

namespace sonograd::audio::synth {

inline constexpr int kLowestRate = 8000, kHighestRate = 48000;  ///< bounds of `sample_rate`, Hz

/// Mono samples in (-1, 1), round(piece.seconds * sample_rate) of them, at the level the piece asks for.
/// Every call starts a fresh synthesiser, so the result depends on the arguments alone; calls may run in
/// parallel. Throws FormatError for an unusable soundfont.
std::vector<float> render(const Piece& piece, const std::filesystem::path& soundfont, int sample_rate);

}  // namespace sonograd::audio::synth
