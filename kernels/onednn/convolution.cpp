#include "kernels/onednn/convolution.h"

#include "kernels/core/launch.h"
#include "kernels/onednn/engine.h"
#include "tensor/device/arena.h"

namespace sonograd::kernels::onednn {
namespace {

using Tag = dnnl::memory::format_tag;
using Desc = dnnl::memory::desc;
constexpr auto kF32 = dnnl::memory::data_type::f32;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

// oneDNN's logical order is channels before space, whatever the layout in memory.
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

// A primitive with the layout it wants for the weights, and the way there (or back, for their gradient).
template <class Primitive>
struct Plan {
  Primitive primitive;
  Desc ours, packed, scratch;
  dnnl::reorder pack, unpack;
  bool reorders;

  Plan(const typename Primitive::primitive_desc& desc, const Desc& our_layout, const Desc& packed_layout)
      : primitive(desc),
        ours(our_layout),
        packed(packed_layout),
        scratch(desc.scratchpad_desc()),
        reorders(packed_layout != our_layout) {
    if (!reorders) return;
    pack = dnnl::reorder(dnnl::reorder::primitive_desc(engine(), ours, engine(), packed));
    unpack = dnnl::reorder(dnnl::reorder::primitive_desc(engine(), packed, engine(), ours));
  }

  std::size_t scratch_bytes() const { return Workspace::bytes<std::byte>(scratch.get_size()); }
  std::size_t packed_bytes() const { return reorders ? Workspace::bytes<std::byte>(packed.get_size()) : 0; }

  const float* pack_into(const float* w, std::byte* memory_for_packed) const {
    dnnl::memory from = memory(ours, w);
    dnnl::memory to = memory(packed, memory_for_packed);
    const_cast<dnnl::reorder&>(pack).execute(stream(), from, to);
    return reinterpret_cast<const float*>(memory_for_packed);
  }

