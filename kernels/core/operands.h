// Device of the arguments of an op: finds the views in its `Args` struct.
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
  operator T() const;  // NOLINT: stands for the initialiser of any member; named, never called
};

template <std::size_t>
using AnythingAt = Anything;

template <class Struct, std::size_t... I>
consteval bool takes(std::index_sequence<I...>) {
  return requires {
    Struct{AnythingAt<I>{}...};
  };
}

/// Number of members of an aggregate.
template <class Struct, std::size_t count = 1>
consteval std::size_t members() {
  if constexpr (takes<Struct>(std::make_index_sequence<count + 1>())) {
    return members<Struct, count + 1>();
  } else {
    return count;
  }
}

// A structured binding must name every member: C++20 has no packs in bindings.
#define SONOGRAD_MEMBERS(number, ...)                                         \
  if constexpr (count == (number)) {                                          \
    const auto& [__VA_ARGS__] = whole;                                        \
    return [&](const auto&... member) { (visit(member), ...); }(__VA_ARGS__); \
  }

/// Calls `visit` with each member of an aggregate, in order.
template <class Struct, class Visit>
void for_each_member(const Struct& whole, const Visit& visit) {
  constexpr std::size_t count = members<Struct>();
  static_assert(count <= 24, "for_each_member supports 24 members");
  // clang-format off
  SONOGRAD_MEMBERS(1, a)
  SONOGRAD_MEMBERS(2, a, b)
  SONOGRAD_MEMBERS(3, a, b, c)
  SONOGRAD_MEMBERS(4, a, b, c, d)
  SONOGRAD_MEMBERS(5, a, b, c, d, e)
  SONOGRAD_MEMBERS(6, a, b, c, d, e, f)
  SONOGRAD_MEMBERS(7, a, b, c, d, e, f, g)
  SONOGRAD_MEMBERS(8, a, b, c, d, e, f, g, h)
  SONOGRAD_MEMBERS(9, a, b, c, d, e, f, g, h, i)
  SONOGRAD_MEMBERS(10, a, b, c, d, e, f, g, h, i, j)
  SONOGRAD_MEMBERS(11, a, b, c, d, e, f, g, h, i, j, k)
  SONOGRAD_MEMBERS(12, a, b, c, d, e, f, g, h, i, j, k, l)
  SONOGRAD_MEMBERS(13, a, b, c, d, e, f, g, h, i, j, k, l, m)
  SONOGRAD_MEMBERS(14, a, b, c, d, e, f, g, h, i, j, k, l, m, n)
  SONOGRAD_MEMBERS(15, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)
  SONOGRAD_MEMBERS(16, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
  SONOGRAD_MEMBERS(17, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q)
  SONOGRAD_MEMBERS(18, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r)
  SONOGRAD_MEMBERS(19, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s)
  SONOGRAD_MEMBERS(20, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t)
  SONOGRAD_MEMBERS(21, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u)
  SONOGRAD_MEMBERS(22, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v)
  SONOGRAD_MEMBERS(23, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w)
  SONOGRAD_MEMBERS(24, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x)
  // clang-format on
}
#undef SONOGRAD_MEMBERS

template <class T>
inline constexpr bool is_span = false;
template <class T>
inline constexpr bool is_span<std::span<T>> = true;

/// Calls `visit` with every view in `argument`, also in the structs and spans inside it.
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

/// The device of all operands of an op; the CPU if none is defined. Throws DeviceError when they are on several devices.
template <class Args>
Device common_device(std::string_view op, const Args& args) {
  const View* first = nullptr;
  operands::for_each_view(args, [&](const View& view) {
    if (!view.defined()) return;
    if (first == nullptr) first = &view;
    if (view.device == first->device) return;
    throw DeviceError(concat("[", op, "] expected all operands on one device, got ", first->shape, " on ",
                             first->device, " and ", view.shape, " on ", view.device));
  });
  return first == nullptr ? Device() : first->device;
}

}  // namespace sonograd::kernels
