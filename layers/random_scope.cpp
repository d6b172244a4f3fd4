#include "layers/random_scope.h"

namespace sonograd::layers {
namespace {
thread_local RandomKey current{.seed = 0, .step = 0, .example = 0, .stream = RandomStream::init};
}

RandomScope::RandomScope(std::uint64_t seed, std::uint32_t step) : previous_(current) {
  current = {.seed = seed, .step = step, .example = 0};
}

RandomScope::~RandomScope() {
  current = previous_;
}

RandomKey RandomScope::next(RandomStream stream) {
  RandomKey key = current;
  key.stream = stream;
  ++current.example;
  return key;
}

}  // namespace sonograd::layers
