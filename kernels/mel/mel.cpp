#include "kernels/mel/mel.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<MelProject> mel_project_reference, mel_project_sparse;
extern const KernelVariant<PowerToDb> power_to_db_reference, power_to_db_blocked;
extern const KernelVariant<PowerToDbBackward> power_to_db_backward_reference, power_to_db_backward_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<MelProject> mel_project_naive, mel_project_sparse;
                   extern const KernelVariant<PowerToDb> power_to_db_blocked;
                   extern const KernelVariant<PowerToDbBackward> power_to_db_backward_vectorized;)

namespace {

constexpr const KernelVariant<MelProject>* kProject[] = {
    &cpu::mel_project_reference,
    &cpu::mel_project_sparse,
    SONOGRAD_ON_CUDA(mel_project_naive),
    SONOGRAD_ON_CUDA(mel_project_sparse),
};
constexpr const KernelVariant<PowerToDb>* kDecibels[] = {
    &cpu::power_to_db_reference,
    &cpu::power_to_db_blocked,
    SONOGRAD_ON_CUDA(power_to_db_blocked),
};
constexpr const KernelVariant<PowerToDbBackward>* kDecibelsBackward[] = {
    &cpu::power_to_db_backward_reference,
    &cpu::power_to_db_backward_simd,
    SONOGRAD_ON_CUDA(power_to_db_backward_vectorized),
};

void check_decibels(const DbOptions& options) {
  if (!(options.ref > 0) || !(options.amin > 0)) {
    throw ConfigError(concat("[power_to_db] ref, amin: expected numbers above 0, got ", options.ref, " and ",
                             options.amin));
  }
  if (options.top_db)
    check_number("power_to_db", "top_db", *options.top_db, *options.top_db >= 0, "a number of at least 0");
}

}  // namespace

MelProblem MelProblem::make(const Shape& power, const Shape& bank, DType dtype) {
  if (bank.rank() != 2) throw ShapeError(concat("[mel] bank: expected axes [bins, bands], got ", bank));
  if (power.rank() < 1 || power[-1] != bank[0]) {
    throw ShapeError(
        concat("[mel] power: expected [..., ", bank[0], "] as the bins of bank ", bank, ", got ", power));
  }
  const std::int64_t rows = bank[0] == 0 ? 0 : power.numel() / bank[0];
  return {power, power.with(-1, bank[1]), rows, bank[0], bank[1], dtype};
}

void mel_project(const MelProblem& p, const View& power, const View& bank, const Out& y) {
  check_dense("mel_project", "power", power, p.power, p.dtype);
  check_dense("mel_project", "bank", bank, {p.bins, p.bands}, p.dtype);
  check_dense("mel_project", "y", y.view, p.output, p.dtype);
  run<MelProject>(kProject, p, {power, bank, y});
}

void power_to_db(const View& x, const DbOptions& options, const Out& y) {
  check_decibels(options);
  check_dense("power_to_db", "x", x, x.shape, x.dtype);
  check_dense("power_to_db", "y", y.view, x.shape, x.dtype);
  run<PowerToDb>(kDecibels, {x.shape, options, x.dtype}, {x, y});
}

void power_to_db_backward(const View& x, const DbOptions& options, const View& dy, const Out& dx) {
  check_decibels(options);
  if (options.top_db)
    throw ConfigError("[power_to_db] top_db: a limited range has no gradient; expected none");
  check_dense("power_to_db_backward", "x", x, x.shape, x.dtype);
  check_dense("power_to_db_backward", "dy", dy, x.shape, x.dtype);
  check_dense("power_to_db_backward", "dx", dx.view, x.shape, x.dtype);
  run<PowerToDbBackward>(kDecibelsBackward, {x.shape, options, x.dtype}, {x, dy, dx});
}

TableList mel_tables() {
  return {describe<MelProject>(kProject), describe<PowerToDb>(kDecibels),
          describe<PowerToDbBackward>(kDecibelsBackward)};
}

}  // namespace sonograd::kernels
