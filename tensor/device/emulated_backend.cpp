#include <cstdlib>
#include <cstring>

#include "tensor/device/backend.h"
#include "tensor/device/emulated.h"
#include "tensor/device/storage.h"
#include "tensor/support/error.h"
#include "tensor/support/number.h"

namespace sonograd {
namespace {

template <class T>
T from_environment(const char* name, T otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr) return otherwise;
  const std::optional<T> value = parse_number<T>(text);
  if (!value) throw ConfigError(concat(name, "=", text, ": expected a whole number"));
  return *value;
}

EmulatorSettings with_environment(const EmulatorSettings& settings) {
  return {from_environment("SONOGRAD_EMULATOR_SEED", settings.seed),
          from_environment("SONOGRAD_EMULATOR_THREADS", settings.host_threads),
          from_environment("SONOGRAD_EMULATOR_SHARED_MEMORY", settings.shared_memory)};
}

EmulatorSettings& settings_of_thread() {
  static thread_local EmulatorSettings settings = with_environment({});
  return settings;
}

// Room on both sides of an allocation, in bytes, so that an access just beside it does not hit an object of the host.
// AddressSanitizer adds, and checks, room of its own.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kMargin = 0;
#else
constexpr std::size_t kMargin = Storage::kAlignment;
#endif

// Host memory from the CPU backend; only the contents of new memory differ.
class EmulatedBackend final : public DeviceBackend {
 public:
  std::string why_unavailable(int index) const override {
    return index == 0 ? "" : "there is one emulated device";
  }
  int compute_capability(int) const override { return 90; }
  std::size_t shared_memory_of_block(int) const override { return emulator_settings().shared_memory; }
  std::byte* allocate(std::size_t bytes, int) const override {
    std::byte* block = cpu_backend().allocate(bytes + 2 * kMargin, 0);
    if (block == nullptr) return nullptr;
    std::byte* memory = block + kMargin;
    if (memory_observer != nullptr) memory_observer->allocated({memory, bytes});
    return memory;
  }
  void release(std::byte* data, std::size_t bytes, int) const noexcept override {
    if (memory_observer != nullptr) memory_observer->released(data);
    cpu_backend().release(data - kMargin, bytes + 2 * kMargin, 0);
  }
  MemoryUse memory_use(int) const override { return cpu_backend().memory_use(0); }
  void mark_undefined(std::byte* data, std::size_t bytes) const override {
    poison({data, bytes}, emulator_settings().seed);
  }
  void make_current(int) const override {}
  void copy(std::byte* to, Device, const std::byte* from, Device, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
    if (memory_observer == nullptr) return;
    memory_observer->host_reads({from, bytes});
    memory_observer->host_writes({to, bytes});
  }
  void fill_zero(std::byte* data, std::size_t bytes, int) const override {
    std::memset(data, 0, bytes);
    if (memory_observer != nullptr) memory_observer->host_writes({data, bytes});
  }
  std::unique_ptr<StagingBuffer> make_staging(std::size_t bytes, int) const override {
    return cpu_backend().make_staging(bytes, 0);
  }
  void synchronize(int) const override {}
};

}  // namespace

constinit thread_local MemoryObserver* memory_observer = nullptr;

const DeviceBackend& emulated_backend() {
  static const EmulatedBackend instance;
  return instance;
}

const EmulatorSettings& emulator_settings() {
  return settings_of_thread();
}

EmulatorScope::EmulatorScope(const EmulatorSettings& settings) : previous_(settings_of_thread()) {
  settings_of_thread() = with_environment(settings);
}
EmulatorScope::~EmulatorScope() {
  settings_of_thread() = previous_;
}

void poison(std::span<std::byte> memory, std::uint64_t seed) {
  constexpr int kNaN = 0xff, kHuge = 0x7f;
  std::memset(memory.data(), (seed & 1) == 0 ? kNaN : kHuge, memory.size());
  if (memory_observer != nullptr) memory_observer->undefined(memory);
}

}  // namespace sonograd
