// `sonograd embed`: vectors of sound files, for other programs.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/commands/embedded_files.h"
#include "app/commands/profile_report.h"
#include "app/options/loaded_model.h"
#include "app/options/output_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "tensor/io/npz.h"
#include "tensor/io/output_file.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"

namespace sonograd::app {
namespace {

struct EmbedOptions : EmbeddingOptions {
  std::string format = "csv", out;
  bool json = false;
};

std::span<const float> vector_of(const EmbeddedFiles& files, std::size_t i) {
  return std::span(files.vectors).subspan(i * files.width, files.width);
}

void print_vectors(const EmbeddedFiles& files, const EmbedOptions& options) {
  if (options.json) {
    for (std::size_t i = 0; i < files.names.size(); ++i) {
      const auto vector = vector_of(files, i);
      const nlohmann::ordered_json line = {{"path", to_utf8_lossy(files.names[i])},
                                           {"embedding", std::vector<float>(vector.begin(), vector.end())}};
      print_data("{}\n", line.dump());
    }
    return;
  }
  std::vector<std::string> header = {"path"};
  for (std::size_t column = 0; column < files.width; ++column) header.push_back(fmt::format("e{}", column));
  Table table(header, options.format);
  for (std::size_t i = 0; i < files.names.size(); ++i) {
    std::vector<std::string> row = {files.names[i]};
    for (const float value : vector_of(files, i)) row.push_back(fmt::format("{}", value));
    table.add(std::move(row));
  }
  table.finish();
}

// Writes the archive, and prints a line for each of its rows.
void write_vectors(const EmbeddedFiles& files, bool json, io::AtomicFile& out) {
  io::NamedTensors tensors;
  tensors.set("embeddings",
              Tensor::from(files.vectors, {std::ssize(files.names), static_cast<std::int64_t>(files.width)}));
  io::write_npz(out, tensors);
  out.commit();
  for (const std::string& name : files.names) {
    if (json) {
      print_data("{}\n", nlohmann::json{{"path", to_utf8_lossy(name)}}.dump());
    } else {
      print_path(name);
    }
  }
}

int embed(const EmbedOptions& options) {
  LoadedModel loaded(options.model, options.compute);
  const std::string output = embedding_output(options, loaded.model());
  catch_interrupts();  // not before: nothing above looks at them
  const AudioFiles input(options.audio);
  if (input.files().empty()) {
    print_remark("sonograd: no audio files in {}{}\n", listed(options.audio.paths),
                 options.audio.recursion_clause());
    return kInputUnreadable;
  }
  std::optional<io::OutputFile> out;  // before the work: it may be that nothing can be written there
  if (!options.out.empty()) out.emplace(options.out);
  options.compute.announce(loaded.model().device());
  loaded.clock().begin("embedding");
  std::vector<NamedFile> named;
  for (const std::filesystem::path& file : input.files()) named.push_back({file, input.name_of(file)});
  const auto files = embed_files(options, loaded.model(), output, named);
  if (!files) return kInterrupted;
  if (files->names.empty()) return kInputUnreadable;
  if (out) {
    write_vectors(*files, options.json, *out);
  } else {
    print_vectors(*files, options);
  }
  return files->unreadable == 0 ? kOk : kPartial;
}

}  // namespace

Command embed_command() {
  return {
      "embed", "print the embeddings of sound files", [](CLI::App& app) {
        auto options = std::make_shared<EmbedOptions>();
        options->add_model_to(app);
        options->add_to(app);
        CLI::Option* const format =
            app.add_option("--format", options->format, "csv or tsv: a row for each file")
                ->check(CLI::IsMember({"csv", "tsv"}))
                ->capture_default_str();
        app.add_flag("--json", options->json,
                     "one JSON object for each file: path and embedding; with --out the path alone")
            ->excludes(format);
        app.add_option("--out", options->out,
                       "NumPy archive to write: the array `embeddings` [files, width]; the paths of its rows "
                       "are printed, a line or with --json an object for each")
            ->excludes(format)
            ->check(output_file({".npz"}, Extension::decides_format));
        app.footer(
            "The embedding of a file is the mean of an output of the network over all its axes but the last, "
            "and over the chunks of the file, scaled to length 1: products of two are cosines.");
        return [options] { return run_profiled(options->compute, [&] { return embed(*options); }); };
      }};
}

}  // namespace sonograd::app
