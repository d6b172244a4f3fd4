// `sonograd models`: the architectures, or one of them layer by layer.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/commands/model_card.h"
#include "app/commands/published.h"
#include "app/options/model_argument.h"
#include "app/options/output_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "models/core/network_graph.h"
#include "models/core/used_options.h"
#include "tensor/io/output_file.h"
#include "train/pictures/network_picture.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct ModelsOptions {
  std::string name;
  std::vector<std::string> set;
  std::optional<std::string> svg, card;  ///< files to write; -: standard output
  bool published = false;
  OutputFormat output;
};

/// A network with its options: that of a name and `--set`, or that of a model file.
struct ChosenNetwork {
  models::Architecture architecture;
  models::OptionValues options;
  std::int64_t labels = 50;
};

bool is_network(const std::string& name) {
  const std::vector<std::string> names = models::architecture_names();
  return std::ranges::find(names, name) != names.end();
}

ChosenNetwork chosen_network(const ModelsOptions& options) {
  std::error_code absent;
  const bool is_path = options.name.find_first_of("./") != std::string::npos;
  if (is_network(options.name) || (!is_path && !std::filesystem::exists(options.name, absent))) {
    models::Architecture architecture = models::find_architecture(options.name);
    models::OptionValues values = architecture.options.parse(options.set);
    models::require_effects(architecture, values);
    return {std::move(architecture), std::move(values)};
  }
  if (!options.set.empty())
    throw ConfigError(concat("--set ", options.set.front(), ": ", options.name,
                             " is a model file, which contains the options of its network"));
  const auto model = models::load_model(model_file_of(options.name));
  const models::ModelDescription& about = model->about();
  return {models::find_architecture(about.arch), about.options, std::ssize(about.labels)};
}

// Writes to a file in one step, or to stdout for `-`.
void write_output(const std::string& name, const std::string& text) {
  if (name == "-") return write_data(text);
  io::OutputFile file(name);
  file.write(text);
  file.commit();
}

// "model.channels = 512": options that are not the defaults.
std::vector<std::string> changed_options(const ChosenNetwork& network) {
  std::vector<std::string> changed;
  for (const auto& [key, value] : network.architecture.options.complete(network.options)) {
    const models::Option& option = network.architecture.options.at(key);
    if (value != option.default_value)
      changed.push_back(concat(option.path(), " = ", models::to_text(value)));
  }
  return changed;
}

int write_picture(const ModelsOptions& options) {
  const ChosenNetwork network = chosen_network(options);
  if (!is_network(options.name) && *options.svg != "-")
    require_other_file(*options.svg, model_file_of(options.name));
  const models::NetworkGraph graph = graph_of(network.architecture, network.options, network.labels);
  write_output(*options.svg, train::draw_network(network.architecture.name, graph, changed_options(network)));
  return kOk;
}

int write_card(const ModelsOptions& options) {
  if (is_network(options.name)) {
    throw ConfigError(
        concat("--card: ", options.name,
               " is a network; expected a model file or a run folder, which state how weights were trained"));
  }
  const std::filesystem::path file = model_file_of(options.name);
  if (*options.card != "-") require_other_file(*options.card, file);
  const std::shared_ptr<const models::Model> model = models::load_model(file);
  print_warnings(*model, file);
  write_output(*options.card, model_card(*model, file));
  return kOk;
}

// Types of options in JSON.
const char* kind_of(const models::Option& option) {
  constexpr const char* kKinds[] = {"boolean", "integer", "real", "word"};
  return kKinds[option.default_value.index()];
}

// Options of the network: the keys of `--set KEY=VALUE`.
ordered_json options_of(const models::Architecture& architecture) {
  ordered_json rows = ordered_json::array();
  for (const models::Option& option : architecture.options) {
    ordered_json row = {{"key", option.path()},
                        {"kind", kind_of(option)},
                        {"default", models::json_of<ordered_json>(option.default_value)}};
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
  const auto [architecture, values, labels] = chosen_network(options);
  const models::NetworkSummary summary = summarise(architecture, values, labels);
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
  return {
      "models", "list the networks, or one of them layer by layer; draw a network, describe a model file",
      [](CLI::App& app) {
        auto options = std::make_shared<ModelsOptions>();
        auto* const name = app.add_option("NAME", options->name, "a network, a model file or a run folder");
        options->output.add_to(app);
        app.add_option("--set", options->set,
                       "KEY=VALUE: an option of the network, as model.channels=64 (repeatable)")
            ->allow_extra_args(false)
            ->needs(name);
        auto* const svg = app.add_option("--svg", options->svg,
                                         "draw the network to this file (.svg); without a name or with -, "
                                         "to standard output")
                              ->expected(0, 1)
                              ->default_str("-")
                              ->check(output_file({".svg"}, Extension::usual, Stream::permitted))
                              ->needs(name)
                              ->excludes("--json");
        app.add_option("--card", options->card,
                       "write a description of the model file to this file (.md); "
                       "without a name or with -, to standard output")
            ->expected(0, 1)
            ->default_str("-")
            ->check(output_file({".md"}, Extension::usual, Stream::permitted))
            ->needs(name)
            ->excludes("--json")
            ->excludes("--set")
            ->excludes(svg);
        app.add_flag("--published", options->published,
                     "list public repositories with weights and data sets; nothing is downloaded")
            ->excludes(name);
        return [options] {
          if (options->published) return list_published(options->output);
          if (options->svg) return write_picture(*options);
          if (options->card) return write_card(*options);
          return options->name.empty() ? list_all(*options) : list_one(*options);
        };
      }};
}

}  // namespace sonograd::app
