// A trained network with its labels, from a model file of `sonograd train` or `sonograd convert`.
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

/// A named output of a network: `logits`, one number per label before sigmoid or softmax, or an intermediate result such as
/// `penultimate`, an embedding of the chunk.
struct ModelOutput {
  std::string name;
  std::vector<std::int64_t> shape;  ///< extents for one chunk: `{512}` is a vector of 512 numbers
  std::string help;                 ///< one line
};

/// An immutable model: any number of threads may use one object at the same time. Copies share one network.
class Model {
 public:
  /// `device`: `cpu`, `cuda:N`, `emulated`, or `auto` for the first GPU that works, else the CPU. Throws FormatError, naming
  /// the file, when it is not a complete model, IoError when it cannot be read, ConfigError for another word and DeviceError
  /// for a device that cannot run.
  static Model load(const std::filesystem::path& file, std::string_view device = "cpu");

  const std::string& architecture() const;           ///< name of the network, such as `short_chunk_cnn`
  const std::vector<std::string>& labels() const;    ///< names of the labels, in output order
  const std::vector<double>& thresholds() const;     ///< in [0, 1], one per label; empty: 0.5 everywhere
  bool is_multi_label() const;                       ///< true: any number of tags; false: exactly one class
  int sample_rate() const;                           ///< Hz
  std::int64_t chunk_samples() const;                ///< input of the network, in samples
  std::vector<ModelOutput> outputs() const;          ///< named outputs, `logits` first
  const std::string& licence() const;                ///< licence of the weights; empty: not stated
  const std::vector<std::string>& warnings() const;  ///< one per option of the file that was passed over

 private:
  friend class Tagger;
  explicit Model(std::shared_ptr<const models::Model> model) : model_(std::move(model)) {}

  std::shared_ptr<const models::Model> model_;
};

}  // namespace sonograd
