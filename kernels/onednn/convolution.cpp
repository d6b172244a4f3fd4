#include "kernels/onednn/convolution.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "kernels/core/launch.h"
#include "kernels/onednn/engine.h"

namespace sonograd::kernels::onednn {
namespace {

using Tag = dnnl::memory::format_tag;
using Desc = dnnl::memory::desc;
constexpr auto kF32 = dnnl::memory::data_type::f32;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

// Descriptors of the operands. The logical order of oneDNN is channels before space, whatever the layout in memory.
struct Descs {
  Desc x, w_ours, w_any, bias, y;
  dnnl::memory::dims stride, dilation, pad_before, pad_after;

  explicit Descs(const ConvGeometry& g) {
    const bool two = g.spatial == 2;
    const auto spatial = [&](std::int64_t a, std::int64_t b, const std::array<std::int64_t, 2>& s) {
      return two ? dnnl::memory::dims{a, b, s[0], s[1]} : dnnl::memory::dims{a, b, s[0]};
    };
    const auto pair = [&](const std::array<std::int64_t, 2>& s) {
      return two ? dnnl::memory::dims{s[0], s[1]} : dnnl::memory::dims{s[0]};
    };
    const Tag map_tag = two ? Tag::nhwc : Tag::nwc;
    x = Desc(spatial(g.batch, g.in_channels, g.in), kF32, map_tag);
    y = Desc(spatial(g.batch, g.out_channels, g.out), kF32, map_tag);
    w_ours = Desc(spatial(g.out_channels, g.in_channels, g.kernel), kF32, two ? Tag::ohwi : Tag::owi);
    w_any = Desc(spatial(g.out_channels, g.in_channels, g.kernel), kF32, Tag::any);
    if (g.has_bias) bias = Desc({g.out_channels}, kF32, Tag::x);
    stride = pair(g.stride);
    dilation = pair({g.dilation[0] - 1, g.dilation[1] - 1});
    pad_before = pair(g.pad_before);
    pad_after = pair(g.pad_after);
  }
};

dnnl::convolution_forward::primitive_desc describe_forward(const Descs& d, bool add) {
  dnnl::primitive_attr attr = user_scratchpad();
  if (add) {
    dnnl::post_ops ops;
    ops.append_sum(1.0f);
    attr.set_post_ops(ops);
  }
  return describe<dnnl::convolution_forward>(attr, dnnl::prop_kind::forward_training, kDirect, d.x, d.w_any,
                                             d.bias, d.y, d.stride, d.dilation, d.pad_before, d.pad_after);
}

// An argument of a primitive: its name and a memory object of oneDNN, made once; every call sets its pointer.
class Argument {
 public:
  Argument(int name, const Desc& desc)
      : name_(name), bytes_(desc.get_size()), memory_(desc, engine(), nullptr) {}

  int name() const { return name_; }
  std::size_t bytes() const { return bytes_; }
  dnnl_exec_arg_t at(const void* data) {
    check_run(dnnl_memory_set_data_handle(memory_.get(), const_cast<void*>(data)));
    return {name_, memory_.get()};
  }

 private:
  int name_;
  std::size_t bytes_;
  dnnl::memory memory_;
};

// Uses the C interface: the C++ interface builds a hash table for every call.
void execute(const dnnl::primitive& primitive, std::span<const dnnl_exec_arg_t> arguments) {
  dnnl_stream_t queue = stream().get();
  check_run(
      dnnl_primitive_execute(primitive.get(), queue, static_cast<int>(arguments.size()), arguments.data()));
  check_run(dnnl_stream_wait(queue));
}

// Conversion from one layout to another.
class Reorder {
 public:
  Reorder(const Desc& from, const Desc& to)
      : primitive_(dnnl::reorder::primitive_desc(engine(), from, engine(), to)),
        from_(DNNL_ARG_FROM, from),
        to_(DNNL_ARG_TO, to) {}
  void run(const void* from, void* to) { execute(primitive_, std::array{from_.at(from), to_.at(to)}); }

