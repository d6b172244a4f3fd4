#include "app/commands/timeline_hint.h"

#include <cmath>
#include <fmt/format.h>

#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::app {
namespace {

// A timeline with fewer shows little.
constexpr std::int64_t kFewPoints = 8;

}  // namespace

std::string timeline_hint(double seconds, const models::ChunkRule& rule) {
  const auto samples = static_cast<std::int64_t>(std::llround(seconds * rule.sample_rate));
  const std::int64_t points = rule.count_in(samples);
  if (points >= kFewPoints || samples <= rule.length) return "";
  const std::string has = concat("the timeline has ", counted(static_cast<std::size_t>(points), "point"));
  const double current_hop = static_cast<double>(rule.hop) / rule.sample_rate;
  for (const double hop : {1.0, 0.5, 0.1}) {
    if (rule.count == 0 && hop >= current_hop) continue;
    models::ChunkRule shorter = rule;
    shorter.count = 0;
    shorter.hop = std::llround(hop * rule.sample_rate);
    if (shorter.hop < 1 || shorter.hop > rule.length) continue;
    const std::int64_t more = shorter.count_in(samples);
    if (more >= kFewPoints) return fmt::format("{}; --hop {} makes {}", has, hop, more);
  }
  return fmt::format("{}: a chunk of the model has {:.1f} s, the file {:.1f} s", has,
                     static_cast<double>(rule.length) / rule.sample_rate, seconds);
}

}  // namespace sonograd::app
