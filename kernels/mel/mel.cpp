#include "kernels/mel/mel.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<MelProject> mel_project_reference, mel_project_sparse;
extern const KernelVariant<PowerToDb> power_to_db_reference, power_to_db_blocked;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<MelProject> mel_project_naive, mel_project_sparse;
                   extern const KernelVariant<PowerToDb> power_to_db_blocked;)

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
  if (!(options.ref > 0) || !(options.amin > 0)) {
    throw ConfigError(concat("[power_to_db] ref, amin: expected numbers above 0, got ", options.ref, " and ",
                             options.amin));
  }
  if (options.top_db)
    check_number("power_to_db", "top_db", *options.top_db, *options.top_db >= 0, "a number of at least 0");
  check_dense("power_to_db", "x", x, x.shape, x.dtype);
  check_dense("power_to_db", "y", y.view, x.shape, x.dtype);
  run<PowerToDb>(kDecibels, {x.shape, options, x.dtype}, {x, y});
}

TableList mel_tables() {
  return {describe<MelProject>(kProject), describe<PowerToDb>(kDecibels)};
}

}  // namespace sonograd::kernels
