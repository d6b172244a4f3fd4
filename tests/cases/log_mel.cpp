#include "kernels/fused/log_mel/log_mel.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::LogMelProblem;
using kernels::MelOptions;
using kernels::StftOptions;

struct FrontEnd {
  const char* name;
  Shape x;
  DType samples;
  StftOptions stft;
  MelOptions mel;
  bool bench = false;
};

const FrontEnd kFrontEnds[] = {
    {"16 kHz taggers", {1, 59049}, DType::f32, {512, 256}, {.n_mels = 128}, true},
    {"16 kHz taggers, PCM", {2, 6000}, DType::i16, {512, 256}, {}, true},
    {"music tagging transformer", {1, 22050}, DType::f32, {1024, 512}, {22050, 1024, 128, 0, 11025}, true},
    {"odd length", {3, 1001}, DType::f32, {225, 100}, {.n_fft = 225, .n_mels = 20}},
};

}  // namespace

OpCases log_mel_cases() {
  TableCases table{"log_mel", {}};
  for (const FrontEnd& end : kFrontEnds) {
    const auto call = [end](DType dtype, std::span<const View> in, const Out* out) {
      const Tensor window = kernels::hann_window(end.stft.n_fft).to(dtype).to(in[0].device);
      const Tensor bank = kernels::mel_filter_bank(end.mel).to(dtype).to(in[0].device);
      const auto p = LogMelProblem::make(in[0], window, bank, end.stft, {});
      if (out != nullptr) kernels::log_mel(p, in[0], window, bank, *out);
      return p;
    };
    const bool pcm = end.samples == DType::i16;
    const Input input = {end.x, pcm ? -20000.0 : -1.0, pcm ? 20000.0 : 1.0, end.samples};
    float nothing = 0;
    const View shape_only(&nothing, end.x, end.samples, Device{});
    const LogMelProblem p = call(DType::f32, {&shape_only, 1}, nullptr);
    // Rounding of the transform is 1e-7 of the loudest bin; noise has no band far below that. An empty band
    // is -100 dB.
    table.list.push_back({end.name,
                          {input},
                          {p.output_shape()},
                          [call](DType dtype, auto in, auto out) { call(dtype, in, &out[0]); },
                          1e-5,
                          p.flops(),
                          p.bytes(),
                          end.bench});
  }
  return {table};
}

}  // namespace sonograd::cases
