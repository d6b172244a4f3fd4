#include "tests/app/run_sonograd.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/support/files.h"

namespace sonograd::test {
namespace {

struct Child {
  pid_t pid;
  std::filesystem::path out, err;
};

Child start(const std::vector<std::string>& arguments) {
  static const std::filesystem::path home = temporary_folder("home");
  static int runs = 0;
  const std::string number = std::to_string(runs++);
  const Child child = {0, temporary_path("stdout" + number), temporary_path("stderr" + number)};
  const pid_t pid = fork();
  if (pid != 0) return {pid, child.out, child.err};
  setenv("HOME", home.c_str(), 1);
  setenv("XDG_CACHE_HOME", (home / "cache").c_str(), 1);
  if (!std::freopen(child.out.c_str(), "w", stdout) || !std::freopen(child.err.c_str(), "w", stderr))
    _exit(99);
  std::vector<std::string> words = {SONOGRAD_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(98);
}

RunResult finish(const Child& child, int status) {
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_file(child.out), read_file(child.err)};
}

}  // namespace

RunResult run_sonograd(const std::vector<std::string>& arguments) {
  const Child child = start(arguments);
  int status = 0;
  waitpid(child.pid, &status, 0);
  return finish(child, status);
}

RunResult run_sonograd_until(const std::vector<std::string>& arguments, int signal,
                             const std::function<bool()>& due) {
  const Child child = start(arguments);
  int status = 0;
  while (!due()) {
    if (waitpid(child.pid, &status, WNOHANG) != 0) return finish(child, status);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill(child.pid, signal);
  waitpid(child.pid, &status, 0);
  return finish(child, status);
}

}  // namespace sonograd::test
