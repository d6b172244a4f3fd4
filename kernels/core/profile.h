// Profiles: kernel calls, the parallel launches inside them and the phases of a step open timed ranges here.
// While no profile is taken, a range costs one load. While one is taken, each op on a GPU is awaited, so that its range is
// its time.
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

/// The least work of one call, and its problem.
struct Work {
  double flops = 0;
  double bytes = 0;     ///< every operand touched once
  std::string problem;  ///< its shapes and options
  std::int64_t channels =
      0;  ///< convolutions: channels of the input or the output, whichever are fewer; else 0
};

/// Subject of a range. The names live as long as the process.
struct RangeLabel {
  RangeKind kind = RangeKind::op;
  std::string_view name;
  std::string_view variant;             ///< ops only
  DeviceKind device = DeviceKind::cpu;  ///< ops only
  std::string_view layer;  ///< dotted name of the layer that made the call; empty outside of layers
  friend auto operator<=>(const RangeLabel&, const RangeLabel&) = default;
};

struct ProfileEvent {
  RangeLabel label;
  Work work;
  std::chrono::nanoseconds begin{};  ///< time since `start_profile`
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
  /// Sums of all events, longest first. An op that is called by another op counts as part of that.
  std::vector<ProfileSum> sums;

  /// True when every op ran on the CPU.
  bool on_cpu() const;
};
inline constexpr std::size_t kMaxEvents = 200'000;

/// Drops what was collected and starts to collect the ranges of all threads of this process.
void start_profile();
/// Stops, and returns the ranges since `start_profile`.
Profile finish_profile();
bool profiling();

/// One timed range on this thread, from construction to destruction.
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

/// Runs `body` as a phase of a profile; returns its result.
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
