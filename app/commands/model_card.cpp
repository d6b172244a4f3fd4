#include "app/commands/model_card.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/flat_json.h"
#include "app/commands/markdown_text.h"
#include "app/commands/published.h"
#include "models/core/summary.h"
#include "models/core/used_options.h"
#include "tensor/io/sha256.h"
#include "tensor/support/text.h"
#include "train/pictures/network_picture.h"

namespace sonograd::app {
namespace {

using models::OptionSection;
using nlohmann::ordered_json;

constexpr std::string_view kNotRecorded = "not recorded in the file";

/// A page that is put together from headings, paragraphs, lists and tables.
class CardPage {
 public:
  void heading(std::string_view text) {
    text_ += concat(text_.ends_with("\n\n") ? "## " : "\n## ", text, "\n\n");
  }
  void paragraph(std::string_view text) { text_ += concat(text, "\n\n"); }
  void item(std::string_view text) { text_ += concat("- ", text, '\n'); }
  /// Begins a table of two columns; rows follow.
  void table(std::string_view left, std::string_view right) {
    text_ += concat("| ", left, " | ", right, " |\n|---|---|\n");
  }
  void row(std::string_view left, std::string_view right) {
    text_ += concat("| ", left, " | ", right.empty() ? kNotRecorded : right, " |\n");
  }
  void add(std::string_view text) { text_ += text; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// A model and the facts that several parts of its card need.
struct CardFacts {
  const models::ModelDescription& about;
  const models::Architecture architecture;
  const std::vector<models::UsedOption> options;
  const models::NetworkSummary summary;
  const bool takes_samples;
  const std::filesystem::path file;
  const ordered_json training, metrics;

  CardFacts(const models::Model& model, const std::filesystem::path& path)
      : about(model.about()),
        architecture(models::find_architecture(about.arch)),
        options(models::used_options(architecture, about.options)),
        summary(models::summarise(architecture, about.options, std::ssize(about.labels))),
        takes_samples(model.network().feature_axes().unit == models::FeatureUnit::sample),
        file(path),
        training(ordered_json::parse(about.training)),
        metrics(ordered_json::parse(about.metrics)) {}

  double seconds(std::int64_t samples) const {
    return static_cast<double>(samples) / static_cast<double>(summary.input.sample_rate);
  }
  /// The text of an entry of `training`; empty when there is none.
  std::string trained(const char* key) const {
    const auto found = training.find(key);
    return found == training.end() ? "" : markdown_text(value_text(*found));
  }
  bool is_multi_label() const { return about.output == models::Output::sigmoid; }
};

void add_network(CardPage& page, const CardFacts& facts) {
  page.heading("Network");
  page.table("entry", "value");
  page.row("network", concat('`', facts.about.arch, '`'));
  page.row("summary", facts.architecture.summary);
  page.row("paper", facts.architecture.paper);
  page.row("parameters", train::grouped_digits(facts.summary.parameters));
  page.row("multiply-accumulates of a chunk",
           train::grouped_digits(static_cast<std::int64_t>(facts.summary.macs)));
  for (const auto& [option, value] : facts.options) {
    if (option.section != OptionSection::model) continue;
    page.row(concat('`', option.path(), '`'),
             concat(markdown_text(models::to_text(value)), value == option.default_value ? "" : " (changed)",
                    ": ", markdown_text(option.help)));
  }
}

// "every 3.69 s, the last one moved back to the end of the clip".
std::string chunk_rule_text(const CardFacts& facts) {
  const models::ModelDescription& about = facts.about;
  const models::Input& input = facts.summary.input;
  if (about.chunks > 0) return fmt::format("{} chunks of each clip, equally spaced", about.chunks);
  const std::int64_t hop = about.hop_samples > 0 ? about.hop_samples : input.hop;
  return fmt::format("a chunk every {:.4g} s; behind the last whole one, {}", facts.seconds(hop),
                     input.tail == audio::Tail::align ? "one more that is moved back to the end of the clip"
                                                      : "the rest of the clip is dropped");
}

void add_input(CardPage& page, const CardFacts& facts) {
  const models::ModelDescription& about = facts.about;
  const models::Input& input = facts.summary.input;
  page.heading("Input");
  page.table("entry", "value");
  page.row("sample rate", concat(input.sample_rate, " Hz; other rates are resampled"));
  page.row("channels", "one: the mean of the channels of a file");
  page.row("chunk", fmt::format("{} samples, {:.4g} s", input.samples, facts.seconds(input.samples)));
  page.row("chunks of a clip", chunk_rule_text(facts));
  if (input.context > 0)
    page.row("ends of a clip", concat(input.context, " zeros before the beginning and behind the end"));
  page.row("clips shorter than a chunk",
           about.pad == audio::Pad::repeat ? "repeated from their start" : "followed by silence");
  page.row("score of a clip", about.aggregate == models::Aggregate::mean ? "mean of the scores of its chunks"
                              : about.aggregate == models::Aggregate::max
                                  ? "largest score of its chunks"
                                  : "share of its chunks that vote for the label");
  page.row("samples", about.pcm == models::Pcm::int16 ? "rounded to 16 bits, as in training"
                                                      : "as the decoder gives them");
  if (facts.takes_samples) {
    page.row("front end", "none: the network takes the samples");
  } else {
    page.row("window and filter bank", about.filter_bank == models::FilterBank::stored
                                           ? "stored in the file"
                                           : "computed from the options below");
  }
  for (const auto& [option, value] : facts.options) {
    if (option.section != OptionSection::front_end) continue;
    page.row(concat('`', option.path(), '`'),
             concat(markdown_text(models::to_text(value)), ": ", markdown_text(option.help)));
  }
}

bool is_placeholder(const std::string& label) {
  return label.starts_with("tag") && label.size() > 3 &&
         std::ranges::all_of(label.substr(3), [](unsigned char c) { return std::isdigit(c) != 0; });
}

void add_labels(CardPage& page, const CardFacts& facts) {
  const models::ModelDescription& about = facts.about;
  page.heading("Labels");
  page.paragraph(concat(counted(about.labels.size(), "output"), ", ",
                        facts.is_multi_label() ? "each present or absent (multi-label, sigmoid)."
                                               : "of which a clip has one (multi-class, softmax)."));
  if (std::ranges::all_of(about.labels, is_placeholder))
    page.paragraph("The names are placeholders: the weights came without names of their outputs.");
  const bool has_thresholds = !about.thresholds.empty();
  if (has_thresholds) {
    page.table("label", "threshold of `tag --threshold fitted`");
    for (std::size_t i = 0; i < about.labels.size(); ++i)
      page.row(markdown_text(about.labels[i]), fmt::format("{:.4f}", about.thresholds[i]));
    return;
  }
  std::string list;
  for (const std::string& label : about.labels)
    list += concat(list.empty() ? "" : ", ", markdown_text(label));
  page.paragraph(concat("In the order of the outputs: ", list, '.'));
  if (facts.is_multi_label()) page.paragraph("No thresholds are stored; 0.5 is used for every label.");
}

void add_training(CardPage& page, const CardFacts& facts) {
  page.heading("Training");
  page.table("entry", "value");
  page.row("recipe", facts.trained("recipe"));
  page.row("epochs", facts.trained("epochs"));
  page.row("epoch of the weights", facts.trained("epoch"));
  page.row("seed", facts.trained("seed"));
  const std::string data = facts.trained("data");
  page.row("data set and split", data.empty() ? "" : concat("hash of its table and split: ", data));
  ordered_json others = ordered_json::object();
  for (const auto& [key, value] : facts.training.items()) {
    constexpr std::string_view kShown[] = {"recipe", "epochs", "epoch", "seed", "data", "source"};
    if (std::ranges::find(kShown, key) == std::end(kShown)) add_flat(others, key, value);
  }
  for (const auto& [path, value] : others.items())
    page.row(markdown_text(path), markdown_text(value_text(value)));
}

void add_score_table(CardPage& page, const CardFacts& facts) {
  page.heading("Scores");
  ordered_json scores = ordered_json::object();
  for (const auto& [key, value] : facts.metrics.items()) add_flat(scores, key, value);
  if (scores.empty()) return page.paragraph(concat("Scores are ", kNotRecorded, '.'));
  page.table("score", "value");
  for (const auto& [path, value] : scores.items())
    page.row(markdown_text(path), value.is_null() ? "not defined" : markdown_text(value_text(value)));
  page.add("\n");
  if (facts.metrics.contains("valid"))
    page.paragraph(
        "`valid`: on the validation clips. The same clips chose the epoch; expect lower scores on others.");
  if (!facts.metrics.contains("test")) page.paragraph(concat("Scores on test clips are ", kNotRecorded, '.'));
}

// Origin of the weights: training by this program, a bundle, or a file that was converted.
std::string source_of_weights(const CardFacts& facts) {
  if (facts.training.contains("recipe"))
    return "trained by sonograd, as above; the weights that the training began with are not recorded";
  const auto source = facts.training.find("source");
  if (source == facts.training.end() || !source->is_object()) return "";
  const auto entry = [&](const char* key) {
    const auto found = source->find(key);
    return found == source->end() ? "" : value_text(*found);
  };
  const std::string hash = entry("sha256"), bundle = entry("bundle");
  if (!bundle.empty()) return concat("converted from the TensorFlow bundle ", markdown_text(bundle));
  const std::string published = published_file_of(hash);
  return concat("converted from a file with SHA-256 ", markdown_text(hash),
                published.empty() ? ", which is none of the files of `sonograd models --published`"
                                  : concat(", which is `", published, '`'));
}

void add_weights(CardPage& page, const CardFacts& facts) {
  page.heading("Weights");
  page.table("entry", "value");
  page.row("source", source_of_weights(facts));
  page.row("licence", markdown_text(facts.about.licence));
  page.row("bytes of this file",
           train::grouped_digits(static_cast<std::int64_t>(std::filesystem::file_size(facts.file))));
  page.row("SHA-256 of this file", concat('`', io::sha256_of_file(facts.file), '`'));
}

void add_limits(CardPage& page, const CardFacts& facts) {
  page.heading("Limits");
  page.item(
      fmt::format("It has no output for sounds beside its {}.", counted(facts.about.labels.size(), "label")));
  if (facts.is_multi_label()) {
    page.item("A score is the sigmoid of an output. The scores of a clip need not add up to 1.");
  } else {
    page.item("The scores of a clip add up to 1, also for a clip of none of the classes.");
  }
  page.item(
      "The file contains no calibration: a score of 0.8 does not mean that eight of ten such clips have the "
      "label.");
  page.item(fmt::format("Frequencies above {} Hz, half the sample rate, are not in its input.",
                        facts.summary.input.sample_rate / 2));
  page.item(facts.trained("data").empty() ? "The data that it was trained on are not recorded in the file, "
                                            "nor the sounds that it is good for."
                                          : "It was trained on one data set, of which the file contains a "
                                            "hash alone; scores on other data are "
                                            "not recorded.");
}

// The name of the file for a command line; MODEL for names that a shell or Markdown would read in another way.
std::string name_in_commands(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const bool is_plain = !name.starts_with('-') && std::ranges::all_of(name, [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-');
  });
  return is_plain ? name : "MODEL";
}

void add_use(CardPage& page, const CardFacts& facts) {
  page.heading("Use");
  const std::string name = name_in_commands(facts.file);
  page.add(
      concat("```\nsonograd tag ", name, " song.mp3\nsonograd evaluate ", name, " --data FOLDER\n```\n"));
}

}  // namespace

std::string model_card(const models::Model& model, const std::filesystem::path& file) {
  const CardFacts facts(model, file);
  CardPage page;
  page.add(concat("# Model card: ", markdown_text(file.filename().string()), "\n\n"));
  page.add(concat("A music tagger: network `", facts.about.arch, "` with ",
                  counted(facts.about.labels.size(), "output"),
                  ". Written by `sonograd models --card` from the contents of the file.\n"));
  add_network(page, facts);
  add_input(page, facts);
  add_labels(page, facts);
  add_training(page, facts);
  add_score_table(page, facts);
  add_weights(page, facts);
  add_limits(page, facts);
  add_use(page, facts);
  return page.take();
}

}  // namespace sonograd::app