 private:
  dnnl::reorder primitive_;
  Argument from_, to_;
};

// Number of a layout in a WeightCache: equal layouts have equal numbers, in the plans of all threads and batches.
std::uint64_t form_of(const Desc& packed) {
  static std::mutex mutex;
  static std::vector<Desc> known;
  const std::scoped_lock lock(mutex);
  const auto found = std::ranges::find(known, packed);
  const auto form = static_cast<std::uint64_t>(found - known.begin());
  if (found == known.end()) known.push_back(packed);
  return form;
}

// A primitive with its arguments, and its layout of the weights (or of their gradient).
struct Plan {
  dnnl::primitive primitive;
  std::vector<Argument> arguments;
  Argument scratch;
  std::size_t packed_bytes = 0;         // 0: the primitive takes our layout
  std::uint64_t form = 0;               // number in a WeightCache
  std::optional<Reorder> pack, unpack;  // from our layout, to our layout

  Plan(const dnnl::primitive& built, const Desc& scratchpad, std::vector<Argument> named, const Desc& ours,
       const Desc& packed)
      : primitive(built), arguments(std::move(named)), scratch(DNNL_ARG_SCRATCHPAD, scratchpad) {
    if (packed == ours) return;
    packed_bytes = packed.get_size();
    form = form_of(packed);
    pack.emplace(ours, packed);
    unpack.emplace(packed, ours);
  }

  std::size_t workspace() const {
    return Workspace::bytes<std::byte>(scratch.bytes()) + Workspace::bytes<std::byte>(packed_bytes);
  }

  // `pointers`: the arguments by name.
  void run(std::initializer_list<std::pair<int, const void*>> pointers, Workspace& memory) {
    std::array<dnnl_exec_arg_t, 5> list;
    std::size_t count = 0;
    for (const auto& [name, data] : pointers)
      list[count++] = std::ranges::find(arguments, name, &Argument::name)->at(data);
    list[count++] = scratch.at(memory.take<std::byte>(scratch.bytes()));
    execute(primitive, std::span(list).first(count));
  }
};

// Plans of one thread.
template <class Key>
using Plans = PrimitiveCache<Key, Plan>;

struct ForwardKey {
  ConvGeometry geometry;
  bool add;
  friend auto operator<=>(const ForwardKey&, const ForwardKey&) = default;
};

Plan& forward_plan(const ConvGeometry& g, bool add) {
  thread_local Plans<ForwardKey> plans;
  return plans.get({g, add}, [](const ForwardKey& key) {
    const Descs d(key.geometry);
    const auto desc = describe_forward(d, key.add);
    std::vector<Argument> arguments = {
        {DNNL_ARG_SRC, d.x}, {DNNL_ARG_WEIGHTS, desc.weights_desc()}, {DNNL_ARG_DST, d.y}};
    if (key.geometry.has_bias) arguments.emplace_back(DNNL_ARG_BIAS, d.bias);
    return Plan(dnnl::convolution_forward(desc), desc.scratchpad_desc(), std::move(arguments), d.w_ours,
                desc.weights_desc());
  });
}

// Primitive descriptor of a gradient; oneDNN takes that of the forward direction as a hint.
template <class Primitive>
auto describe_gradient(const Descs& d) {
  return describe_backward<Primitive>(describe_forward(d, false), kDirect, d.x, d.w_any, d.y, d.stride,
                                      d.dilation, d.pad_before, d.pad_after);
}

Plan& backward_data_plan(const ConvGeometry& g) {
  thread_local Plans<ConvGeometry> plans;
  return plans.get(g, [](const ConvGeometry& key) {
    const Descs d(key);
    const auto desc = describe_gradient<dnnl::convolution_backward_data>(d);
    return Plan(dnnl::convolution_backward_data(desc), desc.scratchpad_desc(),
                {{DNNL_ARG_DIFF_DST, d.y}, {DNNL_ARG_WEIGHTS, desc.weights_desc()}, {DNNL_ARG_DIFF_SRC, d.x}},
                d.w_ours, desc.weights_desc());
  });
}

Plan& backward_weight_plan(const ConvGeometry& g) {
  thread_local Plans<ConvGeometry> plans;
  return plans.get(g, [](const ConvGeometry& key) {
    const Descs d(key);
    const auto desc = describe_gradient<dnnl::convolution_backward_weights>(d);
    return Plan(
        dnnl::convolution_backward_weights(desc), desc.scratchpad_desc(),
        {{DNNL_ARG_SRC, d.x}, {DNNL_ARG_DIFF_DST, d.y}, {DNNL_ARG_DIFF_WEIGHTS, desc.diff_weights_desc()}},
        d.w_ours, desc.diff_weights_desc());
  });
}

ConvGeometry without_bias(ConvGeometry g) {
  g.has_bias = false;
  return g;
}

void accumulate(const float* from, float* to, std::int64_t count) {
  launch_ranges("accumulate", count, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) to[i] += from[i];
  });
}

