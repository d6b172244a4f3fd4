// `sonograd models`: the architectures, or one of them layer by layer.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "autograd/tape.h"
#include "layers/init.h"
#include "layers/trace.h"
#include "models/core/registry.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct ModelsOptions {
  std::string name;
  OutputFormat output;
};

struct Profiled {
  models::Architecture architecture;
  std::int64_t parameters;
  double macs;
  ordered_json layers;
};

// One example goes through the network with untouched weights: shapes and counts are all that matters.
Profiled profile(const models::Architecture& architecture) {
  const layers::UninitializedScope extents_only;
  const std::unique_ptr<models::Tagger> network = architecture.make(architecture.defaults);
  network->train(false);
  const NoGrad no_grad;
  layers::Trace trace;
  const Tensor waveform = Tensor::zeros({1, architecture.defaults.samples});
  network->logits(Variable(network->features(waveform)));
  ordered_json rows = ordered_json::array();
  for (const layers::TracedLayer& layer : trace.layers()) {
    rows.push_back({{"name", layer.module->path()},
                    {"op", layer.op},
                    {"output", std::vector<std::int64_t>(layer.output.begin(), layer.output.end())},
                    {"parameters", layer.module->parameter_count()},
                    {"macs", static_cast<std::int64_t>(layer.macs)}});
  }
  return {architecture, network->parameter_count(), trace.macs(), std::move(rows)};
}

// Options of the network: the keys of `--set model.KEY=VALUE`.
ordered_json options_of(const models::Architecture& architecture) {
  ordered_json rows = ordered_json::array();
  for (const std::string_view key : architecture.options) {
    const models::ModelOption& option = models::find_option(key);
    rows.push_back({{"key", concat("model.", key)},
                    {"default", models::get_option(architecture.defaults, option)},
                    {"low", option.low},
                    {"high", option.high},
                    {"meaning", option.help}});
  }
  return rows;
}

ordered_json to_json(const Profiled& profiled) {
  return {{"name", profiled.architecture.name},
          {"parameters", profiled.parameters},
          {"macs", static_cast<std::int64_t>(profiled.macs)},
          {"sample_rate", profiled.architecture.defaults.sample_rate},
          {"input_samples", profiled.architecture.defaults.samples}};
}

int list_all(const ModelsOptions& options) {
  ordered_json list = ordered_json::array();
  Table table({"name", "parameters", "MMAC", "Hz", "seconds", "summary"}, options.output.format);
  for (const models::Architecture& architecture : models::all_architectures()) {
    const Profiled profiled = profile(architecture);
    const models::ModelConfig& config = architecture.defaults;
    list.push_back(to_json(profiled));
    if (options.output.json) continue;
    table.add(
        {architecture.name, std::to_string(profiled.parameters), fmt::format("{:.1f}", profiled.macs / 1e6),
         std::to_string(config.sample_rate),
         fmt::format("{:.2f}", static_cast<double>(config.samples) / static_cast<double>(config.sample_rate)),
         architecture.summary});
  }
  if (options.output.json) {
    print_data("{}\n", list.dump());
  } else {
    table.finish();
  }
  return kOk;
}

int list_one(const ModelsOptions& options) {
  const Profiled profiled = profile(models::find_architecture(options.name));
  if (options.output.json) {
    ordered_json object = to_json(profiled);
    object["layers"] = profiled.layers;
    object["options"] = options_of(profiled.architecture);
    print_data("{}\n", object.dump());
    return kOk;
  }
  Table table({"layer", "op", "output", "parameters", "MMAC"}, options.output.format);
  for (const auto& layer : profiled.layers) {
    table.add({layer["name"].get<std::string>(), layer["op"].get<std::string>(), layer["output"].dump(),
               layer["parameters"].dump(), fmt::format("{:.2f}", layer["macs"].get<double>() / 1e6)});
  }
  table.finish();
  if (options.output.format != "table") return kOk;
  print_data("\n");
  Table settings({"option", "default", "range", "meaning"}, options.output.format);
  for (const auto& option : options_of(profiled.architecture)) {
    settings.add({option["key"].get<std::string>(), fmt::format("{}", option["default"].get<double>()),
                  fmt::format("{} to {}", option["low"].get<double>(), option["high"].get<double>()),
                  option["meaning"].get<std::string>()});
  }
  settings.finish();
  return kOk;
}

}  // namespace

Command models_command() {
  return {"models", "list the networks, or one of them layer by layer", [](CLI::App& app) {
            auto options = std::make_shared<ModelsOptions>();
            app.add_option("NAME", options->name, "a network");
            options->output.add_to(app);
            return [options] { return options->name.empty() ? list_all(*options) : list_one(*options); };
          }};
}

}  // namespace sonograd::app
