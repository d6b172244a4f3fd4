#include "models/explain/explain_clip.h"

#include <algorithm>

#include "autograd/tape.h"
#include "kernels/core/context.h"
#include "models/backs/transformer_encoder.h"
#include "models/explain/attention.h"
#include "models/explain/attribution.h"

namespace sonograd::models {
namespace {

bool has_output(const Network& network, std::string_view name) {
  const std::vector<OutputInfo> outputs = network.outputs();
  return std::ranges::any_of(outputs, [&](const OutputInfo& output) { return output.name == name; });
}

bool is_of_tokens(ExplainMethod method) {
  return method == ExplainMethod::rollout || method == ExplainMethod::tagwise;
}

void require_method(const Model& model, ExplainMethod method) {
  const std::vector<ExplainMethod> all = methods_for(model.network());
  if (std::ranges::find(all, method) != all.end()) return;
  std::string words;
  for (const ExplainMethod each : all) words += concat(words.empty() ? "" : ", ", word_of(each));
  throw ConfigError(concat("--method ", word_of(method), ": ", model.about().arch,
                           " has no class token; its methods are ", words));
}

// Mean over time of an input [1, T, F, ...], at every position.
Tensor mean_over_time(const Tensor& input) {
  const Tensor result = input.clone();
  const std::int64_t positions = input.shape()[1], width = input.numel() / positions;
  const std::span<float> values = result.span<float>();
  for (std::int64_t band = 0; band < width; ++band) {
    double sum = 0;
    for (std::int64_t t = 0; t < positions; ++t) sum += values[static_cast<std::size_t>(t * width + band)];
    for (std::int64_t t = 0; t < positions; ++t)
      values[static_cast<std::size_t>(t * width + band)] =
          static_cast<float>(sum / static_cast<double>(positions));
  }
  return result;
}

// Output `name` of one input, without its batch axis.
Tensor output_of(const Model& model, const Tensor& input, std::string_view name) {
  const NoGrad no_grad;
  const kernels::BatchInvariantScope alone;
  Outputs outputs({name});
  model.network().forward(Variable(input.to(model.device())), outputs);
  const Tensor value = outputs[name].data().to(Device{}).to(DType::f32);
  const Shape& shape = value.shape();
  return value.reshape(Shape(std::span(shape.begin() + 1, shape.end())));
}

// Row 0 of the roll-out without the class itself.
Attribution rollout(const Model& model, LabelScore& score, const Tensor& input) {
  const Tensor attention = output_of(model, input, kAttention);
  const std::vector<double> flow = attention_rollout(attention);
  const auto tokens = static_cast<std::ptrdiff_t>(attention.shape()[3]);
  Attribution result;
  result.values.assign(flow.begin() + 1, flow.begin() + tokens);
  result.log_odds = score.log_odds(input).front();
  return result;
}

Attribution tagwise(const Model& model, LabelScore& score, const Tensor& input) {
  const Tensor logits = output_of(model, input, kTokenLogits).to(DType::f64);  // [S, labels]
  std::vector<double> tokens;
  for (std::int64_t token = 0; token < logits.shape()[0]; ++token)
    tokens.push_back(score.log_odds_of(logits.rows(token, 1).span<double>()));
  Attribution result;
  result.log_odds = score.log_odds(input).front();
  result.baseline_log_odds = tokens.front();
  for (std::size_t token = 1; token < tokens.size(); ++token)
    result.values.push_back(tokens[token] - tokens.front());
  return result;
}

class ClipExplainer {
 public:
  ClipExplainer(const Model& model, const ExplainOptions& options, const InputsDone& done)
      : model_(model),
        options_(options),
        done_(done),
        score_(model.network(), model.about().output, options.label, model.device()) {
    const std::vector<float> zeros(static_cast<std::size_t>(model.network().input().samples));
    silence_ = score_.input_of(zeros);
  }

  LabelScore& score() { return score_; }
  Tensor baseline_of(const Tensor& input) const {
    return options_.baseline == Baseline::silence ? silence_ : mean_over_time(input);
  }
  CellGrid grid() const {
    return {silence_.shape(), options_.times, is_of_tokens(options_.method) ? 1 : options_.bands};
  }

  Attribution explain(const Tensor& input) {
    switch (options_.method) {
      case ExplainMethod::integrated:
        return integrated_gradients(score_, input, baseline_of(input), options_.steps, done_);
      case ExplainMethod::gradient:
        return gradient_times_input(score_, input, baseline_of(input), done_);
      case ExplainMethod::occlusion:
        return occlusion(score_, input, baseline_of(input), grid(), done_);
      case ExplainMethod::rollout:
        return spread(rollout(model_, score_, input));
      case ExplainMethod::tagwise:
        break;
    }
    return spread(tagwise(model_, score_, input));
  }

 private:
  Attribution spread(Attribution tokens) const {
    const std::int64_t positions = silence_.shape()[1];
    tokens.values = spread_tokens(tokens.values, positions, silence_.numel() / positions);
    if (done_) done_(2);
    return tokens;
  }

  const Model& model_;
  const ExplainOptions& options_;
  const InputsDone& done_;
  LabelScore score_;
  Tensor silence_;
};

}  // namespace

std::vector<ExplainMethod> methods_for(const Network& network) {
  std::vector<ExplainMethod> methods;
  for (const Word<ExplainMethod>& word : kWords<ExplainMethod>) {
    const std::string_view needed = word.value == ExplainMethod::rollout   ? kAttention
                                    : word.value == ExplainMethod::tagwise ? kTokenLogits
                                                                           : kLogits;
    if (has_output(network, needed)) methods.push_back(word.value);
  }
  return methods;
}

std::int64_t inputs_to_explain(const ExplainOptions& options, const Network& network, std::int64_t chunks) {
  const std::int64_t bands = std::max<std::int64_t>(1, std::ssize(network.feature_axes().bands));
  std::int64_t of_a_chunk = 2;
  if (options.method == ExplainMethod::integrated) of_a_chunk += options.steps;
  if (options.method == ExplainMethod::occlusion)
    of_a_chunk += options.times * std::min(options.bands, bands);
  if (options.deletion.steps > 0)
    of_a_chunk += 1 + std::int64_t{options.deletion.steps} * (1 + options.deletion.random_orders);
  return chunks * of_a_chunk;
}

ClipExplanation explain_clip(const Model& model, std::span<const float> samples, const ChunkRule& rule,
                             const ExplainOptions& options, const InputsDone& done) {
  require_method(model, options.method);
  ClipExplainer explainer(model, options, done);
  ClipExplanation result = {.map = ClipMap(model.network().feature_axes(), rule, std::ssize(samples)),
                            .deletion = {}};
  const CellGrid grid = explainer.grid();
  std::vector<Tensor> inputs, baselines;
  std::vector<std::vector<double>> importance;
  for_each_chunk(samples, rule, [&](std::span<const float> chunk) {
    const Tensor& input = inputs.emplace_back(explainer.score().input_of(chunk));
    baselines.push_back(explainer.baseline_of(input));
    const Attribution attribution = explainer.explain(input);
    result.map.add(result.chunks++, attribution.values);
    importance.push_back(cell_sums(attribution.values, grid));
    result.score += probability_of(attribution.log_odds);
    result.log_odds += attribution.log_odds;
    result.baseline_log_odds += attribution.baseline_log_odds;
    result.sum += attribution.sum();
  });
  result.score /= static_cast<double>(result.chunks);
  if (options.deletion.steps > 0) {
    result.deletion =
        deletion_curve(explainer.score(), inputs, baselines, grid, importance, options.deletion, done);
  }
  return result;
}

}  // namespace sonograd::models
