#include "app/commands/embedded_files.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "kernels/core/launch.h"
#include "models/core/model_error.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/metric_record.h"
#include "train/eval/retrieval.h"

namespace sonograd::app {

void EmbeddingOptions::add_model_to(CLI::App& app) {
  app.add_option("MODEL", model, "model file or run folder")->required();
  app.add_option("--output", output,
                 "output of the network that is the embedding (default: that of a model trained by triplets, "
                 "else penultimate)")
      ->type_name("NAME");
}

void EmbeddingOptions::add_to(CLI::App& app) {
  audio.add_to(app);
  chunks.add_to(app);
  compute.add_to(app);
}

std::string embedding_output(const EmbeddingOptions& options, const models::Model& model) {
  if (options.chunks.aggregate)
    throw ConfigError("--aggregate: has no meaning for embeddings, which are means over the chunks");
  const std::vector<std::string>& names = model.about().outputs;
  const auto has = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
  if (!options.output.empty()) {
    if (has(options.output)) return options.output;
    throw ConfigError(concat("--output ", options.output, ": ",
                             names.empty() ? concat(model.about().arch, " has no output beside its logits")
                                           : concat("expected ", listed(names, names.size()))));
  }
  try {
    if (const auto metric = train::MetricRecord::of(model.about())) return metric->output;
  } catch (const models::ModelError& error) {
    throw models::ModelError(concat(options.model, ": ", error.what()));
  }
  if (has(models::kPenultimate)) return std::string(models::kPenultimate);
  throw ConfigError(
      concat(model.about().arch, " has no output ", models::kPenultimate,
             names.empty() ? std::string() : concat("; --output: ", listed(names, names.size()))));
}

std::optional<EmbeddedFiles> embed_files(const EmbeddingOptions& options, const models::Model& model,
                                         const std::string& output, const std::vector<NamedFile>& files) {
  train::ClipList clips;
  for (const NamedFile& file : files) {
    clips.rows.push_back(clips.rows.size());
    clips.paths.push_back(file.name);
    clips.files.push_back(file.path);
  }
  const train::ClipReader reader(
      static_cast<int>(model.network().input().sample_rate), model.about().pcm, nullptr,
      audio::LoadLimits::shared_by(train::clips_at_a_time(kernels::threads()), options.chunks.memory() / 2));
  Progress progress("embedding", "files", std::ssize(files),
                    !options.compute.quiet && !options.compute.no_progress);
  train::ClipFeatures features = train::clip_features(model.network(), model.device(), output, clips, reader,
                                                      {.rule = options.chunks.rule(model),
                                                       .batch = options.chunks.batch_of(model),
                                                       .workers = kernels::threads(),
                                                       .progress = [&](std::size_t done, std::size_t) {
                                                         progress.update(static_cast<std::int64_t>(done));
                                                         return !interrupted();
                                                       }});
  progress.clear();
  if (interrupted()) return std::nullopt;
  for (const train::ClipProblem& clip : features.unreadable) {
    const std::string reason = renamed(clip.reason, clips.files[clip.row], clip.path);
    print_remark("skipped {}: {}\n", to_utf8_lossy(clip.path), to_utf8_lossy(reason));
  }
  EmbeddedFiles result{.names = {},
                       .width = features.width,
                       .vectors = std::move(features.values),
                       .unreadable = features.unreadable.size()};
  for (const std::size_t row : features.rows) result.names.push_back(clips.paths[row]);
  train::scale_to_unit_length(result.vectors, result.width);
  return result;
}

}  // namespace sonograd::app
