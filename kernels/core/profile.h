// Where time goes: every kernel call and every parallel launch opens a range here. Off, it costs one load.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::kernels {

/// Starts collecting ranges in this process; `write_profile` ends it.
void start_profile();
/// Writes what was collected as a Chrome trace (chrome://tracing, Perfetto). Throws IoError.
void write_profile(const std::string& path);
bool profiling();

/// All ranges of one name and detail together.
struct ProfileSum {
  std::string_view name, detail;
  std::int64_t calls = 0;
  double seconds = 0;
};
/// Ends collecting as `write_profile` does, and sums up instead: what took longest comes first. Ranges inside
/// ranges count in both.
std::vector<ProfileSum> finish_profile();

/// One timed stretch on this thread. The names must outlive the process's profile (string literals).
class ProfileRange {
 public:
  explicit ProfileRange(std::string_view name, std::string_view detail = {}) : name_(name), detail_(detail) {
    if (profiling()) begin_ = std::chrono::steady_clock::now();
  }
  ~ProfileRange() {
    if (begin_ != std::chrono::steady_clock::time_point()) finish();
  }
  ProfileRange(const ProfileRange&) = delete;
  ProfileRange& operator=(const ProfileRange&) = delete;

 private:
  void finish() noexcept;

  std::string_view name_;
  std::string_view detail_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace sonograd::kernels
