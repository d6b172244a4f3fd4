// A list that grows while other threads read it.
#pragma once

#include <atomic>
#include <utility>

namespace sonograd {

/// Entries are added and never change or leave while the list lives; `find` takes no lock and never waits.
template <class T>
class PublishedList {
 public:
  PublishedList() = default;
  PublishedList(const PublishedList&) = delete;
  PublishedList& operator=(const PublishedList&) = delete;
  ~PublishedList() {
    for (const Node* node = first_.load(std::memory_order_acquire); node != nullptr;) {
      const Node* next = node->next;
      delete node;
      node = next;
    }
  }

  /// An entry for which `matches(entry)` is true; null when there is none.
  template <class Matches>
  const T* find(const Matches& matches) const {
    return find(first_.load(std::memory_order_acquire), nullptr, matches);
  }

  /// Adds `value`, unless another thread has added an entry that matches by now. Returns the one that is in the list.
  template <class Matches>
  const T& add(T value, const Matches& matches) {
    Node* node = new Node{std::move(value), nullptr};
    const Node* searched = nullptr;
    const Node* first = first_.load(std::memory_order_acquire);
    do {
      if (const T* other = find(first, searched, matches)) {
        delete node;
        return *other;
      }
      node->next = searched = first;
    } while (
        !first_.compare_exchange_weak(first, node, std::memory_order_acq_rel, std::memory_order_acquire));
    return node->value;
  }

 private:
  struct Node {
    T value;
    const Node* next;
  };

  // Searches from `node` to before `end`.
  template <class Matches>
  static const T* find(const Node* node, const Node* end, const Matches& matches) {
    for (; node != end; node = node->next) {
      if (matches(node->value)) return &node->value;
    }
    return nullptr;
  }

  std::atomic<const Node*> first_ = nullptr;
};

}  // namespace sonograd
