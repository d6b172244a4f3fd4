#include "bench/chrome_trace.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace sonograd::bench {
namespace {

using nlohmann::ordered_json;

double microseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

ordered_json arguments(const kernels::ProfileEvent& event) {
  ordered_json args = ordered_json::object();
  const auto& [flops, bytes, problem, channels] = event.work;
  const double seconds = std::chrono::duration<double>(event.duration).count();
  if (!event.label.layer.empty()) args["layer"] = event.label.layer;
  if (!event.label.variant.empty()) args["variant"] = event.label.variant;
  if (!problem.empty()) args["problem"] = problem;
  if (flops > 0 && seconds > 0) args["GFLOP/s"] = flops / seconds * 1e-9;
  if (bytes > 0 && seconds > 0) args["GB/s"] = bytes / seconds * 1e-9;
  return args;
}

ordered_json process_name(std::size_t process, const std::string& name) {
  return {{"ph", "M"}, {"name", "process_name"}, {"pid", process}, {"args", {{"name", name}}}};
}

ordered_json complete_event(std::size_t process, const kernels::ProfileEvent& event) {
  return {{"ph", "X"},
          {"name", event.label.name},
          {"cat", kernels::name_of(event.label.kind)},
          {"ts", microseconds(event.begin)},
          {"dur", microseconds(event.duration)},
          {"pid", process},
          {"tid", event.thread},
          {"args", arguments(event)}};
}

}  // namespace

std::string chrome_trace(std::span<const NamedProfile> profiles) {
  std::string text = R"({"displayTimeUnit":"ms","traceEvents":[)";
  const char* separator = "\n";
  const auto add = [&](const ordered_json& event) {
    text += std::exchange(separator, ",\n");
    text += event.dump();
  };
  for (std::size_t process = 0; process < profiles.size(); ++process) {
    const auto& [name, profile] = profiles[process];
    if (!name.empty()) add(process_name(process, name));
    for (const kernels::ProfileEvent& event : profile.events) add(complete_event(process, event));
  }
  return text + "\n]}\n";
}

}  // namespace sonograd::bench
