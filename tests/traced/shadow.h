// State of every byte of emulated memory: its last write, and the reads since.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace sonograd::traced {

/// Place of an access in the program: the address behind the call that reports it.
using Site = const void*;

/// A moment of an emulated thread; `Clocks` compares moments of different threads.
struct Moment {
  std::uint32_t block = 0;   ///< number of the block, over all launches
  std::uint32_t thread = 0;  ///< number in its block
  std::uint32_t time = 0;    ///< time of the thread
  std::uint32_t block_time = 0;
  Site site = nullptr;  ///< nullptr: never
};

struct Cell {
  bool defined = false;
  Moment written;
  Moment read[2];  ///< two readers since then
};

struct Region {
  std::uintptr_t begin = 0;
  bool shared = false;  ///< memory of a block, not of the device
  std::vector<Cell> cells;

  std::uintptr_t end() const { return begin + cells.size(); }
};

/// The regions that kernels may access.
class Shadow {
 public:
  void add(std::span<const std::byte> memory, bool shared);
  void remove(std::uintptr_t begin) { regions_.erase(begin); }
  void remove_shared();

  /// The cells of these bytes; empty when they are not inside of one region.
  std::span<Cell> find(std::uintptr_t address, std::size_t size);
  bool is_shared(std::uintptr_t address);
  /// True when the bytes are in no region, but so close to one that the access was meant for it.
  bool just_outside(std::uintptr_t address, std::size_t size) const;

 private:
  Region* region_at(std::uintptr_t address);

  std::map<std::uintptr_t, Region> regions_;
};

}  // namespace sonograd::traced
