#include "app/terminal/spin_limit.h"

#include <cstdlib>
#include <filesystem>
#include <sys/auxv.h>
#include <unistd.h>

namespace sonograd::app {

void limit_spinning(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  if (getauxval(AT_BASE) == 0) return;  // started by the dynamic loader, which /proc/self/exe names then
  std::error_code failure;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure || setenv("GOMP_SPINCOUNT", "1000", 1) != 0) return;
  execv(program.c_str(), argv);
  unsetenv("GOMP_SPINCOUNT");
}

}  // namespace sonograd::app
