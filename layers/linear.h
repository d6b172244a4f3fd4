// Fully connected layer.
#pragma once

#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

/// y = x weight^T + bias: [..., in] -> [..., out]. Parameters: weight [out, in], bias [out] (undefined unless learned).
class Linear : public Layer {
 public:
  Linear(std::int64_t in, std::int64_t out, Bias bias = Bias::learned);
  Variable forward(const Variable& x) const override;

 private:
  Parameter weight_, bias_;
};

}  // namespace sonograd::layers
