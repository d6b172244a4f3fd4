// The CPU rows of the mel ladders, and what the fused front end shares with them.
#pragma once

#include "kernels/mel/mel.h"
#include "kernels/mel/mel_simd.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<MelProject> mel_project_reference, mel_project_sparse;
extern const KernelVariant<PowerToDb> power_to_db_reference, power_to_db_blocked;

/// spans [bands] = the smallest ranges of bins outside of which bank [bins, bands] is zero.
void find_spans(const float* bank, std::int64_t bins, std::int64_t bands, BandSpan* spans);

}  // namespace sonograd::kernels::cpu
