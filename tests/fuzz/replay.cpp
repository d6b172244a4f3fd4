// In place of libFuzzer: gives the files of a corpus, each of them cut short at several places, and variations of them to the
// target.
// usage: fuzz_TARGET CORPUS [EXECUTIONS [SEED [FIRST]]]
// Execution N of a seed is always the same input: FIRST = N repeats the one that a crash names.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <string>
#include <sys/resource.h>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr unsigned kSecondsOfOne = 25;
constexpr std::size_t kMostBytes = 1 << 20;

volatile std::sig_atomic_t running = 0;  // the execution

void run(std::string_view bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

void name_execution(int signal) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "signal %d in execution %d\n", signal, running);
  if (write(STDERR_FILENO, text.data(), static_cast<std::size_t>(length)) < 0) _exit(2);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// A stack that overflows leaves no room for the handler.
void watch() {
  static std::array<char, 1 << 16> stack;
  const stack_t other = {.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  sigaltstack(&other, nullptr);
  struct sigaction action = {};
  action.sa_handler = name_execution;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGALRM}) sigaction(signal, &action, nullptr);
#if !SONOGRAD_SANITIZED
  const rlimit memory = {rlim_t{4} << 30, rlim_t{4} << 30};
  setrlimit(RLIMIT_AS, &memory);
#endif
}

std::vector<std::string> read_corpus(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    files.emplace_back(std::istreambuf_iterator(file), std::istreambuf_iterator<char>());
  }
  return files;
}

void run_cut_short(const std::vector<std::string>& files) {
  constexpr std::size_t kPlaces = 32;
  for (const std::string& bytes : files) {
    for (std::size_t place = 0; place <= kPlaces; ++place)
      run(std::string_view(bytes).substr(0, bytes.size() * place / kPlaces));
  }
}

void run_variation(const std::vector<std::string>& files, std::uint64_t seed) {
  sonograd::fuzz::Choices choices(seed);
  std::string bytes = choices.of<std::string>(files);
  for (std::size_t changes = 1 + choices.below(4); changes > 0 && bytes.size() < kMostBytes; --changes)
    bytes = sonograd::fuzz::mutate(bytes, choices);
  run(bytes);
}

// Without these, half of the time goes to clearing pages that were given back a moment ago, and to looking up the zone of dates in zip
// archives.
void save_system_calls() {
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  setenv("TZ", "UTC0", 1);
}

}  // namespace

int main(int count, char** arguments) {
  const auto number = [&](int i, long otherwise) { return count > i ? std::atol(arguments[i]) : otherwise; };
  const std::vector<std::string> files = read_corpus(arguments[1]);
  if (files.empty()) return 1;
  save_system_calls();
  watch();
  run_cut_short(files);
  const long executions = number(2, 0), first = number(4, 0);
  for (long i = first; i < executions; ++i) {
    running = static_cast<std::sig_atomic_t>(i);
    alarm(kSecondsOfOne);
    run_variation(files, static_cast<std::uint64_t>(number(3, 0)) << 32 | static_cast<std::uint64_t>(i));
    if (count > 4) break;
  }
  std::printf("%zu files, %ld variations\n", files.size(), executions);
  return 0;
}
