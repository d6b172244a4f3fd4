// The tree of modules: parameters, buffers and parts under dotted names, in the order in which they were declared.
//
// Members register themselves where they are declared, with their owner and their name: Part (layers/part.h), Parameter
// and Buffer (layers/parameter.h), Derived (layers/derived.h). They live as long as their owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/variable.h"

namespace sonograd::layers {

/// Layout of a tensor in published weight files, compared with the layout in memory. Files keep the published layout.
enum class FileLayout : std::uint8_t {
  same,    ///< as it is
  conv1d,  ///< here [out, k, in], in files [out, in, k]
  conv2d,  ///< here [out, kT, kF, in], in files [out, in, kF, kT]
};

/// Role of a tensor in a module.
enum class StateKind : std::uint8_t {
  parameter,  ///< trainable
  statistic,  ///< moved by training without a gradient: running means and variances
  counter,    ///< i64, for files only: stays on the host
  front_end,  ///< constant of the front end (window, filter bank), which published files may bring along
  constant,   ///< derived from the sizes: in no file and no `state`, but on the module's device
};

/// Storage type of a parameter in a module of another type.
enum class ParameterStorage : std::uint8_t {
  as_module,   ///< weights
  as_float32,  ///< parameters of norms: float32 in a module that is stored in bf16
};

/// One entry of a module's state, apart from its value.
struct StateInfo {
  std::string name;  ///< dotted, as in published files: `layer3.conv.weight`
  StateKind kind;
  FileLayout layout;
  Shape shape;

  /// True when a weight file may lack it: counters start at 0, and the front end is derived from its sizes.
  bool may_be_missing() const { return kind == StateKind::counter || kind == StateKind::front_end; }
};

/// An entry of a module that may be changed.
struct StateEntry : StateInfo {
  const Variable* parameter;  ///< null unless `kind` is parameter
  Tensor tensor;              ///< the value (shares memory with the parameter)
};

/// An entry of a module that may only be read. The value lives as long as the module keeps it: until `to`, or its end.
struct ConstStateEntry : StateInfo {
  ConstView value;
};

class DerivedValue;

/// Base of every layer and model. Modules are neither copied nor moved: parents keep the addresses of their
/// parts.
class Module {
 public:
  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// Contents of a weight file: parameters and buffers of this module and its parts, without constants.
  std::vector<StateEntry> state();
  std::vector<ConstStateEntry> state() const;
  /// The parameters, in the order of `state`.
  std::vector<Variable> parameters();
  std::int64_t parameter_count() const;
  /// Dotted name below the outermost module, for which it is empty.
  std::string path() const;

  /// Training or evaluation behaviour (dropout, batch norm), for this module and its parts.
  void train(bool on = true);
  bool training() const { return training_; }

  /// Moves parameters and buffers, except for counters, and drops the gradients of parameters that move. Copies of variables
  /// that were taken before stay on their device.
  void to(Device device);
  /// Likewise converts them: f32, f64 (to check gradients against the reference), or bf16: weights are rounded to nearest then,
  /// parameters of norms and buffers are f32, and inputs must be bf16. Throws DTypeError for another type.
  void to(DType dtype);

  /// Makes the module ready for inference: evaluation mode, on `device`, with all derived values (batch norms folded into
  /// convolutions) made. Until the next call of `train`, `to` or `state_changed`, forward passes inside NoGrad change nothing:
  /// any number of threads may run them at the same time and get equal bits.
  void prepare(Device device);

  /// To be called when parameters or buffers were written from outside (a file was loaded).
  void state_changed();

 private:
  template <class M>
  friend class Part;
  friend class Parameter;
  friend class Buffer;
  friend class DerivedValue;

  struct Member {
    std::string name;
    StateKind kind = StateKind::parameter;
    FileLayout layout = FileLayout::same;
    ParameterStorage storage = ParameterStorage::as_module;
    Variable* parameter = nullptr;
    Tensor* buffer = nullptr;
    Module* part = nullptr;
  };
  /// Throws Error for a name that is empty or taken.
  void enlist(Member member);
  void adopt(Module& part, std::string_view name);
  template <class F>
  void visit_state(const std::string& prefix, const F& f) const;
  template <class F>
  void convert(const F& converted);
  template <class F>
  void visit_derived(const F& f) const;

  std::vector<Member> members_;
  std::vector<DerivedValue*> derived_;
  const Module* parent_ = nullptr;
  std::string name_;  ///< in the parent
  bool training_ = true;
};

}  // namespace sonograd::layers
