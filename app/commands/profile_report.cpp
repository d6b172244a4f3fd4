#include "app/commands/profile_report.h"

#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "bench/profile_rows.h"
#include "tensor/io/output_file.h"

namespace sonograd::app {
namespace {

void print_rows(const char* title, const std::vector<bench::ProfileRow>& rows,
                const std::optional<bench::Peak>& peak) {
  const auto rate = [](double value) { return value > 0 ? fmt::format("{:.2f}", value * 1e-9) : ""; };
  const auto percent = [](double share) { return share > 0 ? fmt::format("{:.1f}%", 100 * share) : ""; };
  Table table({title, "calls", "ms", "share", "GFLOP/s", "GB/s", "of peak"}, "table");
  for (const bench::ProfileRow& row : rows) {
    table.add({row.name, std::to_string(row.calls), fmt::format("{:.3f}", 1e3 * row.seconds),
               percent(row.share), rate(row.flops_second), rate(row.bytes_second),
               peak ? percent(row.flops_second / peak->flops) : ""});
  }
  write_remark(table.aligned() + '\n');
}

}  // namespace

void report_profiles(const std::vector<bench::NamedProfile>& profiles, const std::optional<bench::Peak>& peak,
                     io::AtomicFile& file) {
  for (const auto& [name, profile] : profiles) {
    if (!name.empty()) print_remark("{}\n\n", name);
    print_rows("phase", bench::rows_by_phase(profile), peak);
    print_rows("op (variant)", bench::rows_by_op(profile), peak);
    print_rows("layer", bench::rows_by_layer(profile), peak);
  }
  if (peak)
    print_remark("measured peak {:.0f} GFLOP/s, copy {:.1f} GB/s\n", peak->flops * 1e-9, peak->bytes * 1e-9);
  file.write(bench::chrome_trace(profiles));
  file.commit();
}

int run_profiled(const ComputeOptions& options, const std::function<int()>& command) {
  if (options.profile.empty()) return command();
  io::OutputFile file(options.profile);
  kernels::start_profile();
  const int code = command();
  const kernels::Profile profile = kernels::finish_profile();
  report_profiles({{"", profile}}, profile.on_cpu() ? std::optional(bench::measure_peak()) : std::nullopt,
                  file);
  return code;
}

}  // namespace sonograd::app
