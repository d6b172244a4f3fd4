// An explanation of a file as text, JSON, picture and sound.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "models/explain/explain_clip.h"

namespace sonograd::app {

struct ExplainedClip {
  std::string file;   ///< as given, in UTF-8
  std::string model;  ///< as given, in UTF-8
  std::string arch, tag;
  models::ExplainOptions options;
  models::FeatureAxes axes;
  int sample_rate = 0;
  double begin = 0;            ///< s: start of `samples` in the file
  std::vector<float> samples;  ///< mono
  models::ClipExplanation result;
  std::vector<models::Excerpt> most, least;  ///< counted from `begin`

  /// Sets `most` and `least`: three parts of a second, or fewer.
  void pick();
  double seconds() const { return static_cast<double>(samples.size()) / sample_rate; }
  /// "integrated gradients, 32 steps from silence".
  std::string method() const;
  /// The log-odds in numbers: what the contributions add up to, and should.
  std::string balance() const;
};

/// The keys that --json prints.
nlohmann::ordered_json to_json(const ExplainedClip& clip);
/// Contributions over time, by band, and by both in columns of about 0.1 s.
nlohmann::ordered_json map_to_json(const ExplainedClip& clip);
std::string to_svg(const ExplainedClip& clip);
void print_text(const ExplainedClip& clip);
/// The parts behind one another, faded in and out, with silence between them.
std::vector<float> joined(const ExplainedClip& clip, std::span<const models::Excerpt> parts);

}  // namespace sonograd::app
