#include "kernels/core/running_call.h"

namespace sonograd::kernels {
namespace {
thread_local const RunningCall* innermost = nullptr;
}

RunningCall::RunningCall(std::string_view op) : outer_(innermost), op_(op) {
  innermost = this;
}
RunningCall::~RunningCall() {
  innermost = outer_;
}

void note_launch(std::string_view name, const Grid& grid) {
  LaunchRecord launch{.name = name,
                      .blocks = {grid.blocks.x, grid.blocks.y, grid.blocks.z},
                      .threads = {grid.threads.x, grid.threads.y, grid.threads.z}};
  if (innermost != nullptr) {
    launch.op = innermost->op_;
    launch.problem = innermost->problem_;
    launch.summary = innermost->summary_;
  }
  sonograd::note_launch(launch);
}

}  // namespace sonograd::kernels
