#include "kernels/core/select.h"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <set>

namespace sonograd::kernels {
namespace {

bool asked_to_log() {
  const char* value = std::getenv("LOG_KERNELS");
  return value != nullptr && std::string_view(value) == "1";
}

std::atomic<bool> logging = asked_to_log();
std::mutex mutex;

}  // namespace

bool logs_choices() {
  return logging;
}

void log_choices() {
  logging = true;
}

void log_choice(std::string_view op, std::string_view chosen, const std::string& reasons) {
  const std::string line = concat(op, " -> ", chosen, reasons.empty() ? "" : " (passed over ", reasons,
                                  reasons.empty() ? "" : ")", '\n');
  static std::set<std::string> known;
  const std::lock_guard lock(mutex);
  if (known.insert(line).second) std::cerr << line;
}

}  // namespace sonograd::kernels
