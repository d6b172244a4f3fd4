#include "train/data/label_times.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace sonograd::train {

LabelTimes::LabelTimes(std::vector<TimedLabel> times, std::size_t labels) : first_(labels + 1) {
  std::ranges::sort(times, {}, [](const TimedLabel& time) { return std::tuple(time.label, time.begin); });
  for (const TimedLabel& time : times) {
    const bool goes_on =
        !times_.empty() && times_.back().label == time.label && time.begin <= times_.back().end;
    if (goes_on) {
      times_.back().end = std::max(times_.back().end, time.end);
    } else {
      times_.push_back(time);
    }
  }
  for (std::size_t label = 0; label <= labels; ++label) {
    const auto first = std::ranges::lower_bound(times_, label, {}, &TimedLabel::label);
    first_[label] = static_cast<std::size_t>(first - times_.begin());
  }
}

void LabelTimes::append_targets(const SteppedChunk& chunk, Task task, std::vector<float>& targets) const {
  const auto rate = static_cast<double>(chunk.sample_rate);
  std::vector<double> cover(labels());
  for (std::int64_t step = 0; step < chunk.steps; ++step) {
    std::ranges::fill(cover, 0);
    const std::int64_t first = step * chunk.samples / chunk.steps,
                       end = (step + 1) * chunk.samples / chunk.steps;
    for (std::int64_t at = first; at < end && chunk.place.length > 0;) {
      const std::int64_t begin_of_copy = at / chunk.place.length * chunk.place.length;
      if (begin_of_copy > 0 && chunk.pad == audio::Pad::zero) break;
      const std::int64_t end_here = std::min(end, begin_of_copy + chunk.place.length);
      const std::int64_t shift = chunk.place.start - begin_of_copy;
      add_cover(static_cast<double>(at + shift) / rate, static_cast<double>(end_here + shift) / rate, cover);
      at = end_here;
    }
    const double half = static_cast<double>(end - first) / rate / 2;
    const std::size_t row = targets.size();
    targets.resize(row + labels(), 0.0f);
    if (task == Task::multi_label) {
      for (std::size_t label = 0; label < labels(); ++label) targets[row + label] = cover[label] >= half;
      continue;
    }
    double labelled = 0;
    for (const double seconds : cover) labelled += seconds;
    const auto most = static_cast<std::size_t>(std::ranges::max_element(cover) - cover.begin());
    if (labelled >= half) targets[row + most] = 1;
  }
}

std::vector<double> LabelTimes::seconds() const {
  std::vector<double> sums(labels());
  for (const TimedLabel& time : times_) sums[time.label] += time.end - time.begin;
  return sums;
}

std::string to_text(const LabelTimes& times) {
  std::string text;
  for (const TimedLabel& time : times.times())
    text += fmt::format("{} {} {};", time.begin, time.end, time.label);
  return text + '\n';
}

void LabelTimes::add_cover(double begin, double end, std::span<double> seconds) const {
  for (std::size_t label = 0; label < labels(); ++label) {
    const std::span<const TimedLabel> own =
        std::span(times_).subspan(first_[label], first_[label + 1] - first_[label]);
    auto time = std::ranges::upper_bound(own, begin, {}, &TimedLabel::end);
    for (; time != own.end() && time->begin < end; ++time)
      seconds[label] += std::min(end, time->end) - std::max(begin, time->begin);
  }
}

}  // namespace sonograd::train
