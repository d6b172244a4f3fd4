// A weight in the forms that variants have made of it, kept between calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "tensor/device/arena.h"
#include "tensor/support/published_list.h"

namespace sonograd::kernels {

/// Whoever passes one promises that the weight does not change while the cache lives (folded inference weights). It keeps every
/// form that was ever asked for, side by side. Threads may share one: forms never change once they are there, and two threads
/// that miss the same one at the same time both make it and keep the first.
class WeightCache {
 public:
  /// `weight` in `form`, a number that stands for one layout of `bytes` bytes in the whole process; made by `pack(memory)`
  /// unless it is there. On the CPU; lives as long as the cache.
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
