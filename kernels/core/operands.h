// The views among the arguments of an op, in whatever struct they travel: which device they are on.
#pragma once

#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tensor/view.h"

namespace sonograd::kernels {
namespace operands {

struct Anything {
  template <class T>
  operator T() const;  // NOLINT: any initialiser that a member may want; only ever named, never called
};

template <std::size_t>
using AnythingAt = Anything;

template <class Struct, std::size_t... I>
consteval bool takes(std::index_sequence<I...>) {
  return requires {
    Struct{AnythingAt<I>{}...};
  };
}

/// How many members an aggregate has.
template <class Struct, std::size_t count = 1>
consteval std::size_t members() {
  if constexpr (takes<Struct>(std::make_index_sequence<count + 1>())) {
    return members<Struct, count + 1>();
  } else {
    return count;
  }
}

template <class Struct, class Visit>
void for_each_member(const Struct& s, const Visit& visit) {
  constexpr std::size_t count = members<Struct>();
  static_assert(count <= 10, "more members than for_each_member knows");
  const auto all = [&](const auto&... member) { (visit(member), ...); };
  if constexpr (count == 1) {
    const auto& [a] = s;
    all(a);
  } else if constexpr (count == 2) {
    const auto& [a, b] = s;
    all(a, b);
  } else if constexpr (count == 3) {
    const auto& [a, b, c] = s;
    all(a, b, c);
  } else if constexpr (count == 4) {
    const auto& [a, b, c, d] = s;
    all(a, b, c, d);
  } else if constexpr (count == 5) {
    const auto& [a, b, c, d, e] = s;
    all(a, b, c, d, e);
  } else if constexpr (count == 6) {
    const auto& [a, b, c, d, e, f] = s;
    all(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    const auto& [a, b, c, d, e, f, g] = s;
    all(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    const auto& [a, b, c, d, e, f, g, h] = s;
    all(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 9) {
    const auto& [a, b, c, d, e, f, g, h, i] = s;
    all(a, b, c, d, e, f, g, h, i);
  } else {
    const auto& [a, b, c, d, e, f, g, h, i, j] = s;
    all(a, b, c, d, e, f, g, h, i, j);
  }
}

template <class T>
inline constexpr bool is_span = false;
template <class T>
inline constexpr bool is_span<std::span<T>> = true;

/// Calls `visit` with every view of `argument`, also of structs and lists inside it.
template <class T, class Visit>
void for_each_view(const T& argument, const Visit& visit) {
  if constexpr (std::is_same_v<T, View>) {
    visit(argument);
  } else if constexpr (is_span<T>) {
    for (const auto& element : argument) for_each_view(element, visit);
  } else if constexpr (std::is_aggregate_v<T>) {
    for_each_member(argument, [&](const auto& member) { for_each_view(member, visit); });
  }
}

}  // namespace operands

/// The device that all operands of an op are on. Throws DeviceError when they are not together.
template <class Args>
Device common_device(std::string_view op, const Args& args) {
  const View* first = nullptr;
  operands::for_each_view(args, [&](const View& view) {
    if (!view.defined()) return;
    if (first == nullptr) first = &view;
    if (view.device == first->device) return;
    throw DeviceError(concat("[", op, "] wants its operands on one device, got ", first->shape, " on ",
                             first->device, " and ", view.shape, " on ", view.device));
  });
  return first == nullptr ? Device() : first->device;
}

}  // namespace sonograd::kernels
