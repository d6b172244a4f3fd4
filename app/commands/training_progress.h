// Progress of `sonograd train` on stderr.
#pragma once

#include <memory>
#include <optional>

#include "app/options/compute_options.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/phase_clock.h"
#include "app/terminal/progress.h"
#include "train/run/run_observer.h"

namespace sonograd::app {

/// A bar within the epoch, a line after it, on stderr. Ctrl-C stops the run at the next step.
class TrainingProgress final : public train::RunObserver {
 public:
  /// Prints `device` by `options`, which must outlive it, once settings and data have been checked.
  TrainingProgress(const ComputeOptions& options, Device device)
      : options_(options),
        device_(device),
        lines_(!options.quiet),
        bars_(!options.quiet && !options.no_progress),
        clock_(options.verbose) {
    catch_interrupts();
    clock_.begin("listing clips");
  }

  void on_prepare(std::size_t done, std::size_t total) override;
  void on_validate(std::size_t done, std::size_t total) override;
  void on_step(const train::StepReport& report) override;
  void on_epoch(const train::EpochReport& report) override;
  void on_warning(const std::string& message) override;
  void on_partial_start(const std::string& message) override;
  void on_failure(const std::filesystem::path& folder) override;
  bool keep_going() override;

 private:
  void show(const std::string& label, const std::string& unit, std::size_t done, std::size_t total,
            const std::string& note);

  const ComputeOptions& options_;
  Device device_;
  bool is_announced_ = false;
  bool lines_, bars_;
  PhaseClock clock_;
  std::string label_;
  std::optional<Progress> progress_;
  double seconds_left_ = 0;
};

}  // namespace sonograd::app
