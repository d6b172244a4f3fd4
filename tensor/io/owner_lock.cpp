#include "tensor/io/owner_lock.h"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>

#include "tensor/io/output_path.h"
#include "tensor/support/this_process.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;

constexpr int kMostTries = 10000;

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/// Whether the folder still has its name, and the lock its own in that folder: both may go while one waits to be opened.
bool is_in_place(const fs::path& folder, int opened_folder, const std::string& name, int file) {
  struct stat held = {}, named = {};
  return fstat(opened_folder, &held) == 0 && stat(folder.c_str(), &named) == 0 && is_same(held, named) &&
         fstat(file, &held) == 0 && fstatat(opened_folder, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         is_same(held, named);
}

void write_owner(int file, const fs::path& shown) {
  const std::string owner =
      concat("process ", getpid(), " on host ", host_name(), " since ", utc_now(), '\n');
  if (ftruncate(file, 0) != 0) throw system_error(shown, "cannot lock");
  for (std::string_view left = owner; !left.empty();) {
    const ssize_t written = write(file, left.data(), left.size());
    if (written < 0 && errno != EINTR) throw system_error(shown, "cannot lock");
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// The line that the owner has written. It is there a moment after the lock.
std::string read_owner(int file) {
  char text[512];
  for (int tries = 0; tries < 100; ++tries) {
    const ssize_t length = pread(file, text, sizeof(text), 0);
    const std::string_view line(text, length > 0 ? static_cast<std::size_t>(length) : 0);
    if (const std::size_t end = line.find('\n'); end != std::string_view::npos) {
      const bool is_plain =
          std::ranges::all_of(line.substr(0, end), [](char c) { return c >= ' ' && c < 127; });
      return is_plain ? std::string(line.substr(0, end)) : "another process";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return "another process";
}

}  // namespace

OwnerLock OwnerLock::take(const fs::path& shown, const fs::path& folder, const std::string& name,
                          bool creates) {
  for (int tries = 0; tries < kMostTries; ++tries) {
    std::error_code error;
    if (creates) fs::create_directories(folder, error);
    if (error) throw IoError(concat(shown.string(), ": cannot make the folder: ", error.message()));
    FileDescriptor opened(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!opened && errno == ENOENT && creates) continue;
    if (!opened) throw system_error(shown, "cannot write there");
    constexpr int kFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    FileDescriptor file(openat(opened.get(), name.c_str(), O_RDWR | O_CREAT | kFlags, 0666));
    bool is_of_another_user = false;
    if (!file && errno == EACCES) {
      file = FileDescriptor(openat(opened.get(), name.c_str(), O_RDONLY | kFlags));
      is_of_another_user = static_cast<bool>(file);
      errno = EACCES;
    }
    // The folder has been deleted, or moved away, since it was opened.
    if (!file && errno == ENOENT && creates) continue;
    if (!file) throw system_error(shown, "cannot write there");
    const bool is_locked = flock(file.get(), LOCK_EX | LOCK_NB) == 0;
    if (!is_locked && errno != EWOULDBLOCK) {
      throw IoError(concat(shown.string(), ": cannot lock: ", std::strerror(errno),
                           "; the file system must support locks (flock), choose a folder on another one"));
    }
    if (!is_in_place(folder, opened.get(), name, file.get())) continue;
    if (!is_locked) {
      throw ConfigError(
          concat(shown.string(), ": in use by ", read_owner(file.get()), "; wait until that has ended"));
    }
    if (is_of_another_user) {  // and left by a killed process
      if (unlinkat(opened.get(), name.c_str(), 0) != 0) throw system_error(shown, "cannot lock");
      continue;
    }
    OwnerLock lock(std::move(opened), name, std::move(file));
    write_owner(lock.file_.get(), shown);
    return lock;
  }
  throw IoError(concat(shown.string(), ": cannot lock: other processes delete the lock all the time"));
}

OwnerLock OwnerLock::of_folder(const fs::path& folder) {
  return take(folder, folder, kName, false);
}

OwnerLock OwnerLock::of_new_folder(const fs::path& folder, const fs::path& shown) {
  return take(shown, folder, kName, true);
}

OwnerLock OwnerLock::of_file(const fs::path& target) {
  const fs::path file = resolve_output(target);
  return take(target, folder_of(file), hidden_prefix(file).append(kName), false);
}

OwnerLock::~OwnerLock() {
  if (file_) unlinkat(folder_.get(), name_.c_str(), 0);
}

}  // namespace sonograd::io
