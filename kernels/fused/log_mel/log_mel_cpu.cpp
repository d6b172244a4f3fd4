#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/fused/log_mel/log_mel.h"
#include "kernels/mel/find_spans.h"
#include "kernels/mel/mel.h"
#include "kernels/stft/frame_block.h"

namespace sonograd::kernels::cpu {
namespace {

// one_pass: a block is sixteen frames side by side, from samples to dB; every thread has scratch memory for one block.
std::size_t mel_bytes(const LogMelProblem& p) {
  return Workspace::bytes<float>(static_cast<std::size_t>(p.bands * kLanes));
}

std::size_t one_pass_workspace(const LogMelProblem& p) {
  return Workspace::bytes<BandSpan>(static_cast<std::size_t>(p.bands)) +
         Workspace::bytes<float>(static_cast<std::size_t>(p.stft.win_length)) +
         static_cast<std::size_t>(threads()) * (FrameBlock::scratch_bytes(p.stft) + mel_bytes(p));
}

template <class Sample>
void run_one_pass(const LogMelProblem& p, const LogMel::Args& a, Workspace workspace) {
  const Sample* x = a.x.data<Sample>();
  const float* bank = a.bank.data<float>();
  float* y = a.y.data<float>();
  auto* spans = workspace.take<BandSpan>(static_cast<std::size_t>(p.bands));
  find_spans(bank, p.stft.bins(), p.bands, spans);
  // The window contains the unit of the samples: a power of two, so that nothing is rounded.
  auto* window = workspace.take<float>(static_cast<std::size_t>(p.stft.win_length));
  const float unit = p.samples == DType::i16 ? static_cast<float>(kPcmUnit) : 1.0f;
  for (std::int64_t i = 0; i < p.stft.win_length; ++i) window[i] = unit * a.window.data<float>()[i];

  const std::size_t per_thread = FrameBlock::scratch_bytes(p.stft) + mel_bytes(p);
  std::byte* scratch = workspace.take<std::byte>(static_cast<std::size_t>(threads()) * per_thread);
  const auto amin = static_cast<float>(p.db.amin);
  const auto offset = static_cast<float>(10 * std::log10(std::max(p.db.ref, p.db.amin)));
  const std::int64_t rows = p.stft.batch * p.stft.frames;
  launch("log_mel", blocks_of(rows, kLanes), [&](std::int64_t block) {
    std::byte* mine = scratch + static_cast<std::size_t>(omp_get_thread_num()) * per_thread;
    auto* mel = reinterpret_cast<float*>(mine);
    FrameBlock frames(p.stft, window, mine + mel_bytes(p));
    const std::int64_t first = block * kLanes;
    SONOGRAD_SIMD_CALL(bands_of_lanes)(frames.power(x, first), bank, spans, p.bands, mel);
    SONOGRAD_SIMD_CALL(decibels)(mel, p.bands * kLanes, amin, offset, false, mel);
    SONOGRAD_SIMD_CALL(lanes_to_rows)
    (mel, p.bands, std::min(kLanes, rows - first), a.y.adds(), y + first * p.bands, p.bands);
  });
}

}  // namespace

extern const KernelVariant<LogMel> log_mel_one_pass = {
    .name = "one_pass",
    .why_not = float_only,
    .workspace = one_pass_workspace,
    .run = [](const LogMelProblem& p, const LogMel::Args& a, const Context&, Workspace workspace) {
      p.samples == DType::i16 ? run_one_pass<std::int16_t>(p, a, workspace)
                              : run_one_pass<float>(p, a, workspace);
    }};

}  // namespace sonograd::kernels::cpu
