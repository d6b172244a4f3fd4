// Numbers with extents: the form in which outputs of a network leave the library.
#pragma once

#include <cstdint>
#include <vector>

namespace sonograd {

struct Array {
  std::vector<std::int64_t> shape;  ///< extents, outermost first
  std::vector<float> values;        ///< row-major, as many as the product of the extents
};

}  // namespace sonograd
