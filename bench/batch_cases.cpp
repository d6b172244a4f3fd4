#include "bench/batch_cases.h"

#include "kernels/fused/log_mel/log_mel.h"
#include "kernels/optimizer/optimizer.h"

namespace sonograd::bench {
namespace {

using cases::Case;
using cases::Input;

const Shape kWaveforms = {16, 59049};
const kernels::StftOptions kStft = {.n_fft = 512, .hop_length = 256};
const kernels::MelOptions kMel = {.n_mels = 128};

kernels::StftProblem stft_problem() {
  return kernels::StftProblem::make(kWaveforms, kStft.n_fft, kStft);
}

Case power_spectrogram_case() {
  return {.name = "short-chunk batch",
          .inputs = {{kWaveforms}, {{kStft.n_fft}, 0, 1}},
          .outputs = {stft_problem().power_shape()},
          .run = [](DType, auto in, auto out) {
            kernels::power_spectrogram(stft_problem(), in[0], in[1], out[0]);
          }};
}

Case log_mel_case(const char* name, const Input& waveforms) {
  const auto run = [window = kernels::hann_window(kStft.n_fft), bank = kernels::mel_filter_bank(kMel)](
                       DType, std::span<const View> in, std::span<const Out> out) mutable {
    if (window.device() != in[0].device) {
      window = window.to(in[0].device);
      bank = bank.to(in[0].device);
    }
    const auto p = kernels::LogMelProblem::make(in[0], window, bank, kStft, {});
    kernels::log_mel(p, in[0], window, bank, out[0]);
  };
  const kernels::StftProblem stft = stft_problem();
  return {
      .name = name, .inputs = {waveforms}, .outputs = {{stft.batch, stft.frames, kMel.n_mels}}, .run = run};
}

// One Adam step on as many parameters as short_chunk_cnn has, in place.
Case optimizer_case() {
  const Shape parameters = {3'687'348};
  return {.name = "short-chunk parameters",
          .inputs = {{parameters}, {parameters}, {parameters}, {parameters, 0.1, 1}},
          .run = [](DType, auto in, auto) {
            const kernels::OptimizedParameter parameter = {in[0], in[1], in[2], in[3]};
            kernels::optimizer_step({.rule = kernels::OptimizerRule::adam}, 10, {&parameter, 1});
          }};
}

}  // namespace

std::vector<cases::TableCases> batch_cases() {
  return {{"optimizer_step", {optimizer_case()}},
          {"power_spectrogram", {power_spectrogram_case()}},
          {"log_mel",
           {log_mel_case("short-chunk batch", {kWaveforms}),
            log_mel_case("short-chunk batch of PCM", {kWaveforms, -20000, 20000, DType::i16})}}};
}

}  // namespace sonograd::bench
