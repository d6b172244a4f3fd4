#include "kernels/fused/log_mel/log_mel.h"

#include "kernels/core/check.h"
#include "kernels/core/composed.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<LogMel> log_mel_one_pass;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<LogMel> log_mel_one_pass;)

namespace {

// ---- composed: the plain kernels one after the other.
const char* why_not_composed(const LogMelProblem& p, const Context& context) {
  const bool host = context.device.kind == DeviceKind::cpu;
  return p.samples == DType::i16 && !host ? "16-bit samples are converted on the CPU only" : nullptr;
}

std::size_t composed_workspace(const LogMelProblem& p) {
  return Workspace::bytes(p.stft.input_shape(), p.dtype) + Workspace::bytes(p.stft.power_shape(), p.dtype) +
         Workspace::bytes(p.output_shape(), p.dtype);
}

void run_composed(const LogMelProblem& p, const LogMel::Args& a, const Context&, Workspace workspace) {
  View x = a.x;
  if (p.samples == DType::i16) {
    x = workspace.take(p.stft.input_shape(), p.dtype, a.x.device);
    visit_real(p.dtype, "log_mel", [&](auto type) {
      using T = decltype(type);
      for (std::int64_t i = 0; i < x.numel(); ++i) {
        x.data<T>()[i] = static_cast<T>(a.x.data<std::int16_t>()[i] * kPcmUnit);
      }
    });
  }
  const View power = workspace.take(p.stft.power_shape(), p.dtype, a.x.device);
  const View mel = workspace.take(p.output_shape(), p.dtype, a.x.device);
  power_spectrogram(p.stft, x, a.window, set(power));
  mel_project(MelProblem::make(power.shape, a.bank.shape, p.dtype), power, a.bank, set(mel));
  power_to_db(mel, p.db, a.y);
}

constexpr EveryDevice<LogMel> kComposed({
    .name = "composed",
    .why_not = why_not_composed,
    .workspace = composed_workspace,
    .run = run_composed,
});

constexpr const KernelVariant<LogMel>* kLogMel[] = {
    SONOGRAD_ON_EVERY_DEVICE(kComposed),
    &cpu::log_mel_one_pass,
    SONOGRAD_ON_CUDA(log_mel_one_pass),
};

}  // namespace

LogMelProblem LogMelProblem::make(const View& x, const View& window, const View& bank,
                                  const StftOptions& stft, const DbOptions& db) {
  if (x.dtype != DType::i16 && x.dtype != window.dtype) {
    throw DTypeError(
        concat("[log_mel] x: expected i16 or ", name_of(window.dtype), ", got ", name_of(x.dtype)));
  }
  if (db.top_db) throw ConfigError("[log_mel] top_db: expected none, since it depends on all frames");
  if (window.shape.rank() != 1)
    throw ShapeError(concat("[log_mel] window: expected 1 axis, got ", window.shape));
  if (bank.shape.rank() != 2)
    throw ShapeError(concat("[log_mel] bank: expected axes [bins, bands], got ", bank.shape));
  return {StftProblem::make(x.shape, window.numel(), stft, window.dtype), bank.shape[1], db, x.dtype,
          window.dtype};
}

void log_mel(const LogMelProblem& p, const View& x, const View& window, const View& bank, const Out& y) {
  check_dense("log_mel", "x", x, p.stft.input_shape(), p.samples);
  check_dense("log_mel", "window", window, {p.stft.win_length}, p.dtype);
  check_dense("log_mel", "bank", bank, {p.stft.bins(), p.bands}, p.dtype);
  check_dense("log_mel", "y", y.view, p.output_shape(), p.dtype);
  run<LogMel>(kLogMel, p, {x, window, bank, y});
}

TableList log_mel_tables() {
  return {describe<LogMel>(kLogMel)};
}

}  // namespace sonograd::kernels
