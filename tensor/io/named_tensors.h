// Contents of a file of tensors.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace sonograd::io {

/// Tensors by name, in the order in which the names were added.
class NamedTensors {
 public:
  using Entry = std::pair<std::string, Tensor>;

  NamedTensors() = default;
  NamedTensors(std::initializer_list<Entry> entries) {
    for (const auto& [name, tensor] : entries) set(name, tensor);
  }

  /// Adds at the end; a name that is there already keeps its place and gets the new tensor.
  void set(std::string name, Tensor tensor) {
    const auto [position, added] = index_.try_emplace(std::move(name), entries_.size());
    if (added) {
      entries_.emplace_back(position->first, std::move(tensor));
    } else {
      entries_[position->second].second = std::move(tensor);
    }
  }

  /// nullptr when there is none of that name.
  const Tensor* find(std::string_view name) const {
    const auto position = index_.find(name);
    return position == index_.end() ? nullptr : &entries_[position->second].second;
  }
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// Throws FormatError when there is none of that name.
  const Tensor& at(std::string_view name) const {
    const Tensor* tensor = find(name);
    if (tensor == nullptr) throw FormatError(concat("there is no tensor '", name, "'"));
    return *tensor;
  }

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

/// Tensors, and metadata as text.
struct TensorFile {
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;
};

}  // namespace sonograd::io
