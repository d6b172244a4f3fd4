#include "bench/profile_rows.h"

#include <algorithm>
#include <functional>
#include <map>

#include "tensor/support/error.h"

namespace sonograd::bench {
namespace {

using kernels::Profile;
using kernels::ProfileSum;
using kernels::RangeKind;
using kernels::RangeLabel;

template <class NameOf>
std::vector<ProfileRow> group(const Profile& profile, RangeKind kind, const NameOf& name_of) {
  std::map<std::string, ProfileRow> groups;
  double total = 0;
  for (const ProfileSum& sum : profile.sums) {
    if (sum.label.kind != kind) continue;
    ProfileRow& row = groups[name_of(sum.label)];
    row.calls += sum.calls;
    row.seconds += sum.seconds;
    row.flops_second += sum.work.flops;
    row.bytes_second += sum.work.bytes;
    total += sum.seconds;
  }
  std::vector<ProfileRow> rows;
  for (auto& [name, row] : groups) {
    row.name = name;
    row.share = row.seconds / total;
    row.flops_second /= row.seconds;
    row.bytes_second /= row.seconds;
    rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, std::greater(), &ProfileRow::seconds);
  return rows;
}

}  // namespace

std::vector<ProfileRow> rows_by_phase(const Profile& profile) {
  return group(profile, RangeKind::phase, [](const RangeLabel& label) { return std::string(label.name); });
}

std::vector<ProfileRow> rows_by_op(const Profile& profile) {
  return group(profile, RangeKind::op,
               [](const RangeLabel& label) { return concat(label.name, " (", label.variant, ")"); });
}

std::vector<ProfileRow> rows_by_layer(const Profile& profile) {
  return group(profile, RangeKind::op, [](const RangeLabel& label) {
    return std::string(label.layer.empty() ? "(no layer)" : label.layer);
  });
}

Effort wide_convolutions(const Profile& profile) {
  Effort effort;
  for (const ProfileSum& sum : profile.sums) {
    if (sum.label.kind != RangeKind::op || sum.work.channels < kWideChannels) continue;
    effort.flops += sum.work.flops;
    effort.seconds += sum.seconds;
  }
  return effort;
}

}  // namespace sonograd::bench
