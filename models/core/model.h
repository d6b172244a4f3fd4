// A model that does not change, and the one that training changes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/core/description.h"
#include "models/core/network.h"
#include "tensor/device/device.h"

namespace sonograd::models {

/// A network that is trained, or whose weights are being filled in, and what its file will say.
struct ModelDraft {
  ModelDescription about;
  std::unique_ptr<Network> network;
};

/// A new network with initial weights from the ambient RandomScope; fills in `about.options` and `about.outputs`. Throws
/// ConfigError for options that the network lacks or that are out of range, or a number of labels that it cannot have.
ModelDraft make_model(ModelDescription about);

/// A network in evaluation mode on one device, with everything derived from its weights made beforehand. Nothing in it
/// changes: one object serves any number of threads at once, and gives each the bits it gives a single one.
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

/// Throws ModelError, naming the file, for anything that is not a complete model; ReadError when it cannot be read.
std::shared_ptr<const Model> load_model(const std::filesystem::path& path, Device device = {});

/// Replace `path` in one step. Equal models give equal bytes.
void save_model(const std::filesystem::path& path, const ModelDraft& draft);
void save_model(const std::filesystem::path& path, const Model& model);

}  // namespace sonograd::models
