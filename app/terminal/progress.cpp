#include "app/terminal/progress.h"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

#include "app/terminal/output.h"
#include "app/terminal/window.h"

namespace sonograd::app {
namespace {

constexpr std::chrono::milliseconds kTerminalInterval{100};
constexpr std::chrono::seconds kPlainInterval{15};
constexpr int kBarWidth = 24;

std::string bar(double share) {
  const int full = static_cast<int>(share * kBarWidth);
  return std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(kBarWidth - full), '.');
}

// A line that is longer than the terminal is wide would wrap, and stay. The last column stays empty: some terminals wrap there.
std::string fitted_line(const std::string& bar, const std::string& line, std::size_t columns) {
  const std::size_t most = std::max<std::size_t>(columns, 2) - 1;
  const std::string both = bar + ' ' + line;
  return width_of(both) <= most ? both : cut_to_width(line, most);
}

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string format_length(double seconds) {
  return seconds > 0 && seconds < 1 ? fmt::format("{:.2g} s", seconds) : format_duration(seconds);
}

Progress::Progress(std::string label, std::string unit, std::int64_t total, bool enabled)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      enabled_(enabled),
      terminal_(takes_escapes(STDERR_FILENO)) {}

Progress::~Progress() {
  clear();
}

void Progress::update(std::int64_t done, const std::string& note) {
  done_ = done;
  const Clock::time_point now = Clock::now();
  if (!enabled_ ||
      now - last_ < (terminal_ ? Clock::duration(kTerminalInterval) : Clock::duration(kPlainInterval))) {
    return;
  }
  last_ = now;
  print(note);
}

void Progress::print(const std::string& note) {
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  const double share = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 0;
  const std::string eta = done_ > 0 ? format_duration(elapsed * (1 - share) / share) : "?";
  const std::string line = fmt::format("{} {}/{} {}, ETA {}{}{}", label_, done_, total_, unit_, eta,
                                       note.empty() ? "" : ", ", note);
  if (terminal_) {
    print_remark("\r\033[K{}", fitted_line(bar(share), line, terminal_columns(STDERR_FILENO).value_or(80)));
    drawn_ = true;
  } else {
    print_remark("{}\n", line);
  }
}

void Progress::clear() {
  if (!drawn_) return;
  print_remark("\r\033[K");
  drawn_ = false;
}

}  // namespace sonograd::app
