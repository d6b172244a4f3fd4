// Progress on stderr: a bar with ETA on a terminal, a plain line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sonograd::app {

class Progress {
 public:
  /// `unit` names what is counted ("files"). Prints nothing unless `enabled`.
  Progress(std::string label, std::string unit, std::int64_t total, bool enabled);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `note` is shown at the end of the line, as in "152x real time".
  void update(std::int64_t done, const std::string& note = {});
  /// Removes the bar, so that other output can be printed; the next update draws it again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  void print(const std::string& note);

  std::string label_, unit_;
  std::int64_t total_;
  bool enabled_;
  bool terminal_;
  bool drawn_ = false;
  std::int64_t done_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

/// "1:02:03", "4:05" or "12 s".
std::string format_duration(double seconds);

/// The same for the length of a sound, with two digits below a second: "0.25 s".
std::string format_length(double seconds);

}  // namespace sonograd::app
