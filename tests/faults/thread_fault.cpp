// Preloaded into the binary by tests: threads that cannot be started, as with a limit on processes.
//
// SONOGRAD_THREADS_ALIVE    so many run at a time, besides the first one
// SONOGRAD_THREADS_STARTED  so many are started in all
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <dlfcn.h>
#include <pthread.h>

namespace {

int limit(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? INT_MAX : std::atoi(value);
}

std::atomic<int> alive = 0, started = 0;

struct Work {
  void* (*routine)(void*);
  void* argument;
};

void* run(void* pointer) {
  const Work work = *static_cast<Work*>(pointer);
  delete static_cast<Work*>(pointer);
  void* const result = work.routine(work.argument);
  --alive;
  return result;
}

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*),
                              void* argument) {
  static const int most_alive = limit("SONOGRAD_THREADS_ALIVE"),
                   most_started = limit("SONOGRAD_THREADS_STARTED");
  static auto* const real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  if (alive >= most_alive || started >= most_started) return EAGAIN;
  ++alive;
  ++started;
  auto* const work = new Work{routine, argument};
  const int error = real(thread, attributes, run, work);
  if (error == 0) return 0;
  delete work;
  --alive;
  return error;
}
