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

/// How a tensor is laid out in published weight files, as opposed to here (design: files keep the published
/// layout).
enum class FileLayout : std::uint8_t {
  same,    ///< as it is
  conv1d,  ///< here [out, k, in], in files [out, in, k]
  conv2d,  ///< here [out, kT, kF, in], in files [out, in, kF, kT]
};

enum class StateKind : std::uint8_t {
  parameter,  ///< trainable
  statistic,  ///< moved by training without a gradient: running means and variances
  counter,    ///< i64, for files only: stays on the host
  front_end,  ///< constant of the front end (window, filter bank), which published files may bring along
  constant,   ///< follows from the sizes: in no file and no `state`, but on the module's device
};

/// One entry of a module's state.
struct StateEntry {
  std::string name;  ///< dotted, as in published files: `layer3.conv.weight`
  StateKind kind;
  FileLayout layout;
  const Variable* parameter;  ///< null unless `kind` is parameter
  Tensor tensor;              ///< the value (shares memory with the parameter)

  /// May a weight file lack it? Counters start at 0, and the front end follows from its sizes.
  bool may_be_missing() const { return kind == StateKind::counter || kind == StateKind::front_end; }
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

  /// Moves parameters and buffers, except for counters, and forgets the gradients of what has moved. Variables that
  /// somebody took before stay where they were.
  void to(Device device);
  /// Likewise converts them: f32, or f64 to check gradients against the reference.
  void to(DType dtype);

  /// Makes the module ready to serve: evaluation mode, on `device`, and whatever inference derives from parameters
  /// (batch norms folded into convolutions) made at once. Until the next call of `train`, `to` or `state_changed`, forward
  /// passes inside NoGrad change nothing: any number of threads may run them at the same time and get equal bits.
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
    Variable* parameter = nullptr;
    Tensor* buffer = nullptr;
    Module* part = nullptr;
  };
  /// Throws Error for a name that is empty or taken.
  void enlist(Member member);
  void adopt(Module& part, std::string_view name);
  void collect(const std::string& prefix, std::vector<StateEntry>& entries) const;
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
