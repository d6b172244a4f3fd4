// Front ends by name, for networks that take any of them.
#pragma once

#include <memory>

#include "models/core/map_extents.h"
#include "models/fronts/front.h"
#include "models/fronts/harmonic.h"
#include "models/fronts/log_mel.h"

namespace sonograd::models {

enum class FrontKind : std::uint8_t { log_mel, harmonic };

/// A front end and its options. Options that several have (rate, lengths, padding, power, amin) are listed once.
struct AnyFront {
  FrontKind kind = FrontKind::log_mel;
  LogMelFront log_mel = {.mel = {.n_mels = 128}};
  kernels::HarmonicNotes notes;

  /// `front`, and the options of all front ends.
  void list(OptionList& all);
  /// Throws ConfigError as the front end does, and for an option of another one that is not at its default.
  Input input() const;
  /// Throws ShapeError when a chunk is too short for a frame.
  MapExtents map() const;
  /// Registers the front end as a part of `parent`.
  std::unique_ptr<const Front> make(layers::Module& parent, std::string_view name) const;
  /// Sets kind and sizes from the tensors of the part `name`. Throws ModelError for those of no front end.
  void read_sizes(const io::NamedTensors& weights, std::string_view name);

 private:
  HarmonicFront harmonic() const;
  void refuse_options_of_others() const;
};

}  // namespace sonograd::models
