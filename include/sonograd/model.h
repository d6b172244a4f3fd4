// A trained network with its labels, out of a model file that `sonograd train` or `sonograd convert` wrote.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd {

namespace models {
class Model;
}

/// Does not change: any number of threads may use one object at the same time. Copies share one network.
class Model {
 public:
  /// `device`: `cpu`, `cuda:N`, `emulated`, or `auto` for the first GPU that works, else the CPU. Throws FormatError, naming
  /// the file, when it is not a complete model, IoError when it cannot be read, ConfigError for another word and DeviceError
  /// for a device that cannot run.
  static Model load(const std::filesystem::path& file, std::string_view device = "cpu");

  const std::string& architecture() const;           ///< `short_chunk_cnn`
  const std::vector<std::string>& labels() const;    ///< in output order
  const std::vector<double>& thresholds() const;     ///< in [0, 1], one per label; empty: 0.5 everywhere
  bool is_multi_label() const;                       ///< labels are independent; else one of them is right
  int sample_rate() const;                           ///< Hz
  std::int64_t chunk_samples() const;                ///< samples that the network takes at a time
  const std::string& licence() const;                ///< of the weights; empty: not stated
  const std::vector<std::string>& warnings() const;  ///< options of the file that this version passed over

 private:
  friend class Tagger;
  explicit Model(std::shared_ptr<const models::Model> model) : model_(std::move(model)) {}

  std::shared_ptr<const models::Model> model_;
};

}  // namespace sonograd
