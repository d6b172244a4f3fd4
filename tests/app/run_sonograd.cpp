#include "tests/app/run_sonograd.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/support/files.h"

namespace sonograd::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kMostTime = 10min;

/// Becomes `sonograd ARGUMENTS...`.
[[noreturn]] void execute(const std::vector<std::string>& arguments, const std::function<void()>& prepare) {
  // A shell without job control lets background jobs ignore the first.
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
  if (prepare) prepare();
  std::vector<std::string> words = {SONOGRAD_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(98);
}

}  // namespace

const std::filesystem::path& cache_home() {
  static const std::filesystem::path folder = temporary_folder("home") / "cache";
  return folder;
}

BackgroundRun::BackgroundRun(const std::vector<std::string>& arguments,
                             const std::function<void()>& prepare) {
  const std::filesystem::path& cache = cache_home();
  static int runs = 0;
  const std::string number = std::to_string(runs++);
  out_ = temporary_path("stdout" + number);
  err_ = temporary_path("stderr" + number);
  std::fflush(nullptr);  // else the child writes the contents of the buffers once more
  pid_ = fork();
  if (pid_ != 0) return;
  setenv("HOME", cache.parent_path().c_str(), 1);
  setenv("XDG_CACHE_HOME", cache.c_str(), 1);
  if (!std::freopen(out_.c_str(), "w", stdout) || !std::freopen(err_.c_str(), "w", stderr)) _exit(99);
  execute(arguments, prepare);
}

BackgroundRun::~BackgroundRun() {
  send(SIGKILL);
  result();
  std::filesystem::remove(out_);
  std::filesystem::remove(err_);
}

bool BackgroundRun::is_running() {
  if (is_running_) is_running_ = waitpid(pid_, &status_, WNOHANG) == 0;
  return is_running_;
}

void BackgroundRun::send(int signal) {
  if (is_running()) kill(pid_, signal);
}

std::string BackgroundRun::output() const {
  return read_file(out_);
}

RunResult BackgroundRun::result() {
  const auto end = std::chrono::steady_clock::now() + kMostTime;
  for (auto pause = 1ms; is_running(); pause = std::min(2 * pause, 4ms)) {
    if (std::chrono::steady_clock::now() >= end) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(pause);
  }
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, read_file(out_), read_file(err_)};
}

RunResult run_sonograd(const std::vector<std::string>& arguments, const std::function<void()>& prepare) {
  return BackgroundRun(arguments, prepare).result();
}

RunResult run_sonograd_until(const std::vector<std::string>& arguments, int signal,
                             const std::function<bool()>& due) {
  BackgroundRun run(arguments);
  while (!due() && run.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  run.send(signal);
  return run.result();
}

}  // namespace sonograd::test
