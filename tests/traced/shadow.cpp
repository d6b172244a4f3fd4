#include "tests/traced/shadow.h"

#include <iterator>

namespace sonograd::traced {
namespace {

constexpr std::uintptr_t kGap =
    64;  // bytes between objects in shared memory, and reach of an index beyond its object

}  // namespace

void Shadow::add(std::span<const std::byte> memory, bool shared) {
  const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
  regions_[begin] = {begin, shared, std::vector<Cell>(memory.size())};
}

void Shadow::remove_shared() {
  std::erase_if(regions_, [](const auto& entry) { return entry.second.shared; });
}

Region* Shadow::region_at(std::uintptr_t address) {
  const auto after = regions_.upper_bound(address);
  if (after == regions_.begin()) return nullptr;
  Region& region = std::prev(after)->second;
  return address < region.end() ? &region : nullptr;
}

std::span<Cell> Shadow::find(std::uintptr_t address, std::size_t size) {
  Region* region = region_at(address);
  if (region == nullptr || address + size > region->end()) return {};
  return std::span(region->cells).subspan(address - region->begin, size);
}

bool Shadow::is_shared(std::uintptr_t address) {
  const Region* region = region_at(address);
  return region != nullptr && region->shared;
}

bool Shadow::just_outside(std::uintptr_t address, std::size_t size) const {
  const auto after = regions_.upper_bound(address);
  if (after != regions_.end() && address + size + kGap > after->first) return true;
  if (after == regions_.begin()) return false;
  return address < std::prev(after)->second.end() + kGap;
}

}  // namespace sonograd::traced
