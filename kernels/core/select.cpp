#include "kernels/core/select.h"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace sonograd::kernels {
namespace {

bool asked_to_log() {
  const char* value = std::getenv("LOG_KERNELS");
  return value != nullptr && std::string_view(value) == "1";
}

std::atomic<bool> logging = asked_to_log();
std::mutex process_mutex;
std::map<std::string, std::string, std::less<>> process_pins;

struct Pin {
  std::string op;
  std::string variant;
};
thread_local std::vector<Pin> thread_pins;

void check_names(std::string_view op, std::string_view variant) {
  std::string ops;
  for (const TableList& list : all_tables()) {
    for (const TableInfo& table : list) {
      ops += concat(ops.empty() ? "" : ", ", table.op);
      if (table.op != op) continue;
      std::string names;
      for (const TableInfo::Row& row : table.rows) {
        if (row.name == variant) return;
        names += concat(names.empty() ? "" : ", ", row.name);
      }
      throw ConfigError(concat("--kernel ", op, "=", variant, ": the variants of ", op, " are ", names));
    }
  }
  throw ConfigError(concat("--kernel ", op, "=", variant, ": no such op; the ops are ", ops));
}

}  // namespace

void pin_kernel(std::string_view op, std::string_view variant) {
  check_names(op, variant);
  const std::lock_guard lock(process_mutex);
  process_pins[std::string(op)] = variant;
}

void pin_kernel(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw ConfigError(
        concat("--kernel ", assignment, ": expected OP=VARIANT, as in conv2d_forward=reference"));
  }
  pin_kernel(assignment.substr(0, equals), assignment.substr(equals + 1));
}

PinScope::PinScope(std::string_view op, std::string_view variant) {
  check_names(op, variant);
  thread_pins.push_back({std::string(op), std::string(variant)});
}
PinScope::~PinScope() {
  thread_pins.pop_back();
}

std::string_view pinned_variant(std::string_view op) {
  for (auto pin = thread_pins.rbegin(); pin != thread_pins.rend(); ++pin) {
    if (pin->op == op) return pin->variant;
  }
  const std::lock_guard lock(process_mutex);
  const auto found = process_pins.find(op);
  return found == process_pins.end() ? std::string_view() : std::string_view(found->second);
}

bool logs_choices() {
  return logging;
}

void log_choices() {
  logging = true;
}

void log_choice(std::string_view op, std::string_view chosen, const std::string& objections) {
  const std::string line = concat(op, " -> ", chosen, objections.empty() ? "" : " (passed over ", objections,
                                  objections.empty() ? "" : ")", '\n');
  static std::set<std::string> known;
  const std::lock_guard lock(process_mutex);
  if (known.insert(line).second) std::cerr << line;
}

}  // namespace sonograd::kernels
