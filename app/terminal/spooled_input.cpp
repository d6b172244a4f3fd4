#include "app/terminal/spooled_input.h"

#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

#include "app/terminal/interrupt.h"
#include "audio/decode.h"
#include "tensor/io/read_error.h"

namespace sonograd::app {
namespace {

io::FileDescriptor nameless_file(const std::filesystem::path& folder) {
  std::string name = folder / "sonograd-XXXXXX";
  io::FileDescriptor file(mkostemp(name.data(), O_CLOEXEC));
  if (!file) throw io::system_error(folder, "cannot keep standard input there");
  unlink(name.c_str());
  return file;
}

// Bytes that show whether the input is sound at all.
constexpr std::int64_t kRecognised = 4 << 20;
// Some hours of many channels: an endless stream ends here.
constexpr std::int64_t kMaxBytes = std::int64_t{16} << 30;

// A signal may come just before the wait, or to another thread: hence the pause.
bool has_more() {
  constexpr int kPauseMilliseconds = 100;
  pollfd input = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  while (!interrupted()) {
    if (poll(&input, 1, kPauseMilliseconds) > 0) return true;
  }
  return false;
}

}  // namespace

std::filesystem::path spool_folder() {
  const char* const chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
}

SpooledInput::SpooledInput() {
  const std::filesystem::path folder = spool_folder();
  file_ = nameless_file(folder);
  path_ = concat("/proc/", getpid(), "/fd/", file_.get());
  std::vector<char> block(1 << 16);
  std::int64_t copied = 0;
  while (has_more()) {
    const ssize_t count = read(STDIN_FILENO, block.data(), block.size());
    if (count < 0) throw io::system_error<io::ReadError>("standard input", "cannot read");
    if (count == 0) return;
    for (ssize_t done = 0; done < count;) {
      const ssize_t written = write(file_.get(), block.data() + done, static_cast<std::size_t>(count - done));
      if (written < 0) throw io::system_error(folder, "cannot keep standard input there");
      done += written;
    }
    const std::int64_t before = std::exchange(copied, copied + count);
    // Input that is no sound may never end: its copy is refused like a file with that content.
    if (before < kRecognised && copied >= kRecognised && !audio::may_be_sound(path_)) return;
    if (copied > kMaxBytes)
      throw io::ReadError(concat("standard input: longer than ", kMaxBytes >> 30, " GiB"));
  }
}

}  // namespace sonograd::app
