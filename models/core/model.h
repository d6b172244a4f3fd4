// A model for inference, which does not change, and the draft of a model, which training changes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/core/description.h"
#include "models/core/network.h"
#include "tensor/device/device.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// A network that is trained or filled with weights, with the description that its file will have.
struct ModelDraft {
  ModelDescription about;
  std::unique_ptr<Network> network;
};

/// A new network with initial weights from the ambient RandomScope; fills in `about.options` and `about.outputs`. Throws
/// ConfigError for options that the network lacks or that are out of range, a number of labels that it cannot have, and as
/// check_shapes.
ModelDraft make_model(ModelDescription about);

/// The network that a model file describes, with its extents alone: for weights that are loaded next. Takes memory for few more
/// values than the tensors of the file have. Throws ModelError, naming the entry of the metadata where one is at fault, when
/// they are not those of the network; for options with which it cannot take its own chunks; and as from_metadata does.
ModelDraft draft_of_file(const io::TensorFile& file, std::vector<std::string>* warnings);

/// A network in evaluation mode on one device, with all derived values made beforehand. Nothing in it changes: any number of
/// threads may use one object at the same time, and each gets the same bits as a single thread.
class Model {
 public:
  /// Puts the network into evaluation mode on `device`. Throws DeviceError when the device cannot run.
  explicit Model(ModelDraft draft, Device device = {}, std::vector<std::string> warnings = {});

  const ModelDescription& about() const { return draft_.about; }
  const Network& network() const { return *draft_.network; }
  Device device() const { return device_; }
  /// A sentence for each option of the file that this version passed over.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  ModelDraft draft_;
  Device device_;
  std::vector<std::string> warnings_;
};

/// Reads a model file. Throws ModelError, with the file, when it is not a complete model; ReadError when it cannot be read.
std::shared_ptr<const Model> load_model(const std::filesystem::path& path, Device device = {});

/// Writes a model file, and replaces `path` in one step. Equal models give equal bytes. Throws IoError when it cannot be
/// written.
void save_model(const std::filesystem::path& path, const ModelDraft& draft);
void save_model(const std::filesystem::path& path, const Model& model);

}  // namespace sonograd::models
