// Spans of the bands of a filter bank, on the CPU.
#pragma once

#include "kernels/mel/mel_simd.h"

namespace sonograd::kernels::cpu {

/// Writes spans [bands], the smallest ranges of bins outside of which bank [bins, bands] is zero.
void find_spans(const float* bank, std::int64_t bins, std::int64_t bands, BandSpan* spans);

}  // namespace sonograd::kernels::cpu
