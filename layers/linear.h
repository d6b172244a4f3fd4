// Fully connected layer.
#pragma once

#include "layers/module.h"

namespace sonograd::layers {

/// y = x weight^T + bias: [..., in] -> [..., out]. Parameters: weight [out, in], bias [out].
class Linear : public Module {
 public:
  Linear(std::int64_t in, std::int64_t out);
  Variable forward(const Variable& x) const;

 private:
  Variable weight_, bias_;
};

}  // namespace sonograd::layers
