#include "train/data/stratify.h"

#include <algorithm>
#include <optional>

namespace sonograd::train {
namespace {

constexpr std::size_t kNoPart = static_cast<std::size_t>(-1);

class Stratifier {
 public:
  Stratifier(std::span<const LabelledGroup> groups, std::span<const double> shares)
      : groups_(groups), parts_(shares.size()), part_of_(groups.size(), kNoPart), unassigned_(groups.size()) {
    std::size_t labels = 0;
    double clips = 0;
    for (const LabelledGroup& group : groups) {
      clips += static_cast<double>(group.clips);
      for (const std::size_t label : group.labels) labels = std::max(labels, label + 1);
    }
    groups_with_.resize(labels);
    std::vector<double> counts(labels);
    for (std::size_t group = 0; group < groups.size(); ++group) {
      for (const std::size_t label : groups[group].labels) {
        counts[label] += 1;
        if (groups_with_[label].empty() || groups_with_[label].back() != group)
          groups_with_[label].push_back(group);
      }
    }
    for (const double share : shares) missing_clips_.push_back(share * clips);
    groups_in_part_.resize(parts_);
    for (std::size_t label = 0; label < labels; ++label) {
      left_.push_back(groups_with_[label].size());
      missing_.emplace_back();
      for (const double share : shares) {
        const double fair = share * counts[label];
        missing_[label].push_back(reaches_all_parts(label) ? std::max(1.0, fair) : fair);
      }
    }
  }

  std::vector<std::size_t> run() {
    while (const auto label = rarest()) {
      for (const std::size_t group : groups_with_[*label])
        if (part_of_[group] == kNoPart) assign(group, neediest(&missing_[*label]));
    }
    for (std::size_t group = 0; group < groups_.size(); ++group)
      if (part_of_[group] == kNoPart) assign(group, neediest(nullptr));
    return repaired();
  }

 private:
  bool reaches_all_parts(std::size_t label) const { return groups_with_[label].size() >= parts_; }

  /// The label with the fewest groups to assign; those that cannot be in every part come last.
  std::optional<std::size_t> rarest() const {
    std::optional<std::size_t> best;
    const auto comes_before = [&](std::size_t a, std::size_t b) {
      if (reaches_all_parts(a) != reaches_all_parts(b)) return reaches_all_parts(a);
      return left_[a] < left_[b];
    };
    for (std::size_t label = 0; label < left_.size(); ++label)
      if (left_[label] > 0 && (!best || comes_before(label, *best))) best = label;
    return best;
  }

  /// The part that lacks most of a label, among equals the one that lacks most clips. The last groups go to parts that are empty.
  std::size_t neediest(const std::vector<double>* missing) const {
    const auto empty = static_cast<std::size_t>(std::ranges::count(groups_in_part_, std::size_t{0}));
    const bool only_empty = unassigned_ <= empty;
    std::size_t best = kNoPart;
    for (std::size_t part = 0; part < parts_; ++part) {
      if (only_empty && groups_in_part_[part] > 0) continue;
      if (best == kNoPart || lacks_more(part, best, missing)) best = part;
    }
    return best;
  }
  bool lacks_more(std::size_t a, std::size_t b, const std::vector<double>* missing) const {
    if (missing != nullptr && (*missing)[a] != (*missing)[b]) return (*missing)[a] > (*missing)[b];
    return missing_clips_[a] > missing_clips_[b];
  }

  void assign(std::size_t group, std::size_t part) {
    part_of_[group] = part;
    --unassigned_;
    ++groups_in_part_[part];
    missing_clips_[part] -= static_cast<double>(groups_[group].clips);
    for (const std::size_t label : groups_[group].labels) missing_[label][part] -= 1;
    for_each_label(group, [&](std::size_t label) { --left_[label]; });
  }

  template <class F>
  void for_each_label(std::size_t group, F visit) const {
    std::vector<std::size_t> labels = groups_[group].labels;
    std::ranges::sort(labels);
    labels.erase(std::ranges::unique(labels).begin(), labels.end());
    for (const std::size_t label : labels) visit(label);
  }

  std::size_t count(std::size_t label, std::size_t part) const {
    return static_cast<std::size_t>(
        std::ranges::count(groups_with_[label], part, [&](std::size_t group) { return part_of_[group]; }));
  }

  /// Number of parts without a label that should be there.
  std::size_t gaps() const {
    std::size_t all = 0;
    for (std::size_t label = 0; label < groups_with_.size(); ++label)
      for (std::size_t part = 0; reaches_all_parts(label) && part < parts_; ++part)
        all += count(label, part) == 0;
    return all;
  }

  /// The assignment with the fewest gaps of some rounds of moves. A move may open one gap, from the second round on, which a later move
  /// can fill from elsewhere.
  std::vector<std::size_t> repaired() {
    constexpr int kRounds = 8;
    std::vector<std::size_t> best = part_of_;
    std::size_t fewest = gaps();
    for (int round = 0; round < kRounds && fewest > 0; ++round) {
      for (std::size_t label = 0; label < groups_with_.size(); ++label)
        if (reaches_all_parts(label)) fill_gaps(label, round == 0 ? 0 : 1);
      if (const std::size_t now = gaps(); now < fewest) {
        fewest = now;
        best = part_of_;
      }
    }
    return best;
  }

  /// Moves a group to each part without the label, where that opens at most `most` gaps and empties no part.
  void fill_gaps(std::size_t label, std::size_t most) {
    for (std::size_t part = 0; part < parts_; ++part) {
      if (count(label, part) > 0) continue;
      std::size_t best = groups_.size(), fewest = most + 1;
      for (const std::size_t group : groups_with_[label]) {
        const std::size_t from = part_of_[group];
        if (groups_in_part_[from] < 2) continue;
        std::size_t opened = 0;
        for_each_label(
            group, [&](std::size_t other) { opened += reaches_all_parts(other) && count(other, from) < 2; });
        if (opened < fewest) {
          fewest = opened;
          best = group;
        }
      }
      if (best == groups_.size()) continue;
      --groups_in_part_[part_of_[best]];
      part_of_[best] = part;
      ++groups_in_part_[part];
    }
  }

  std::span<const LabelledGroup> groups_;
  std::size_t parts_;
  std::vector<std::size_t> part_of_;
  std::size_t unassigned_;
  std::vector<std::vector<std::size_t>> groups_with_;  ///< by label, ascending
  std::vector<std::size_t> left_;                      ///< by label: groups to assign
  std::vector<std::vector<double>> missing_;           ///< [labels, parts]: clips that the part lacks
  std::vector<double> missing_clips_;                  ///< by part
  std::vector<std::size_t> groups_in_part_;
};

}  // namespace

std::vector<std::size_t> stratified_parts(std::span<const LabelledGroup> groups,
                                          std::span<const double> shares) {
  return Stratifier(groups, shares).run();
}

}  // namespace sonograd::train
