// Weights that variants have converted to layouts of their own, kept between calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "tensor/device/arena.h"
#include "tensor/support/published_list.h"

namespace sonograd::kernels {

/// Weights in a cache must not change while it lives (folded inference weights). It keeps every form that a call has
/// requested, side by side. Threads may share a cache: forms never change once they are there. Two threads that miss the same
/// form at the same time both make it, and the first one is kept.
class WeightCache {
 public:
  /// Form of a bf16 weight with float32 elements in the same layout.
  static constexpr std::uint64_t kFloat32 = ~std::uint64_t{0};

  /// `weight` in `form`, a number that identifies one layout of `bytes` bytes in the whole process; `pack(memory)` makes it
  /// unless it is there. In memory of the CPU, which lives as long as the cache.
  template <class Pack>
  const void* packed(const void* weight, std::uint64_t form, std::size_t bytes, const Pack& pack) {
    const auto same = [&](const Form& other) { return other.weight == weight && other.form == form; };
    if (const Form* known = forms_.find(same)) return known->memory->data();
    const NoArenaScope outlives_the_step;
    Form made = {weight, form, Storage::allocate(bytes, Device{})};
    pack(made.memory->data());
    return forms_.add(std::move(made), same).memory->data();
  }

 private:
  struct Form {
    const void* weight;
    std::uint64_t form;
    std::shared_ptr<Storage> memory;
  };
  PublishedList<Form> forms_;
};

}  // namespace sonograd::kernels
