// The kernels that were started last: a GPU reports a fault later than the launch, without the name of the kernel.
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
  std::string_view op;                          ///< op that the kernel belongs to; may be empty
  std::span<const std::byte> problem;           ///< problem of the op, trivially copyable; may be empty
  std::string (*summary)(const std::byte* problem) = nullptr;  ///< text of a copy of it, aligned to 16 bytes
};

inline constexpr std::size_t kRecentLaunches = 32;

/// Keeps a launch of this process, with a copy of the problem, in place of the one `kRecentLaunches` before it. Problems of
/// more than 512 bytes are not kept.
void note_launch(const LaunchRecord& launch);

/// A line for each launch that is kept, the youngest first: name, blocks, threads, op and problem.
std::string recent_launches();

}  // namespace sonograd
