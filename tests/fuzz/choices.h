// Random choices of the mutators, and values at and beyond the limits of everything.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace sonograd::fuzz {

class Choices {
 public:
  explicit Choices(std::uint64_t seed) : engine_(seed) {}

  /// 0 to count - 1; count >= 1.
  std::size_t below(std::size_t count) { return engine_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class T>
  const T& of(std::span<const T> items) {
    return items[below(items.size())];
  }
  template <class T>
  T of(std::initializer_list<T> items) {
    return items.begin()[below(items.size())];
  }
  /// Levels of nesting: about the limit, and enough to overflow a stack.
  std::size_t depth() { return of<std::size_t>({1, 2, 62, 63, 64, 65, 66, 300, 20'000, 200'000}); }
  /// A number as text, in every notation.
  std::string number() {
    return of<std::string>({"0",
                            "-0",
                            "1",
                            "-1",
                            "2",
                            "64",
                            "65",
                            "4096",
                            "4097",
                            "65535",
                            "65536",
                            "100000",
                            "100001",
                            "2147483647",
                            "2147483648",
                            "-2147483649",
                            "4294967296",
                            "1000000000000",
                            "1e12",
                            "1e300",
                            "-1e300",
                            "1e-300",
                            "1e999",
                            "0.5",
                            "0.999999",
                            "1.5",
                            "9007199254740993",
                            "9223372036854775807",
                            "9223372036854775808",
                            "-9223372036854775808",
                            "18446744073709551615",
                            "18446744073709551616"});
  }

 private:
  std::mt19937_64 engine_;
};

inline std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

}  // namespace sonograd::fuzz
