#include "kernels/core/explain.h"

namespace sonograd::kernels {
namespace {
thread_local ExplainScope* open_scope = nullptr;
}

ExplainScope::ExplainScope() {
  open_scope = this;
}
ExplainScope::~ExplainScope() {
  open_scope = nullptr;
}
ExplainScope* ExplainScope::current() {
  return open_scope;
}

}  // namespace sonograd::kernels
