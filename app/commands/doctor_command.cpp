// `sonograd doctor`: what runs here, what does not, and what helps.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/doctor/checks.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "bench/peak.h"
#include "train/config/settings.h"

namespace sonograd::app {
namespace {

using namespace doctor;
using nlohmann::ordered_json;

struct Diagnosis {
  Problems problems;
  Machine machine = check_machine();
  std::vector<DeviceCheck> devices = check_devices(problems);
  std::vector<KernelCheck> kernels = check_kernels(problems);
  std::vector<LibraryCheck> libraries = check_libraries(problems);
  std::vector<FolderCheck> folders = check_folders(problems);
  bench::Peak peak = bench::measure_peak();
  double cache_max_gib = train::Settings().data.cache_max;

  bool usable() const { return std::ranges::none_of(problems, &Problem::is_essential); }
};

// The reason for which a variant does not run.
std::string reason_of(const kernels::Explanation::Row& row) {
  if (!row.reason.empty()) return row.reason;
  return row.choice == kernels::Choice::in_order ? "slower" : "only when it is chosen by name";
}

ordered_json to_json(const KernelCheck& check) {
  ordered_json variants = ordered_json::array();
  for (const auto& row : check.explanation.rows) {
    variants.push_back({{"name", row.name},
                        {"device", Device{row.target}.name()},
                        {"objection", row.reason.empty() ? ordered_json() : ordered_json(row.reason)}});
  }
  return {{"op", check.explanation.op},
          {"problem", check.problem},
          {"runs", check.explanation.chosen},
          {"variants", variants}};
}

void print_json(const Diagnosis& found) {
  const Machine& machine = found.machine;
  ordered_json object = {{"usable", found.usable()},
                         {"problems", ordered_json::array()},
                         {"devices", ordered_json::array()},
                         {"cpu",
                          {{"name", machine.processor},
                           {"instruction_set", machine.instruction_set},
                           {"cores", machine.cores},
                           {"cores_limited_by", machine.cores_limited_by},
                           {"threads", machine.threads},
                           {"waiting", machine.waiting},
                           {"memory_bytes", machine.memory_bytes},
                           {"free_memory_bytes", machine.free_memory_bytes},
                           {"peak_gflops", found.peak.flops * 1e-9},
                           {"copy_gbytes", found.peak.bytes * 1e-9}}},
                         {"libraries", ordered_json::array()},
                         {"caches", ordered_json::array()},
                         {"ops", ordered_json::array()}};
  for (const Problem& problem : found.problems) {
    object["problems"].push_back(
        {{"problem", problem.what}, {"cure", problem.cure}, {"essential", problem.is_essential}});
  }
  for (const DeviceCheck& device : found.devices) {
    object["devices"].push_back(
        {{"name", device.name},
         {"available", device.reason.empty()},
         {"reason", device.reason.empty() ? ordered_json() : ordered_json(device.reason)}});
  }
  for (const LibraryCheck& library : found.libraries) {
    object["libraries"].push_back(
        {{"name", library.name},
         {"version", library.version.empty() ? ordered_json() : ordered_json(library.version)},
         {"detail", library.detail}});
  }
  for (const FolderCheck& folder : found.folders) {
    object["caches"].push_back({{"use", folder.use},
                                {"path", folder.path.string()},
                                {"writable", folder.is_writable},
                                {"files", folder.files},
                                {"bytes", folder.bytes},
                                {"max_bytes", found.cache_max_gib * 1024 * 1024 * 1024}});
  }
  for (const KernelCheck& check : found.kernels) object["ops"].push_back(to_json(check));
  print_data("{}\n", object.dump());
}

double gib(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024 * 1024);
}

void print_machine(const Diagnosis& found) {
  const Machine& machine = found.machine;
  Table table({"machine", ""}, "table");
  table.add({"processor", machine.processor});
  table.add({"instruction set", machine.instruction_set});
  table.add({"cores, threads used",
             fmt::format("{} ({}), {}", machine.cores, machine.cores_limited_by, machine.threads)});
  table.add({"waiting threads", machine.waiting});
  table.add({"memory, free", fmt::format("{:.1f} GiB, {:.1f} GiB", gib(machine.memory_bytes),
                                         gib(machine.free_memory_bytes))});
  table.add({"multiply-adds", fmt::format("{:.0f} GFLOP/s", found.peak.flops * 1e-9)});
  table.add({"copying memory", fmt::format("{:.1f} GB/s", found.peak.bytes * 1e-9)});
  for (const FolderCheck& folder : found.folders) {
    table.add({"cache of " + folder.use, fmt::format("{}: {} files, {:.2f} of {} GiB", folder.path.string(),
                                                     folder.files, gib(folder.bytes), found.cache_max_gib)});
  }
  table.finish();
}

// One table for programs.
void print_rows(const Diagnosis& found, const std::string& format) {
  Table table({"what", "name", "value", "detail"}, format);
  const Machine& machine = found.machine;
  table.add({"machine", "processor", machine.processor, ""});
  table.add({"machine", "instruction set", machine.instruction_set, ""});
  table.add({"machine", "cores", std::to_string(machine.cores), machine.cores_limited_by});
  table.add({"machine", "waiting threads", machine.waiting, ""});
  table.add({"machine", "memory bytes", std::to_string(machine.memory_bytes), ""});
  for (const FolderCheck& folder : found.folders) {
    table.add({"cache", folder.use, folder.is_writable ? "writable" : "not writable", folder.path.string()});
  }
  for (const DeviceCheck& device : found.devices) {
    table.add({"device", device.name, device.reason.empty() ? "runs" : "cannot run", device.reason});
  }
  for (const LibraryCheck& library : found.libraries) {
    table.add(
        {"library", library.name, library.version.empty() ? "missing" : library.version, library.detail});
  }
  for (const auto& [problem, explanation] : found.kernels) {
    table.add({"operation", std::string(explanation.op), std::string(explanation.chosen), problem});
  }
  for (const Problem& problem : found.problems) {
    table.add({"problem", problem.is_essential ? "broken" : "note", problem.what, problem.cure});
  }
  table.finish();
}

void print_kernels(const std::vector<KernelCheck>& checks) {
  Table table({"operation", "runs", "others", "on GPUs", "example"}, "table");
  for (const auto& [problem, explanation] : checks) {
    std::vector<std::string> others, cuda;
    for (const auto& row : explanation.rows) {
      if (row.target == DeviceKind::cuda) cuda.emplace_back(row.name);
      if (row.target != DeviceKind::cpu || row.name == explanation.chosen) continue;
      others.push_back(fmt::format("{} ({})", row.name, reason_of(row)));
    }
    table.add({std::string(explanation.op), std::string(explanation.chosen),
               fmt::format("{}", fmt::join(others, ", ")), fmt::format("{}", fmt::join(cuda, ", ")),
               problem});
  }
  table.finish();
}

void print_text(const Diagnosis& found) {
  print_machine(found);
  print_data("\n");
  Table devices({"device", ""}, "table");
  for (const DeviceCheck& device : found.devices) {
    devices.add({device.name, device.reason.empty() ? "runs" : "cannot run: " + device.reason});
  }
  devices.finish();
  print_data("\n");
  Table libraries({"library", "version", "for"}, "table");
  for (const LibraryCheck& library : found.libraries) {
    libraries.add({library.name, library.version.empty() ? "missing" : library.version, library.detail});
  }
  libraries.finish();
  print_data("\n");
  print_kernels(found.kernels);
  print_data("\n");
  for (const Problem& problem : found.problems) {
    print_data("{}: {}\n  cure: {}\n", problem.is_essential ? "BROKEN" : "note", shown(problem.what),
               shown(problem.cure));
  }
  print_data("{}\n", found.usable() ? "ready" : "not usable");
}

}  // namespace

Command doctor_command() {
  return {"doctor", "check devices, kernels, libraries and folders of this machine, and suggest repairs",
          [](CLI::App& app) {
            auto output = std::make_shared<OutputFormat>();
            output->add_to(app);
            return [output] {
              const Diagnosis found;
              output->json                ? print_json(found)
              : output->format == "table" ? print_text(found)
                                          : print_rows(found, output->format);
              return found.usable() ? kOk : kRuntimeError;
            };
          }};
}

}  // namespace sonograd::app
