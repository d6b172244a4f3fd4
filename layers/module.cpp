#include "layers/module.h"

namespace sonograd::layers {

void Module::add_parameter(std::string name, Variable& parameter, FileLayout layout) {
  members_.push_back({std::move(name), layout, &parameter, nullptr, nullptr});
}

void Module::add_buffer(std::string name, Tensor& buffer) {
  members_.push_back({std::move(name), FileLayout::same, nullptr, &buffer, nullptr});
}

void Module::add_module(std::string name, Module& part) {
  part.parent_ = this;
  part.name_ = name;
  members_.push_back({std::move(name), FileLayout::same, nullptr, nullptr, &part});
}

void Module::collect(const std::string& prefix, std::vector<StateEntry>& entries) const {
  for (const Member& member : members_) {
    const std::string name = prefix + member.name;
    if (member.module != nullptr) {
      member.module->collect(name + '.', entries);
    } else {
      const Tensor& tensor = member.parameter ? member.parameter->data() : *member.buffer;
      entries.push_back({name, member.layout, member.parameter, tensor});
    }
  }
}

std::vector<StateEntry> Module::state() const {
  std::vector<StateEntry> entries;
  collect("", entries);
  return entries;
}

std::vector<Variable> Module::parameters() const {
  std::vector<Variable> result;
  for (const StateEntry& entry : state()) {
    if (entry.parameter != nullptr) result.push_back(*entry.parameter);
  }
  return result;
}

std::int64_t Module::parameter_count() const {
  std::int64_t count = 0;
  for (const Variable& parameter : parameters()) count += parameter.data().numel();
  return count;
}

std::string Module::path() const {
  if (parent_ == nullptr) return {};
  const std::string above = parent_->path();
  return above.empty() ? name_ : above + '.' + name_;
}

void Module::train(bool on) {
  training_ = on;
  drop_derived();
  for (const Member& member : members_) {
    if (member.module != nullptr) member.module->train(on);
  }
}

void Module::to(Device device) {
  drop_derived();
  for (const Member& member : members_) {
    if (member.module != nullptr) {
      member.module->to(device);
    } else if (member.buffer != nullptr) {
      if (member.buffer->dtype() != DType::i64) *member.buffer = member.buffer->to(device);
    } else if (member.parameter->device() != device) {
      *member.parameter = Variable(member.parameter->data().to(device), true);
    }
  }
}

void Module::state_changed() {
  drop_derived();
  for (const Member& member : members_) {
    if (member.module != nullptr) member.module->state_changed();
  }
}

}  // namespace sonograd::layers
