#include "layers/module.h"

#include <algorithm>

#include "kernels/core/stored.h"
#include "layers/derived.h"

namespace sonograd::layers {

void Module::enlist(Member member) {
  if (member.name.empty()) throw Error("[module] a member has no name");
  if (std::ranges::find(members_, member.name, &Member::name) != members_.end())
    throw Error(concat("[module] two members are called '", member.name, "'"));
  members_.push_back(std::move(member));
}

void Module::adopt(Module& part, std::string_view name) {
  enlist({.name = std::string(name), .part = &part});
  part.parent_ = this;
  part.name_ = name;
}

// Calls `f(info, parameter or null, value)` for each entry.
template <class F>
void Module::visit_state(const std::string& prefix, const F& f) const {
  for (const Member& member : members_) {
    const std::string name = prefix + member.name;
    if (member.part != nullptr) {
      member.part->visit_state(name + '.', f);
    } else if (member.kind != StateKind::constant) {
      const Tensor& value = member.parameter ? member.parameter->data() : *member.buffer;
      f(StateInfo{name, member.kind, member.layout, value.shape()}, member.parameter, value);
    }
  }
}

std::vector<StateEntry> Module::state() {
  std::vector<StateEntry> entries;
  visit_state("", [&](StateInfo info, const Variable* parameter, const Tensor& value) {
    entries.push_back({std::move(info), parameter, value});
  });
  return entries;
}

std::vector<ConstStateEntry> Module::state() const {
  std::vector<ConstStateEntry> entries;
  visit_state("", [&](StateInfo info, const Variable*, const Tensor& value) {
    entries.push_back({std::move(info), value.view()});
  });
  return entries;
}

std::vector<Variable> Module::parameters() {
  std::vector<Variable> result;
  for (const StateEntry& entry : state()) {
    if (entry.parameter != nullptr) result.push_back(*entry.parameter);
  }
  return result;
}

std::int64_t Module::parameter_count() const {
  std::int64_t count = 0;
  for (const ConstStateEntry& entry : state()) {
    if (entry.kind == StateKind::parameter) count += entry.shape.numel();
  }
  return count;
}

std::string Module::path() const {
  if (parent_ == nullptr) return {};
  const std::string above = parent_->path();
  return above.empty() ? name_ : above + '.' + name_;
}

template <class F>
void Module::visit_derived(const F& f) const {
  for (DerivedValue* value : derived_) f(*value);
  for (const Member& member : members_) {
    if (member.part != nullptr) member.part->visit_derived(f);
  }
}

void Module::train(bool on) {
  training_ = on;
  for (DerivedValue* value : derived_) value->drop();
  for (const Member& member : members_) {
    if (member.part != nullptr) member.part->train(on);
  }
}

// `converted` returns the tensor on another device or in another type; it shares the memory of its argument when nothing
// changes.
template <class F>
void Module::convert(const F& converted) {
  for (const Member& member : members_) {
    if (member.part != nullptr) {
      member.part->convert(converted);
    } else if (member.parameter != nullptr) {
      const Tensor& before = member.parameter->data();
      const Tensor after = converted(member, before);
      if (after.view().pointer != before.view().pointer) *member.parameter = Variable(after, true);
    } else if (member.kind != StateKind::counter) {
      *member.buffer = converted(member, *member.buffer);
    }
  }
}

void Module::to(Device device) {
  state_changed();
  convert([&](const Member&, const Tensor& tensor) { return tensor.to(device); });
}

void Module::to(DType dtype) {
  if (dtype != DType::f32 && dtype != DType::f64 && dtype != DType::bf16)
    throw DTypeError(concat("[module] expects f32, f64 or bf16, got ", name_of(dtype)));
  state_changed();
  convert([&](const Member& member, const Tensor& tensor) {
    const bool follows = member.parameter != nullptr && member.storage == ParameterStorage::as_module;
    return tensor.to(follows ? dtype : kernels::computed_dtype(dtype));
  });
}

void Module::prepare(Device device) {
  train(false);
  to(device);
  visit_derived([](DerivedValue& value) { value.prepare(); });
}

void Module::state_changed() {
  visit_derived([](DerivedValue& value) { value.drop(); });
}

}  // namespace sonograd::layers
