#include "kernels/fused/log_mel/log_mel.h"

#include "kernels/core/check.h"
#include "kernels/core/select.h"
#include "kernels/fused/log_mel/log_mel_cpu.h"
#include "kernels/fused/log_mel/log_mel_cuda.h"

namespace sonograd::kernels {
namespace {

constexpr const KernelVariant<LogMel>* kLogMel[] = {
    &cpu::log_mel_composed,
    &cpu::log_mel_one_pass,
    SONOGRAD_ON_CUDA(log_mel_one_pass),
};

}  // namespace

LogMelProblem LogMelProblem::make(const View& x, const View& window, const View& bank,
                                  const StftOptions& stft, const DbOptions& db) {
  if (x.dtype != DType::i16 && x.dtype != window.dtype) {
    throw DTypeError(concat("[log_mel] x wants i16 or ", name_of(window.dtype), ", got ", name_of(x.dtype)));
  }
  if (db.top_db) throw ConfigError("[log_mel] has no top_db: it would tie all frames together");
  if (window.shape.rank() != 1) throw ShapeError(concat("[log_mel] window wants 1 axis, got ", window.shape));
  if (bank.shape.rank() != 2)
    throw ShapeError(concat("[log_mel] bank wants axes [bins, bands], got ", bank.shape));
  return {StftProblem::make(x.shape, window.numel(), stft, window.dtype), bank.shape[1], db, x.dtype,
          window.dtype};
}

void log_mel(const LogMelProblem& p, const View& x, const View& window, const View& bank, const Out& y) {
  check_dense("log_mel", "x", x, p.stft.input_shape(), p.samples);
  check_dense("log_mel", "window", window, {p.stft.win_length}, p.dtype);
  check_dense("log_mel", "bank", bank, {p.stft.bins(), p.bands}, p.dtype);
  check_dense("log_mel", "y", y.view, p.output_shape(), p.dtype);
  run<LogMel>(kLogMel, p, {x, window, bank, y}, x.device);
}

TableList log_mel_tables() {
  return {describe<LogMel>(kLogMel)};
}

}  // namespace sonograd::kernels
