// Preloaded into the binary by tests: makes calls that change files below a folder fail, as a full or broken
// disk would.
//
// SONOGRAD_FAULT_FOLDER  absolute; calls on files below it are counted from 1
// SONOGRAD_FAULT_KIND    EIO: one call fails. ENOSPC: so do all later ones that take space. short: from that
//                        call on, writes accept only half of their bytes
// SONOGRAD_FAULT_AT      number of the call; 0: none
// SONOGRAD_FAULT_LOG     file with a line for each call: `ok` or `failed`, its name, the path
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum class Space { takes, takes_none };

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The function of libc that a definition of this file replaces.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

struct Plan {
  std::string folder = variable("SONOGRAD_FAULT_FOLDER");
  std::string kind = variable("SONOGRAD_FAULT_KIND");
  long at = std::atol(variable("SONOGRAD_FAULT_AT").c_str());
  int log = real<int(const char*, int, ...)>("open")(variable("SONOGRAD_FAULT_LOG").c_str(),
                                                     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
};

// Never destroyed: sanitizers close files when the program's own objects are gone.
const Plan& plan() {
  static const Plan& plan = *new Plan;
  return plan;
}

bool is_watched(std::string_view path) {
  return !plan().folder.empty() && path.starts_with(plan().folder + '/');
}

std::string path_of(int file) {
  char path[4096];
  const ssize_t length = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path, sizeof(path));
  return {path, static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

/// Counts a call; true when it is to fail.
bool is_hit(const char* call, const std::string& path, Space space) {
  static std::atomic<long> calls = 0;
  if (!is_watched(path)) return false;
  const long number = ++calls;
  const bool lasts = plan().kind == "short" || (plan().kind == "ENOSPC" && space == Space::takes);
  const bool hit = plan().at > 0 && (number == plan().at || (lasts && number > plan().at));
  const std::string line = (hit ? "failed " : "ok ") + std::string(call) + ' ' + path + '\n';
  real<decltype(write)>("write")(plan().log, line.data(), line.size());
  return hit;
}

bool fails(const char* call, const std::string& path, Space space) {
  if (!is_hit(call, path, space) || plan().kind == "short") return false;
  errno = plan().kind == "ENOSPC" ? ENOSPC : EIO;
  return true;
}

/// Number of bytes, of `size`, that a write is to accept; nothing: it fails.
ssize_t taken(const char* call, int file, std::size_t size) {
  if (!is_hit(call, path_of(file), Space::takes)) return static_cast<ssize_t>(size);
  if (plan().kind == "short") return static_cast<ssize_t>((size + 1) / 2);
  errno = plan().kind == "ENOSPC" ? ENOSPC : EIO;
  return -1;
}

int open_file(const char* symbol, const char* path, int flags, mode_t mode) {
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  if (writes && fails("open", path, Space::takes)) return -1;
  return real<int(const char*, int, ...)>(symbol)(path, flags, mode);
}

mode_t mode_argument(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_file("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_file("open64", path, flags, mode);
}

ssize_t write(int file, const void* bytes, std::size_t size) {
  const ssize_t count = taken("write", file, size);
  return count < 0 ? -1 : real<decltype(write)>("write")(file, bytes, static_cast<std::size_t>(count));
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t offset) {
  const ssize_t count = taken("pwrite", file, size);
  return count < 0 ? -1
                   : real<decltype(pwrite)>("pwrite")(file, bytes, static_cast<std::size_t>(count), offset);
}

ssize_t writev(int file, const iovec* parts, int count) {
  if (fails("writev", path_of(file), Space::takes)) return -1;
  return real<decltype(writev)>("writev")(file, parts, count);
}

int fsync(int file) {
  return fails("fsync", path_of(file), Space::takes_none) ? -1 : real<decltype(fsync)>("fsync")(file);
}

int ftruncate(int file, off_t size) noexcept {
  return fails("ftruncate", path_of(file), Space::takes) ? -1
                                                         : real<decltype(ftruncate)>("ftruncate")(file, size);
}

int close(int file) {
  const std::string path = path_of(file);
  const int result = real<decltype(close)>("close")(file);
  return is_watched(path) && fails("close", path, Space::takes_none) ? -1 : result;
}

int rename(const char* from, const char* to) noexcept {
  return fails("rename", to, Space::takes_none) ? -1 : real<decltype(rename)>("rename")(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
  return fails("mkdir", path, Space::takes) ? -1 : real<decltype(mkdir)>("mkdir")(path, mode);
}

}  // extern "C"
