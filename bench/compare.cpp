#include "bench/compare.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/statistics.h"
#include "tensor/io/json.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::bench {
namespace {

using nlohmann::json;

struct Timings {
  json context;
  std::string load;  // empty: most cores were free
  std::vector<std::string> order;
  std::map<std::string, std::vector<double>> seconds;  // row -> times of its repetitions
};

std::string string_in(const json& row, const char* key) {
  if (!row.is_object() || !row.contains(key) || !row.at(key).is_string())
    throw FormatError(concat("a row of its benchmarks has no ", key));
  return row.at(key);
}

double seconds_of(const json& row) {
  static const std::map<std::string, double> units = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
  const auto unit = units.find(string_in(row, "time_unit"));
  if (unit == units.end()) throw FormatError("its time_unit is none of ns, us, ms and s");
  return io::number_in<double>(row, "real_time", {0, 1e300}) * unit->second;
}

// The load of the last minute before the timing, when it filled more than half of the cores; else empty.
std::string load_of(const json& context) {
  const json loads = context.value("load_avg", json::array());
  const double cores = context.value("num_cpus", 0.0);
  if (loads.empty() || cores < 1 || loads.at(0).get<double>() <= cores / 2) return "";
  std::ostringstream text;
  text << "a load of " << loads.at(0).get<double>() << " on " << cores << " cores";
  return text.str();
}

// Throws FormatError, and exceptions of json where a value has another type.
Timings parse(const json& document) {
  for (const char* const key : {"context", "benchmarks"}) {
    if (!document.is_object() || !document.contains(key)) throw FormatError(concat("there is no ", key));
  }
  Timings timings{document.at("context"), load_of(document.at("context")), {}, {}};
  for (const json& row : document.at("benchmarks")) {
    const std::string name = string_in(row, "name");
    if (row.value("run_type", "iteration") != "iteration" || row.value("error_occurred", false)) continue;
    std::vector<double>& times = timings.seconds[name];
    if (times.empty()) timings.order.push_back(name);
    times.push_back(seconds_of(row));
    if (!(times.back() > 0)) throw FormatError(concat(name, ": expected a time above 0"));
  }
  return timings;
}

Timings read(const std::filesystem::path& path) {
  const std::string text = io::read_text_file(path);
  const auto refuse = [&](const std::string& reason) -> FormatError {
    return FormatError(concat(path.string(), ": expected the JSON of sonograd bench --out: ", reason));
  };
  try {
    return parse(io::parse_json(text));
  } catch (const json::exception&) {
    throw refuse("a value in it has another type");
  } catch (const FormatError& error) {
    throw refuse(error.what());
  }
}

std::vector<std::string> machine_differences(const json& before, const json& after) {
  std::vector<std::string> differences;
  for (const char* key : {"device", "cpu", "instruction_set", "threads", "precision", "compiler", "onednn"}) {
    const std::string a = before.value(key, "?"), b = after.value(key, "?");
    if (a != b) differences.push_back(concat(key, ": ", a, ", ", b));
  }
  return differences;
}

ComparedRow compare_row(const std::string& name, const std::vector<double>& before,
                        const std::vector<double>& after, double least_noise) {
  ComparedRow row{name, median(before), median(after)};
  row.change = row.after / row.before - 1;
  row.noise = std::max({spread(before), spread(after), least_noise});
  if (row.change > row.noise) row.verdict = Verdict::slower;
  if (row.change < -row.noise) row.verdict = Verdict::faster;
  return row;
}

}  // namespace

std::int64_t Comparison::regressions() const {
  return std::ranges::count(rows, Verdict::slower, &ComparedRow::verdict);
}

Comparison compare(const std::filesystem::path& before, const std::filesystem::path& after,
                   double least_noise) {
  const Timings a = read(before), b = read(after);
  Comparison result;
  result.differences = machine_differences(a.context, b.context);
  if (!a.load.empty()) result.busy.push_back(concat(before.string(), ": ", a.load));
  if (!b.load.empty()) result.busy.push_back(concat(after.string(), ": ", b.load));
  for (const std::string& name : a.order) {
    const auto found = b.seconds.find(name);
    if (found == b.seconds.end()) {
      result.only_before.push_back(name);
    } else {
      result.rows.push_back(compare_row(name, a.seconds.at(name), found->second, least_noise));
    }
  }
  for (const std::string& name : b.order) {
    if (!a.seconds.contains(name)) result.only_after.push_back(name);
  }
  if (result.rows.empty()) {
    const auto some = [](const Timings& timings) {
      return timings.order.empty() ? std::string("no rows") : listed(timings.order, 2);
    };
    throw FormatError(
        concat(before.string(), " and ", after.string(), ": no row is in both: ", some(a), "; ", some(b)));
  }
  return result;
}

}  // namespace sonograd::bench
