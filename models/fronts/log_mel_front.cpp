// The front end `log_mel`: log-mel maps [N, frames, bands, 1], normalised.
#include "models/fronts/log_mel_maps.h"

namespace sonograd::models {
namespace {

class PlainLogMel : public LogMelMaps {
 public:
  using Options = LogMelMapOptions;

  explicit PlainLogMel(const Options& options) : LogMelMaps(options.front, "spec_bn") {}
  Variable map(const Variable& features) const override { return normalised(features); }
};

}  // namespace

FrontKind log_mel_front() {
  return front_kind_of<PlainLogMel>("log_mel", "log-mel maps", {"spec_bn.weight"});
}

}  // namespace sonograd::models
