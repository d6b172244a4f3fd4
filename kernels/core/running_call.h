// The op whose kernels this thread starts, and its problem, for the record of recent launches.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "kernels/core/grid.h"
#include "tensor/device/recent_launches.h"

namespace sonograd::kernels {

/// While it lives, kernels that this thread starts belong to `op`. `problem` must live longer.
class RunningCall {
 public:
  template <class Problem>
  RunningCall(std::string_view op, const Problem& problem) : RunningCall(op) {
    if constexpr (std::is_trivially_copyable_v<Problem> && alignof(Problem) <= 16) {
      problem_ = std::as_bytes(std::span(&problem, 1));
      summary_ = [](const std::byte* copy) { return reinterpret_cast<const Problem*>(copy)->summary(); };
    }
  }
  ~RunningCall();
  RunningCall(const RunningCall&) = delete;
  RunningCall& operator=(const RunningCall&) = delete;

 private:
  friend void note_launch(std::string_view name, const Grid& grid);
  explicit RunningCall(std::string_view op);

  const RunningCall* outer_;
  std::string_view op_;
  std::span<const std::byte> problem_;
  std::string (*summary_)(const std::byte*) = nullptr;
};

/// Records a kernel that is about to start (tensor/device/recent_launches.h).
void note_launch(std::string_view name, const Grid& grid);

}  // namespace sonograd::kernels
