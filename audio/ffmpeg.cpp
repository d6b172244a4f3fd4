#include "audio/ffmpeg.h"

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <vector>

#include "audio/container.h"

namespace sonograd::audio {
namespace {

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

FfmpegProcess::FfmpegProcess(const std::filesystem::path& path, const char* container,
                             const std::string& refusal) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw io::system_error(path, "cannot make a pipe for ffmpeg");
  output_ = io::FileDescriptor(ends[0]);
  const io::FileDescriptor input(ends[1]);

  // With the prefix a name with a colon or a leading dash is a file name, not a protocol or an option.
  const std::string source = "file:" + path.string();
  const std::vector<const char*> arguments{
      "ffmpeg", "-nostdin", "-loglevel", "quiet",     "-protocol_whitelist",
      "file",   "-f",       container,   "-i",        source.c_str(),
      "-map",   "0:a:0",    "-c:a",      "pcm_f32be", "-f",
      "au",     "pipe:1",   nullptr};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, input.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  errno = posix_spawnp(&process_, arguments[0], &actions, nullptr, const_cast<char* const*>(arguments.data()),
                       environ);
  posix_spawn_file_actions_destroy(&actions);
  if (errno == ENOENT) {
    throw FormatError(
        concat(path.string(), ": ", refusal.empty() ? "" : concat("cannot be read: ", refusal, "; "),
               "a file of kind ", container_words(container), ' ', refusal.empty() ? "is" : "may be",
               " read through ffmpeg, which is not on the PATH; install ffmpeg"));
  }
  if (errno != 0) throw io::system_error(path, "cannot start ffmpeg");
}

FfmpegProcess::~FfmpegProcess() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  wait_for(process_);
}

bool FfmpegProcess::succeeded() {
  const int status = wait_for(std::exchange(process_, -1));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace sonograd::audio
