// `sonograd models`: the architectures, or one of them layer by layer.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/published.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "models/core/summary.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct ModelsOptions {
  std::string name;
  bool published = false;
  OutputFormat output;
};

// Types of options in JSON.
const char* kind_of(const models::Option& option) {
  constexpr const char* kKinds[] = {"boolean", "integer", "real", "word"};
  return kKinds[option.default_value.index()];
}

ordered_json to_json(const models::OptionValue& value) {
  return std::visit([](const auto& held) { return ordered_json(held); }, value);
}

// Options of the network: the keys of `--set KEY=VALUE`.
ordered_json options_of(const models::Architecture& architecture) {
  ordered_json rows = ordered_json::array();
  for (const models::Option& option : architecture.options) {
    ordered_json row = {
        {"key", option.path()}, {"kind", kind_of(option)}, {"default", to_json(option.default_value)}};
    if (!option.words.empty()) row["words"] = option.words;
    if (option.limits.max > option.limits.min) {
      row["low"] = option.limits.min;
      row["high"] = option.limits.max;
    }
    row["meaning"] = option.help;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::int64_t> extents(const Shape& shape) {
  return {shape.begin(), shape.end()};
}

ordered_json outputs_of(const models::NetworkSummary& summary) {
  ordered_json rows = ordered_json::array();
  for (const models::OutputInfo& output : summary.outputs)
    rows.push_back({{"name", output.name}, {"output", extents(output.shape)}, {"meaning", output.help}});
  return rows;
}

ordered_json layers_of(const models::NetworkSummary& summary) {
  ordered_json rows = ordered_json::array();
  for (const models::LayerSummary& layer : summary.layers) {
    rows.push_back({{"name", layer.name},
                    {"op", layer.op},
                    {"output", extents(layer.output)},
                    {"parameters", layer.parameters},
                    {"macs", static_cast<std::int64_t>(layer.macs)}});
  }
  return rows;
}

ordered_json to_json(const std::string& name, const models::NetworkSummary& summary) {
  return {{"name", name},
          {"parameters", summary.parameters},
          {"macs", static_cast<std::int64_t>(summary.macs)},
          {"sample_rate", summary.input.sample_rate},
          {"input_samples", summary.input.samples}};
}

int list_all(const ModelsOptions& options) {
  ordered_json list = ordered_json::array();
  Table table({"name", "parameters", "MMAC", "Hz", "seconds", "summary"}, options.output.format);
  for (const models::Architecture& architecture : models::all_architectures()) {
    const models::NetworkSummary summary = summarise(architecture);
    const std::int64_t sample_rate = summary.input.sample_rate, samples = summary.input.samples;
    list.push_back(to_json(architecture.name, summary));
    if (options.output.json) continue;
    table.add({architecture.name, std::to_string(summary.parameters),
               fmt::format("{:.1f}", summary.macs / 1e6), std::to_string(sample_rate),
               fmt::format("{:.2f}", static_cast<double>(samples) / static_cast<double>(sample_rate)),
               architecture.summary});
  }
  if (options.output.json) {
    print_data("{}\n", list.dump());
  } else {
    table.finish();
    if (options.output.format == "table")
      print_data(
          "\nsonograd models NAME: layers and options; sonograd models --published: public weights and data "
          "sets\n");
  }
  return kOk;
}

int list_one(const ModelsOptions& options) {
  const models::Architecture architecture = models::find_architecture(options.name);
  const models::NetworkSummary summary = summarise(architecture);
  if (options.output.json) {
    ordered_json object = to_json(architecture.name, summary);
    object["paper"] = architecture.paper;
    object["layers"] = layers_of(summary);
    object["outputs"] = outputs_of(summary);
    object["options"] = options_of(architecture);
    print_data("{}\n", object.dump());
    return kOk;
  }
  Table table({"layer", "op", "output", "parameters", "MMAC"}, options.output.format);
  for (const models::LayerSummary& layer : summary.layers) {
    table.add({layer.name, layer.op, ordered_json(extents(layer.output)).dump(),
               std::to_string(layer.parameters), fmt::format("{:.2f}", layer.macs / 1e6)});
  }
  table.finish();
  if (options.output.format != "table") return kOk;
  print_data("\n");
  Table settings({"option", "default", "range", "meaning"}, options.output.format);
  for (const models::Option& option : architecture.options) {
    settings.add({option.path(), models::to_text(option.default_value), option.range(), option.help});
  }
  settings.finish();
  print_data("\n");
  Table outputs({"named output", "shape", "meaning"}, options.output.format);
  for (const models::OutputInfo& output : summary.outputs)
    outputs.add({output.name, ordered_json(extents(output.shape)).dump(), output.help});
  outputs.finish();
  print_data("\n{}\n", architecture.paper);
  return kOk;
}

}  // namespace

Command models_command() {
  return {"models", "list the networks, or one of them layer by layer", [](CLI::App& app) {
            auto options = std::make_shared<ModelsOptions>();
            auto* const name = app.add_option("NAME", options->name, "a network");
            app.add_flag("--published", options->published,
                         "list public repositories with weights and data sets; nothing is downloaded")
                ->excludes(name);
            options->output.add_to(app);
            return [options] {
              if (options->published) return list_published(options->output);
              return options->name.empty() ? list_all(*options) : list_one(*options);
            };
          }};
}

}  // namespace sonograd::app
