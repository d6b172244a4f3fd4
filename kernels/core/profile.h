// Where time goes: kernel calls, the parallel launches inside them and the phases of a step open ranges here.
// Off, a range costs one load. While a profile is taken, each op of a GPU is waited for, so that its range is its time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/device/device.h"

namespace sonograd::kernels {

enum class RangeKind : std::uint8_t {
  op,      ///< a call of a kernel
  launch,  ///< a parallel loop of a kernel
  phase,   ///< a part of a step: load, front end, forward, backward, optimizer
};
std::string_view name_of(RangeKind kind);

/// What a call has to do at least, and on what.
struct Work {
  double flops = 0;
  double bytes = 0;           ///< every operand touched once
  std::string problem;        ///< its shapes and options
  std::int64_t channels = 0;  ///< of a convolution: those that it reads or writes, whichever are fewer
};

/// What a range was opened for. The names live as long as the process.
struct RangeLabel {
  RangeKind kind = RangeKind::op;
  std::string_view name;
  std::string_view variant;             ///< of an op
  DeviceKind device = DeviceKind::cpu;  ///< of an op
  std::string_view layer;               ///< dotted name of the layer it belongs to; empty outside of layers
  friend auto operator<=>(const RangeLabel&, const RangeLabel&) = default;
};

struct ProfileEvent {
  RangeLabel label;
  Work work;
  std::chrono::nanoseconds begin{};  ///< since `start_profile`
  std::chrono::nanoseconds duration{};
  int thread = 0;  ///< counts from 0
};

/// All ranges of one label together.
struct ProfileSum {
  RangeLabel label;
  Work work;  ///< flops and bytes of all calls, problem and channels of the first
  std::int64_t calls = 0;
  double seconds = 0;
};

struct Profile {
  std::vector<ProfileEvent> events;  ///< the first `kMaxEvents`, in the order in which they ended
  std::vector<ProfileSum> sums;  ///< of all, longest first; ops that other ops call count as part of those

  /// Did every op run on the CPU?
  bool on_cpu() const;
};
inline constexpr std::size_t kMaxEvents = 200'000;

/// Starts collecting ranges in this process, from nothing.
void start_profile();
/// Ends collecting.
Profile finish_profile();
bool profiling();

/// One timed stretch on this thread.
class ProfileRange {
 public:
  explicit ProfileRange(RangeKind kind, std::string_view name, std::string_view variant = {},
                        DeviceKind device = DeviceKind::cpu) {
    if (profiling()) start({kind, name, variant, device, {}});
  }
  ~ProfileRange() {
    if (begin_ != std::chrono::steady_clock::time_point()) finish();
  }
  ProfileRange(const ProfileRange&) = delete;
  ProfileRange& operator=(const ProfileRange&) = delete;

  void set_work(Work work) { work_ = std::move(work); }

 private:
  void start(const RangeLabel& label);
  void finish() noexcept;

  RangeLabel label_;
  Work work_;
  std::chrono::steady_clock::time_point begin_;
};

/// What `body` returns, timed as a phase.
template <class Body>
auto in_phase(std::string_view name, const Body& body) {
  const ProfileRange range(RangeKind::phase, name);
  return body();
}

/// While it lives, ranges on this thread belong to a layer.
class LayerScope {
 public:
  /// `layer` must be from `layer_label`, or empty.
  explicit LayerScope(std::string_view layer);
  ~LayerScope();
  LayerScope(const LayerScope&) = delete;
  LayerScope& operator=(const LayerScope&) = delete;

  /// The layer that is open on this thread.
  static std::string_view current();

 private:
  std::string_view previous_;
};
/// A copy of `name` that lives as long as the process.
std::string_view layer_label(const std::string& name);

}  // namespace sonograd::kernels
