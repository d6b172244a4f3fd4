#include "tests/app/run_sonograd.h"

#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/files.h"

namespace sonograd::test {

RunResult run_sonograd(const std::vector<std::string>& arguments) {
  static const std::filesystem::path home = temporary_folder("home");
  const auto out = temporary_path("stdout"), err = temporary_path("stderr");
  const pid_t child = fork();
  if (child == 0) {
    setenv("HOME", home.c_str(), 1);
    setenv("XDG_CACHE_HOME", (home / "cache").c_str(), 1);
    if (!std::freopen(out.c_str(), "w", stdout) || !std::freopen(err.c_str(), "w", stderr)) _exit(99);
    std::vector<char*> argv;
    std::string program = SONOGRAD_BINARY;
    argv.push_back(program.data());
    std::vector<std::string> copies = arguments;
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_file(out), read_file(err)};
}

}  // namespace sonograd::test