// The weights in the layout of the plan; in the workspace, if it is not ours.
const void* packed(Plan& plan, const float* w, Workspace& workspace) {
  if (!plan.pack) return w;
  std::byte* memory = workspace.take<std::byte>(plan.packed_bytes);
  plan.pack->run(w, memory);
  return memory;
}

// The weights in the layout of the plan, kept in `cache`.
const void* packed_once(Plan& plan, const float* w, WeightCache& cache) {
  if (!plan.pack) return w;
  return cache.packed(w, plan.form, plan.packed_bytes, [&](void* memory) { plan.pack->run(w, memory); });
}

void run_forward(Plan& plan, const ConvGeometry& g, const float* x, const void* weights, const float* bias,
                 float* y, Workspace workspace) {
  if (g.has_bias) {
    plan.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_BIAS, bias}, {DNNL_ARG_DST, y}},
             workspace);
  } else {
    plan.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, y}}, workspace);
  }
}

ConvGeometry of_one(ConvGeometry g) {
  g.batch = 1;
  return g;
}

}  // namespace

std::size_t forward_workspace(const ConvGeometry& g, bool add) {
  return forward_plan(g, add).workspace();
}

void forward(const ConvGeometry& g, const float* x, const float* w, const float* bias, float* y, bool add,
             Workspace workspace, WeightCache* cache) {
  Plan& plan = forward_plan(g, add);
  const void* weights = cache != nullptr ? packed_once(plan, w, *cache) : packed(plan, w, workspace);
  run_forward(plan, g, x, weights, bias, y, workspace);
}

std::size_t forward_one_by_one_workspace(const ConvGeometry& g, bool add) {
  return forward_workspace(of_one(g), add);
}

void forward_one_by_one(const ConvGeometry& g, const float* x, const float* w, const float* bias, float* y,
                        bool add, Workspace workspace, WeightCache* cache) {
  const ConvGeometry one = of_one(g);
  Plan& plan = forward_plan(one, add);
  const void* weights = cache != nullptr ? packed_once(plan, w, *cache) : packed(plan, w, workspace);
  for (std::int64_t n = 0; n < g.batch; ++n)
    run_forward(plan, one, x + n * one.in_size(), weights, bias, y + n * one.out_size(), workspace);
}

std::size_t backward_data_workspace(const ConvGeometry& g, bool add) {
  return backward_data_plan(without_bias(g)).workspace() +
         Workspace::bytes<float>(static_cast<std::size_t>(add ? g.in_size() : 0));
}

void backward_data(const ConvGeometry& g, const float* dy, const float* w, float* dx, bool add,
                   Workspace workspace) {
  Plan& plan = backward_data_plan(without_bias(g));
  const void* weights = packed(plan, w, workspace);
  float* target = add ? workspace.take<float>(static_cast<std::size_t>(g.in_size())) : dx;
  plan.run({{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DIFF_SRC, target}}, workspace);
  if (add) accumulate(target, dx, g.in_size());
}

std::size_t backward_weight_workspace(const ConvGeometry& g, bool add) {
  return backward_weight_plan(without_bias(g)).workspace() +
         Workspace::bytes<float>(static_cast<std::size_t>(add ? g.weight_size() : 0));
}

void backward_weight(const ConvGeometry& g, const float* x, const float* dy, float* dw, bool add,
                     Workspace workspace) {
  Plan& plan = backward_weight_plan(without_bias(g));
  float* target = add ? workspace.take<float>(static_cast<std::size_t>(g.weight_size())) : dw;
  void* written = plan.unpack ? static_cast<void*>(workspace.take<std::byte>(plan.packed_bytes)) : target;
  plan.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_WEIGHTS, written}}, workspace);
  if (plan.unpack) plan.unpack->run(written, target);
  if (add) accumulate(target, dw, g.weight_size());
}

}  // namespace sonograd::kernels::onednn
