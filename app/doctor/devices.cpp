#include "app/doctor/checks.h"
#include "bench/explain_case.h"

namespace sonograd::app::doctor {
namespace {

// The case that stands for an op: a layer of a real network, where the list has one.
const cases::Case& representative(const cases::TableCases& table) {
  const auto layer = std::ranges::find_if(table.list, &cases::Case::bench);
  return layer == table.list.end() ? table.list.front() : *layer;
}

}  // namespace

std::vector<DeviceCheck> check_devices(Problems& problems) {
  std::vector<DeviceCheck> devices;
  for (const DeviceKind kind : {DeviceKind::cpu, DeviceKind::cuda, DeviceKind::emulated}) {
    const Device device{kind, 0};
    devices.push_back({device.name(), why_unavailable(device)});
  }
  if (!devices.front().reason.empty()) {
    problems.push_back(
        {"the device cpu cannot run: " + devices.front().reason, "install this program anew", true});
  }
  return devices;
}

std::vector<KernelCheck> check_kernels(Problems& problems) {
  std::vector<KernelCheck> checks;
  for (const cases::OpCases& folder : cases::all_cases()) {
    for (const cases::TableCases& table : folder) {
      const cases::Case& c = representative(table);
      checks.push_back({c.name, bench::explain_case(table.op, c)});
      if (checks.back().explanation.chosen.empty()) {
        problems.push_back({table.op + " has no kernel that can run", "install this program anew", true});
      }
    }
  }
  return checks;
}

}  // namespace sonograd::app::doctor
