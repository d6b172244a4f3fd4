#include "train/report/set_page.h"

#include <fmt/format.h>
#include <numeric>

#include "audio/shard_index.h"
#include "tensor/io/atomic_file.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "train/data/label_set.h"
#include "train/data/labels_table.h"
#include "train/data/prepare/description.h"
#include "train/data/prepare/prepare.h"
#include "train/report/document.h"
#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

constexpr std::size_t kMostSkipped = 1000;

struct PartRows {
  std::string name;
  std::vector<std::size_t> rows;
};

/// The parts by the column `split`; without it, all clips as one part.
std::vector<PartRows> parts_of(const LabelsTable& table) {
  const auto column = table.find_column("split");
  std::vector<PartRows> parts = {{column ? "train" : "clips", {}}};
  if (column) parts.insert(parts.end(), {{"valid", {}}, {"test", {}}});
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string_view part = column ? std::string_view(table.cell(row, *column)) : "";
    parts[part == "valid" ? 1 : part == "test" ? 2 : 0].rows.push_back(row);
  }
  return parts;
}

DataStatistics statistics_of(const LabelsTable& table, const std::string& name) {
  DataStatistics data;
  data.folder = name;
  const std::size_t seconds = table.column("seconds");
  const std::vector<PartRows> parts = parts_of(table);
  for (const PartRows& part : parts) {
    PartStatistics& statistics =
        data.parts.emplace_back(PartStatistics{.name = part.name, .clips = part.rows.size()});
    for (const std::size_t row : part.rows) {
      const double length = parse_number<double>(table.cell(row, seconds)).value_or(0);
      statistics.seconds += length;
      data.durations.push_back(length);
    }
  }
  const TargetsOf extent = resolve_targets(TaskChoice::automatic, table);
  if (extent == TargetsOf::clip && !table.find_column("tags") && !table.find_column("label")) return data;
  try {
    const LabelSet labels = LabelSet::collect(table, resolve_task(TaskChoice::automatic, table), 0, extent);
    data.labels = labels.names();
    for (std::size_t i = 0; i < parts.size(); ++i)
      data.parts[i].support = labels.support(table, parts[i].rows);
  } catch (const Error&) {  // clips without labels: reading them for a task reports it
  }
  return data;
}

Markup description_section(const PreparationDescription& about) {
  Markup rows;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, name), element("td", {}, value)));
  };
  add("data set", about.data_set);
  add("subset", about.subset);
  add("split", about.split);
  add("sample rate", fmt::format("{} Hz", about.sample_rate));
  add("decoder", about.decoder);
  add("clips in the table", std::to_string(about.clips));
  return section("origin", "Origin", "The data set and the options of data prepare.",
                 element("table", {{"class", "plain"}}, element("tbody", {}, rows)));
}

Markup skipped_section(const TsvTable& skipped) {
  if (skipped.rows().empty()) return {};
  Markup rows;
  for (const TsvTable::Row& row : skipped.rows()) {
    if (&row - skipped.rows().data() >= static_cast<std::ptrdiff_t>(kMostSkipped)) break;
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, row.cells[0]),
                     element("td", {}, row.cells[1]), element("td", {}, row.cells[2])));
  }
  const std::string reading =
      fmt::format("{} of the table without samples here; all of them are in unreadable.tsv.",
                  counted(skipped.rows().size(), "clip"));
  return section("skipped", "Clips that are not in the shards", reading,
                 element("table", {{"class", "plain"}}, element("tbody", {}, rows)));
}

}  // namespace

void write_set_page(const std::filesystem::path& folder, bool replaces) {
  std::error_code ignored;
  const std::filesystem::path file = folder / kStatisticsName;
  if (!replaces && std::filesystem::exists(file, ignored)) return;
  const PreparationDescription about = PreparationDescription::read(folder / audio::kPreparedName);
  ReportData report;
  report.name = about.data_set;
  report.data = statistics_of(LabelsTable::read(folder), about.data_set);
  Markup content = element("header", {}, element("h1", {}, about.data_set),
                           element("p", {{"class", "subtitle"}}, "prepared data"));
  content.add(element("main", {}, data_section(report),
                      skipped_section(TsvTable::read(folder / "unreadable.tsv")),
                      description_section(about)));
  io::replace_file(file, html_document(about.data_set + " – Sonograd data", "", content));
}

}  // namespace sonograd::train::report
