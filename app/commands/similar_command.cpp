// `sonograd similar`: the sound files nearest to one of them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <numeric>

#include "app/commands/command.h"
#include "app/commands/embedded_files.h"
#include "app/commands/profile_report.h"
#include "app/options/loaded_model.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"

namespace sonograd::app {
namespace {

namespace fs = std::filesystem;

struct SimilarFilesOptions : EmbeddingOptions {
  OutputFormat format;
  std::string query;
  std::size_t top = 10;
};

struct Near {
  double cosine = 0;
  std::size_t file = 0;
};

// The files but for the first one, nearest first; of equal ones the first.
std::vector<Near> nearest_files(const EmbeddedFiles& files, std::size_t top) {
  std::vector<Near> all;
  const auto query = files.vectors.begin();
  for (std::size_t i = 1; i < files.names.size(); ++i) {
    const auto row = query + static_cast<std::ptrdiff_t>(i * files.width);
    all.push_back({std::inner_product(query, query + static_cast<std::ptrdiff_t>(files.width), row, 0.0), i});
  }
  std::ranges::stable_sort(all, std::greater(), &Near::cosine);
  all.resize(std::min(top, all.size()));
  return all;
}

void print_files(const EmbeddedFiles& files, const std::vector<Near>& nearest, const OutputFormat& format) {
  if (format.json) {
    for (const Near& near : nearest) {
      const nlohmann::ordered_json line = {{"path", to_utf8_lossy(files.names[near.file])},
                                           {"cosine", near.cosine}};
      print_data("{}\n", line.dump());
    }
    return;
  }
  Table table({"cosine", "path"}, format.format);
  for (const Near& near : nearest) table.add({fmt::format("{:.4f}", near.cosine), files.names[near.file]});
  table.finish();
}

int find_similar(const SimilarFilesOptions& options) {
  LoadedModel loaded(options.model, options.compute);
  const std::string output = embedding_output(options, loaded.model());
  catch_interrupts();  // not before: nothing above looks at them
  const AudioFiles query({.paths = {options.query}});
  if (query.files().size() != 1)
    throw ConfigError(concat("FILE ", options.query, ": expected one sound file"));
  const fs::path& wanted = query.files().front();
  const AudioFiles input(options.audio);
  std::vector<NamedFile> files = {{wanted, query.name_of(wanted)}};
  std::error_code differ;
  for (const fs::path& file : input.files())
    if (!fs::equivalent(file, wanted, differ)) files.push_back({file, input.name_of(file)});
  if (files.size() == 1) {
    print_remark("sonograd: no other audio files in {}{}\n", listed(options.audio.paths),
                 options.audio.recursion_clause());
    return kInputUnreadable;
  }
  options.compute.announce(loaded.model().device());
  loaded.clock().begin("embedding");
  const auto embedded = embed_files(options, loaded.model(), output, files);
  if (!embedded) return kInterrupted;
  if (embedded->names.size() < 2 || embedded->names.front() != files.front().name) return kInputUnreadable;
  print_files(*embedded, nearest_files(*embedded, options.top), options.format);
  return embedded->unreadable == 0 ? kOk : kPartial;
}

}  // namespace

Command similar_command() {
  return {
      "similar", "print the sound files most like one of them", [](CLI::App& app) {
        auto options = std::make_shared<SimilarFilesOptions>();
        options->add_model_to(app);
        app.add_option("FILE", options->query,
                       "sound file to compare with, - from stdin; it is left out of the result")
            ->required();
        options->add_to(app);
        app.add_option("--top", options->top, "most files to print")
            ->check(CLI::Range(1, 1000000))
            ->capture_default_str();
        options->format.add_to(app);
        app.footer(
            "Files are compared by the cosine of their embeddings: means of an output of the network over "
            "the "
            "chunks of a file. A model that was trained by triplets (train --loss triplet) was made for it; "
            "others give their output penultimate.");
        return [options] { return run_profiled(options->compute, [&] { return find_similar(*options); }); };
      }};
}

}  // namespace sonograd::app
