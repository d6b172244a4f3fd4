// The renderer: samples of a piece, by FluidSynth and a General MIDI soundfont.
#pragma once

#include <filesystem>
#include <vector>

#include "audio/synth/piece.h"

namespace sonograd::audio::synth {

inline constexpr int kLowestRate = 8000, kHighestRate = 48000;  ///< bounds of `sample_rate`, Hz

/// Mono samples in (-1, 1), round(piece.seconds * sample_rate) of them, with the RMS `piece.level`. Every call uses a new
/// synthesiser, so the result depends on the arguments alone; calls may run in parallel. Throws FormatError for an unusable
/// soundfont, IoError when FluidSynth cannot be opened.
std::vector<float> render(const Piece& piece, const std::filesystem::path& soundfont, int sample_rate);

}  // namespace sonograd::audio::synth