  void execute(std::unordered_map<int, dnnl::memory> args, Workspace& workspace) const {
    args.emplace(DNNL_ARG_SCRATCHPAD, memory(scratch, workspace.take<std::byte>(scratch.get_size())));
    primitive.execute(stream(), args);
    stream().wait();
  }
};

using ForwardPlan = Plan<dnnl::convolution_forward>;
using BackwardDataPlan = Plan<dnnl::convolution_backward_data>;
using BackwardWeightPlan = Plan<dnnl::convolution_backward_weights>;

struct ForwardKey {
  ConvGeometry geometry;
  bool add;
  friend auto operator<=>(const ForwardKey&, const ForwardKey&) = default;
};

std::shared_ptr<const ForwardPlan> forward_plan(const ConvGeometry& g, bool add) {
  static PrimitiveCache<ForwardKey, ForwardPlan> cache;
  return cache.get({g, add}, [](const ForwardKey& key) {
    const Descs d(key.geometry);
    const auto desc = describe_forward(d, key.add);
    return ForwardPlan(desc, d.w_ours, desc.weights_desc());
  });
}

std::shared_ptr<const BackwardDataPlan> backward_data_plan(const ConvGeometry& g) {
  static PrimitiveCache<ConvGeometry, BackwardDataPlan> cache;
  return cache.get(g, [](const ConvGeometry& key) {
    const Descs d(key);
    const auto desc = describe_backward<dnnl::convolution_backward_data>(
        describe_forward(d, false), kDirect, d.x, d.w_any, d.y, d.stride, d.dilation, d.pad_before,
        d.pad_after);
    return BackwardDataPlan(desc, d.w_ours, desc.weights_desc());
  });
}

std::shared_ptr<const BackwardWeightPlan> backward_weight_plan(const ConvGeometry& g) {
  static PrimitiveCache<ConvGeometry, BackwardWeightPlan> cache;
  return cache.get(g, [](const ConvGeometry& key) {
    const Descs d(key);
    const auto desc = describe_backward<dnnl::convolution_backward_weights>(
        describe_forward(d, false), kDirect, d.x, d.w_any, d.y, d.stride, d.dilation, d.pad_before,
        d.pad_after);
    return BackwardWeightPlan(desc, d.w_ours, desc.diff_weights_desc());
  });
}

ConvGeometry without_bias(ConvGeometry g) {
  g.has_bias = false;
  return g;
}

void accumulate(const float* from, float* to, std::int64_t count) {
  constexpr std::int64_t kBlock = 1 << 14;
  launch("accumulate", blocks_of(count, kBlock), [=](std::int64_t block) {
    const std::int64_t end = std::min(count, (block + 1) * kBlock);
    for (std::int64_t i = block * kBlock; i < end; ++i) to[i] += from[i];
  });
}

}  // namespace

std::size_t forward_workspace(const ConvGeometry& g) {
  const auto set = forward_plan(g, false);
  const auto add = forward_plan(g, true);
  return std::max(set->scratch_bytes() + set->packed_bytes(), add->scratch_bytes() + add->packed_bytes());
}

void forward(const ConvGeometry& g, const float* x, const float* w, const float* bias, float* y, bool add,
             Workspace workspace, WeightCache* cache) {
  const Descs d(g);
  const auto plan = forward_plan(g, add);
  const float* packed = w;
  if (plan->reorders && cache != nullptr) {
    const std::size_t bytes = plan->packed_bytes();
    if (cache->weight != w || cache->bytes != bytes) {
      const NoArenaScope outlives_the_step;
      *cache = {w, bytes, Storage::allocate(bytes, Device{})};
      plan->pack_into(w, cache->packed->data());
    }
    packed = reinterpret_cast<const float*>(cache->packed->data());
  } else if (plan->reorders) {
    packed = plan->pack_into(w, workspace.take<std::byte>(plan->packed.get_size()));
  }
  std::unordered_map<int, dnnl::memory> args = {{DNNL_ARG_SRC, memory(d.x, x)},
                                                {DNNL_ARG_WEIGHTS, memory(plan->packed, packed)},
                                                {DNNL_ARG_DST, memory(d.y, y)}};
  if (g.has_bias) args.emplace(DNNL_ARG_BIAS, memory(d.bias, bias));
  plan->execute(std::move(args), workspace);
}

std::size_t backward_data_workspace(const ConvGeometry& g) {
  const auto plan = backward_data_plan(without_bias(g));
  return plan->scratch_bytes() + plan->packed_bytes() +
         Workspace::bytes<float>(static_cast<std::size_t>(g.in_size()));
}

void backward_data(const ConvGeometry& g, const float* dy, const float* w, float* dx, bool add,
                   Workspace workspace) {
  const Descs d(without_bias(g));
  const auto plan = backward_data_plan(without_bias(g));
  const float* packed =
      plan->reorders ? plan->pack_into(w, workspace.take<std::byte>(plan->packed.get_size())) : w;
  float* target = add ? workspace.take<float>(static_cast<std::size_t>(g.in_size())) : dx;
  plan->execute({{DNNL_ARG_DIFF_DST, memory(d.y, dy)},
                 {DNNL_ARG_WEIGHTS, memory(plan->packed, packed)},
                 {DNNL_ARG_DIFF_SRC, memory(d.x, target)}},
                workspace);
  if (add) accumulate(target, dx, g.in_size());
}

std::size_t backward_weight_workspace(const ConvGeometry& g) {
  const auto plan = backward_weight_plan(without_bias(g));
  return plan->scratch_bytes() + plan->packed_bytes() +
         Workspace::bytes<float>(static_cast<std::size_t>(g.weight_size()));
}

void backward_weight(const ConvGeometry& g, const float* x, const float* dy, float* dw, bool add,
                     Workspace workspace) {
  const Descs d(without_bias(g));
  const auto plan = backward_weight_plan(without_bias(g));
  float* target = add ? workspace.take<float>(static_cast<std::size_t>(g.weight_size())) : dw;
  float* packed =
      plan->reorders ? reinterpret_cast<float*>(workspace.take<std::byte>(plan->packed.get_size())) : target;
  plan->execute({{DNNL_ARG_SRC, memory(d.x, x)},
                 {DNNL_ARG_DIFF_DST, memory(d.y, dy)},
                 {DNNL_ARG_DIFF_WEIGHTS, memory(plan->packed, packed)}},
                workspace);
  if (plan->reorders) {
    dnnl::memory from = memory(plan->packed, packed);
    dnnl::memory to = memory(plan->ours, target);
    const_cast<dnnl::reorder&>(plan->unpack).execute(stream(), from, to);
    stream().wait();
  }
  if (add) accumulate(target, dw, g.weight_size());
}

}  // namespace sonograd::kernels::onednn
