#include "app/commands/published.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "models/core/architecture.h"
#include "tensor/support/error.h"

namespace sonograd::app {
namespace {

/// Weights of Won et al. (2020).
struct PublishedWeights {
  std::string_view network;
  std::string_view labels;  ///< of `convert --labels`
  std::string_view folder;  ///< of best_model.pth, in the repository
  std::string_view sha256;  ///< of the file; empty: not checked by us

  std::string file() const { return concat(folder, "/best_model.pth"); }
};

constexpr std::string_view kWon = "github.com/minzwon/sota-music-tagging-models";

constexpr PublishedWeights kWeights[] = {
    {"fcn", "mtat", "models/mtat/fcn", "e89d751202d38c3ae69855782bc27010f87051958dbec64f5aa762364dbac271"},
    {"fcn", "msd", "models/msd/fcn", "6012aa7eecf864a8081faedca56af054521e8dfb9c5c98659a3dd5d3e1e66f21"},
    {"fcn", "jamendo", "models/jamendo/fcn",
     "7bce08a66dbc70d096b0a330f44b4cacd9aa25519b83489fbb98f2164a194e2b"},
    {"short_chunk_cnn", "mtat", "models", ""},
    {"short_chunk_cnn_res", "msd", "models/msd/short_res", ""},
    {"short_chunk_cnn_res", "jamendo", "models/jamendo/short_res", ""},
    {"crnn", "mtat", "models/mtat/crnn", "cd22fc70cafd06f8f2bfc7dd795abccb1f4b50d5b09094c39ad100baf87475a3"},
    {"crnn", "msd", "models/msd/crnn", "ebb99855ed0c83f38845db9cfb383dd6fc70938bc58701dcb66e18af9ee7fbea"},
    {"crnn", "jamendo", "models/jamendo/crnn",
     "0a558989c0793f488cb677d188464c91f47c007f7c70473230e55537ca598215"},
    {"musicnn", "mtat", "models/mtat/musicnn",
     "690ace3bb5d49d90dd38fe3ec05a1185350b3bc3742bd7ee941f56b649b2c893"},
    {"musicnn", "jamendo", "models/jamendo/musicnn",
     "66280f4859376377c47f64313c7ac889a3201fdb06a01bf6e94ac6e619081bb5"},
};

struct PublishedData {
  std::string_view name, repository, content;
};

constexpr PublishedData kData[] = {
    {"MTG-Jamendo", "github.com/MTG/mtg-jamendo-dataset",
     "55,000 songs, tags of genre, instrument and mood: data/autotagging_top50tags.tsv; splits "
     "in data/splits"},
    {"MagnaTagATune", kWon,
     "tags and splits of 29-second clips: split/mtat; audio from the authors of the set"},
    {"ESC-50, ESC-10", "github.com/karolpiczak/ESC-50",
     "2,000 sounds of 5 s in 50 classes, 5 folds: meta/esc50.csv"},
    {"NSynth", "magenta.tensorflow.org/datasets/nsynth",
     "306,000 notes of 4 s by instrument: examples.json of each part"},
};

bool runs_here(std::string_view network) {
  return std::ranges::any_of(models::all_architectures(),
                             [&](const models::Architecture& each) { return each.name == network; });
}

void print_published_json() {
  nlohmann::ordered_json weights = nlohmann::ordered_json::array(), data = nlohmann::ordered_json::array();
  for (const PublishedWeights& each : kWeights) {
    nlohmann::ordered_json entry = {{"repository", kWon},      {"file", each.file()},
                                    {"network", each.network}, {"runs", runs_here(each.network)},
                                    {"labels", each.labels},   {"sha256", nullptr}};
    if (!each.sha256.empty()) entry["sha256"] = each.sha256;
    weights.push_back(std::move(entry));
  }
  for (const PublishedData& each : kData)
    data.push_back({{"name", each.name}, {"repository", each.repository}, {"content", each.content}});
  print_data("{}\n", nlohmann::ordered_json{{"weights", weights}, {"data", data}}.dump());
}

}  // namespace

std::string published_file_of(std::string_view sha256) {
  const auto* const found = std::ranges::find(kWeights, sha256, &PublishedWeights::sha256);
  return sha256.empty() || found == std::end(kWeights) ? "" : concat(kWon, "/", found->file());
}

int list_published(const OutputFormat& output) {
  if (output.json) {
    print_published_json();
    return kOk;
  }
  Table weights({"file", "network", "runs", "labels", "sha256"}, output.format);
  for (const PublishedWeights& each : kWeights) {
    weights.add({concat(kWon, "/", each.file()), std::string(each.network),
                 runs_here(each.network) ? "yes" : "no", std::string(each.labels),
                 each.sha256.empty() ? "-" : std::string(each.sha256)});
  }
  weights.finish();
  if (output.format != "table") return kOk;
  print_data("\nAfter a download: sonograd convert best_model.pth model.safetensors --labels LABELS\n");
  print_data(
      "The musicnn library, networks musicnn_tf and vgg_tf: pip download --no-deps musicnn; then\n"
      "  sonograd convert musicnn-0.1.0-py3-none-any.whl#MTT_musicnn model.safetensors\n"
      "with MTT_musicnn, MTT_vgg (MagnaTagATune), MSD_musicnn or MSD_vgg (Last.fm)\n\n");
  Table data({"data set", "where", "what"}, output.format);
  for (const PublishedData& each : kData)
    data.add({std::string(each.name), std::string(each.repository), std::string(each.content)});
  data.finish();
  return kOk;
}

}  // namespace sonograd::app
