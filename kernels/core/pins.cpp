#include "kernels/core/pins.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kernels/core/variant.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::kernels {
namespace {

// Names from the tables, which live as long as the process.
struct Pin {
  std::string_view op, variant;
};
using Pins = std::vector<Pin>;

// A pin of the process is a new list. Readers may still use an earlier one, so all of them are kept.
std::mutex process_mutex;
std::vector<std::unique_ptr<const Pins>> process_lists;
std::atomic<const Pins*> process_pins = nullptr;

thread_local Pins thread_pins;

Pin find_names(std::string_view op, std::string_view variant) {
  std::vector<std::string> ops;
  for (const TableList& list : all_tables()) {
    for (const TableInfo& table : list) {
      ops.emplace_back(table.op);
      if (table.op != op) continue;
      std::vector<std::string> names;
      for (const TableInfo::Row& row : table.rows) {
        if (row.name == variant) return {table.op, row.name};
        if (std::ranges::find(names, row.name) == names.end()) names.emplace_back(row.name);
      }
      throw ConfigError(concat("--kernel ", op, "=", variant, ": the variants of ", op, " are ",
                               listed(names, names.size()), did_you_mean(variant, names)));
    }
  }
  throw ConfigError(concat("--kernel ", op, "=", variant, ": no such op; the ops are ",
                           listed(ops, ops.size()), did_you_mean(op, ops)));
}

}  // namespace

void pin_kernel(std::string_view op, std::string_view variant) {
  const Pin pin = find_names(op, variant);
  const std::lock_guard lock(process_mutex);
  const Pins* before = process_pins;
  Pins pins = before == nullptr ? Pins() : *before;
  std::erase_if(pins, [&](const Pin& other) { return other.op == pin.op; });
  pins.push_back(pin);
  process_lists.push_back(std::make_unique<const Pins>(std::move(pins)));
  process_pins.store(process_lists.back().get(), std::memory_order_release);
}

void pin_kernel(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw ConfigError(
        concat("--kernel ", assignment, ": expected OP=VARIANT, as in conv2d_forward=reference"));
  }
  pin_kernel(assignment.substr(0, equals), assignment.substr(equals + 1));
}

void unpin_kernels() {
  const std::lock_guard lock(process_mutex);
  process_pins.store(nullptr, std::memory_order_release);
}

PinScope::PinScope(std::string_view op, std::string_view variant) {
  thread_pins.push_back(find_names(op, variant));
}
PinScope::~PinScope() {
  thread_pins.pop_back();
}

std::string_view pinned_variant(std::string_view op) {
  for (auto pin = thread_pins.rbegin(); pin != thread_pins.rend(); ++pin) {
    if (pin->op == op) return pin->variant;
  }
  const Pins* pins = process_pins.load(std::memory_order_acquire);
  if (pins == nullptr) return {};
  const auto found = std::ranges::find(*pins, op, &Pin::op);
  return found == pins->end() ? std::string_view() : found->variant;
}

}  // namespace sonograd::kernels
