// The kernels that were started last: a GPU reports a fault after the kernel has been started, with no word about which one.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sonograd {

/// A kernel that was started. The names live as long as the process.
struct LaunchRecord {
  std::string_view name;
  std::array<unsigned, 3> blocks{}, threads{};  ///< x first
  std::string_view op;                          ///< that it belongs to; may be empty
  std::span<const std::byte> problem;  ///< of the op: an object that can be copied by its bytes; may be empty
  std::string (*summary)(const std::byte* problem) = nullptr;  ///< of a copy, aligned to 16 bytes
};

inline constexpr std::size_t kRecentLaunches = 32;

/// Remembers a launch of this process, with a copy of the problem, and forgets the one `kRecentLaunches` before it. Problems of
/// more than 512 bytes are not kept.
void note_launch(const LaunchRecord& launch);

/// A line for each launch that is remembered, the youngest first: name, blocks, threads, op and problem.
std::string recent_launches();

}  // namespace sonograd
