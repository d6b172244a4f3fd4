// `sonograd report`: a run as one page to look at.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/commands/profile_report.h"
#include "app/commands/test_scores.h"
#include "app/options/kernel_choices.h"
#include "app/options/model_argument.h"
#include "app/options/output_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "kernels/core/launch.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/owner_lock.h"
#include "tensor/io/read_error.h"
#include "tensor/support/utf8.h"
#include "train/data/test_set.h"
#include "train/report/collect.h"
#include "train/report/page.h"
#include "train/run/run_folder.h"

namespace sonograd::app {
namespace {

using train::report::ReportData;

struct ReportOptions {
  ComputeOptions compute;
  TestOptions test;
  std::string run, other, out, data;
  bool json = false;
};

// Adds a remark about missing data to the page.
void add_remark(ReportData& report, const std::string& text) {
  print_remark("sonograd: {}\n", to_utf8_lossy(text));
  report.remarks.push_back(text);
}

// A data set named by the user must exist; that of the run may be missing.
void add_statistics(ReportData& report, const train::RunFolder& run, const ReportOptions& options) {
  train::Settings settings = report.settings;
  if (!options.data.empty()) settings.data.dir = options.data;
  if (settings.data.dir.empty()) {
    return add_remark(report,
                      "no data: config.toml of the run has no data.dir (--data: the folder of the data set)");
  }
  try {
    report.data =
        train::report::collect_statistics(train::Dataset::open(settings, run.split()), kernels::threads());
  } catch (const Error& error) {
    if (!options.data.empty()) throw;
    add_remark(
        report,
        concat("the data set cannot be used, so there are no test scores (--data: the folder where it is "
               "now): ",
               error.what()));
  }
}

// Exit code after an interruption or skipped clips.
ExitCode add_scores(ReportData& report, const train::RunFolder& run, const ReportOptions& options,
                    const std::string& folder, Device device) {
  const std::shared_ptr<const models::Model> model = open_model(run.best(), device, options.compute);
  const train::Dataset dataset = train::open_test_set(
      {.folder = report.data->folder, .split = {}, .run_split = run.split()}, model->about());
  auto scores = score_test_clips(*model, dataset, options.test, options.compute, folder);
  if (!scores) return kInterrupted;
  const ExitCode code = scores->unreadable.empty() ? kOk : scores->clips() > 0 ? kPartial : kInputUnreadable;
  if (code != kOk) {
    add_remark(report, concat(scores->unreadable.size(), " of ", dataset.split.test.size(),
                              " test clips cannot be read, the first is ", scores->unreadable.front().path));
  }
  if (code == kInputUnreadable) return code;
  if (scores->clips() == 0) {
    add_remark(report, "no test clip has a step with a label of the model");
    return code;
  }
  if (scores->retrieval) {
    report.retrieval = std::move(*scores);
    return code;
  }
  const models::Aggregate aggregate = options.test.chunks.aggregate_of(model->about());
  report.test =
      train::report::collect_scores(std::move(*scores), dataset, std::string(models::name_of(aggregate)),
                                    static_cast<int>(model->network().input().sample_rate));
  return code;
}

void write_page(const ReportData& report, const std::filesystem::path& file) {
  const std::string page = format_page(report);
  if (file == "-") return print_data("{}", page);
  io::AtomicFile out(file);
  out.write(page);
  out.commit();
}

void print_json(const ReportData& report, const std::filesystem::path& file) {
  nlohmann::ordered_json object = {{"report", to_utf8_lossy(file.string())}, {"scores", nullptr}};
  if (report.test) {
    object["scores"] = scores_to_json(report.test->evaluation, report.test->labels,
                                      models::parse_aggregate(report.test->aggregate));
  }
  if (report.retrieval) object["scores"] = scores_to_json(*report.retrieval, {}, models::Aggregate::mean);
  object["remarks"] = nlohmann::ordered_json::array();
  for (const std::string& remark : report.remarks) object["remarks"].push_back(to_utf8_lossy(remark));
  print_data("{}\n", object.dump());
}

ExitCode collect(ReportData& report, const ReportOptions& options, const std::string& folder, Device device) {
  const train::RunFolder run(folder);
  report = train::report::read_run(folder);
  add_statistics(report, run, options);
  if (!std::filesystem::exists(run.best())) {
    add_remark(report, "no test scores: the run has no best.safetensors yet");
  } else if (report.data && report.data->parts[2].clips == 0) {
    add_remark(report, "no test scores: the split has no test clips");
  } else if (report.data) {
    return add_scores(report, run, options, folder, device);
  }
  return kOk;
}

// Reads the run to compare with; two runs of one name are told apart by their folders.
ExitCode collect_other(ReportData& report, const ReportOptions& options, Device device) {
  auto other = std::make_shared<ReportData>();
  const ExitCode code = collect(*other, options, options.other, device);
  if (other->name == report.name) {
    report.name = options.run;
    other->name = options.other;
  }
  for (const std::string& remark : other->remarks)
    report.remarks.push_back(concat(other->name, ": ", remark));
  report.other = std::move(other);
  return code;
}

// Before the work: throws ReadError where there is nothing, and ConfigError for what is no run.
void require_run(const std::string& folder) {
  std::error_code none;
  if (!std::filesystem::exists(folder, none)) throw io::ReadError(concat(folder, ": no such run folder"));
  train::RunFolder(folder).require_run();
}

int report(const ReportOptions& options) {
  require_run(options.run);
  if (!options.other.empty()) require_run(options.other);
  if (options.json && options.out == "-")
    throw ConfigError("--json and --out -: both write to stdout; give --out a file");
  const Device device = options.compute.apply();
  const KernelChoices choices(options.compute);
  ReportData report;
  const std::filesystem::path file = options.out.empty() ? std::filesystem::path(options.run) / "report.html"
                                                         : std::filesystem::path(options.out);
  std::optional<io::OwnerLock> owner;
  if (file != "-") owner.emplace(io::OwnerLock::of_file(file));
  catch_interrupts();  // not before: nothing above looks at them
  options.compute.announce(device);
  ExitCode code = collect(report, options, options.run, device);
  if (code == kInterrupted) return code;
  if (!options.other.empty()) {
    const ExitCode second = collect_other(report, options, device);
    if (second == kInterrupted) return second;
    if (code == kOk) code = second;
  }
  if (file != "-") report.page_folder = std::filesystem::absolute(file).parent_path();
  write_page(report, file);
  if (options.json) {
    print_json(report, file);
  } else if (file != "-") {
    print_path(file.string());
  }
  return code;
}

}  // namespace

Command report_command() {
  return {"report", "write an HTML page about a run: curves, scores, clips, data", [](CLI::App& app) {
            auto options = std::make_shared<ReportOptions>();
            app.add_option("RUN", options->run, "run folder, finished or not")->required();
            app.add_option("OTHER", options->other, "another run folder to compare with");
            app.add_option("--out", options->out,
                           "HTML file to write, - for stdout (default: RUN/report.html)")
                ->check(output_file({".html", ".htm"}, Extension::usual, Stream::permitted));
            app.add_option("--data", options->data,
                           "folder of the data set (default: the folder that the run was trained on)");
            app.add_flag("--json", options->json, "path and scores as one JSON object on stdout");
            options->test.add_to(app);
            options->compute.add_to(app);
            return [options] { return run_profiled(options->compute, [&] { return report(*options); }); };
          }};
}

}  // namespace sonograd::app
