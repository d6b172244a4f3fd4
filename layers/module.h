// Parameters, buffers and sub-modules under dotted names, in the order in which they were registered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/variable.h"

namespace sonograd::layers {

/// How a tensor is laid out in published weight files, as opposed to here (design: files keep the published
/// layout).
enum class FileLayout : std::uint8_t {
  same,    ///< as it is
  conv1d,  ///< here [out, k, in], in files [out, in, k]
  conv2d,  ///< here [out, kT, kF, in], in files [out, in, kF, kT]
};

/// One entry of a module's state.
struct StateEntry {
  std::string name;  ///< dotted, as in published files: `layer3.conv.weight`
  FileLayout layout;
  const Variable* parameter;  ///< trainable; null for a buffer
  Tensor tensor;              ///< the value (shares memory with the parameter)
};

/// Base of every layer and model. Modules are neither copied nor moved: parents keep the addresses of their
/// parts.
class Module {
 public:
  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// Everything that a weight file holds: parameters and buffers of this module and its parts.
  std::vector<StateEntry> state() const;
  /// The parameters, in the order of `state`.
  std::vector<Variable> parameters() const;
  std::int64_t parameter_count() const;
  /// Dotted name below the outermost module, whose own is empty.
  std::string path() const;

  /// Training or evaluation behaviour (dropout, batch norm), for this module and its parts.
  void train(bool on = true);
  bool training() const { return training_; }

  /// Moves parameters and buffers, and forgets the gradients of what has moved. Variables that somebody took before stay
  /// where they were. Counters (i64) are for files only and remain on the host.
  void to(Device device);

  /// To be called when parameters or buffers were written from outside (a file was loaded).
  void state_changed();

 protected:
  /// `parameter` and `buffer` must be members of the module: their addresses are kept.
  void add_parameter(std::string name, Variable& parameter, FileLayout layout = FileLayout::same);
  void add_buffer(std::string name, Tensor& buffer);
  void add_module(std::string name, Module& part);
  /// Drops whatever a module has derived from its parameters (folded or reordered weights).
  virtual void drop_derived() {}

 private:
  struct Member {
    std::string name;
    FileLayout layout;
    Variable* parameter;
    Tensor* buffer;
    Module* module;
  };
  void collect(const std::string& prefix, std::vector<StateEntry>& entries) const;

  std::vector<Member> members_;
  const Module* parent_ = nullptr;
  std::string name_;  ///< in the parent
  bool training_ = true;
};

}  // namespace sonograd::layers
