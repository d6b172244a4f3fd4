// Every kind of network under its name, with its options, input and sizes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/front_end.h"
#include "models/core/network.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Size of a network, derived from the tensors of a file.
struct Sizes {
  OptionValues options;  ///< complete and checked
  std::int64_t labels = 0;
  std::vector<OpenOption> open = {};
};

/// Most outputs that a network can have.
inline constexpr std::int64_t kMostLabels = 100000;

/// One kind of network. Each models/taggers/<name>.cpp defines `Architecture <name>_architecture()`, made by
/// `architecture_of`.
struct Architecture {
  std::string name;     ///< as on the command line: `short_chunk_cnn`
  std::string summary;  ///< one line
  std::string paper;    ///< authors, title, venue and year
  OptionTable options;  ///< options of the network and its front end
  FrontEnd front_end;
  /// A network with initial weights from the ambient RandomScope. Throws ConfigError for options that it lacks, values that
  /// are out of range, and `labels` outside 1 to `kMostLabels`; ShapeError for some of the sizes that do not suit each other:
  /// make_checked_network (shape_check.h) finds all of them.
  std::unique_ptr<Network> (*make)(const OptionTable& table, const OptionValues& options,
                                   std::int64_t labels);
  /// Sample rate and chunk length of the network that `make` makes from these options. Throws ConfigError likewise.
  Input (*input)(const OptionTable& table, const OptionValues& options);
  /// Options and number of labels of the network that published tensors belong to; options that do not follow from tensors
  /// keep their defaults. Throws ModelError when a tensor that determines a size is missing, and ConfigError for sizes that
  /// the network cannot have.
  Sizes (*sizes)(const OptionTable& table, const io::NamedTensors& weights);
  /// Options without an effect at these values. Throws ConfigError as OptionTable::complete.
  std::vector<IdleOption> (*idle)(const OptionTable& table, const OptionValues& options);

  /// The four functions with the table of this architecture.
  std::unique_ptr<Network> make_network(const OptionValues& given, std::int64_t labels) const {
    return make(options, given, labels);
  }
  Input input_of(const OptionValues& given) const { return input(options, given); }
  Sizes sizes_of(const io::NamedTensors& weights) const { return sizes(options, weights); }
  std::vector<IdleOption> idle_of(const OptionValues& given) const { return idle(options, given); }
};

/// Throws ConfigError unless `labels` is in 1 to `kMostLabels`.
void check_labels(std::int64_t labels);

struct ArchitectureText {
  std::string name, summary, paper;
};

/// The architecture of a class `N`, which has
///   struct Options { Front front; …; void list(OptionList&); };      front.input() gives rate and chunk length
///   N(const Options&, std::int64_t labels);
///   static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options);      sets sizes, returns labels
/// and, where some of its options are open (see OpenOption),
///   static std::vector<OpenOption> open_options(const Options& options);                  `options`: as sizes_of leaves them
template <class N>
Architecture architecture_of(ArchitectureText text) {
  using Options = typename N::Options;
  return {.name = std::move(text.name),
          .summary = std::move(text.summary),
          .paper = std::move(text.paper),
          .options = option_table<Options>(),
          .front_end = front_end_of<Options>(),
          .make = [](const OptionTable& table, const OptionValues& options,
                     std::int64_t labels) -> std::unique_ptr<Network> {
            check_labels(labels);
            return std::make_unique<N>(options_from<Options>(table.complete(options)), labels);
          },
          .input = [](const OptionTable& table, const OptionValues& options) -> Input {
            return options_from<Options>(table.complete(options)).front.input();
          },
          .sizes = [](const OptionTable& table, const io::NamedTensors& weights) -> Sizes {
            Options options;
            const std::int64_t labels = N::sizes_of(weights, options);
            check_labels(labels);
            Sizes sizes{table.complete(values_of(options)), labels};
            if constexpr (requires { N::open_options(options); }) sizes.open = N::open_options(options);
            return sizes;
          },
          .idle = [](const OptionTable& table, const OptionValues& options) -> std::vector<IdleOption> {
            return idle_options<Options>(table.complete(options));
          }};
}

/// All architectures, sorted by name: those of models/taggers, and those that the program has added.
std::vector<Architecture> all_architectures();
/// Their names, in the same order.
std::vector<std::string> architecture_names();
/// Throws ConfigError, listing the names, for an unknown one.
Architecture find_architecture(std::string_view name);

/// Dialects of all architectures, `published` first.
std::vector<std::string> all_dialects();

/// Adds an architecture that is not in models/taggers while it lives: model files of it can be loaded, and it is listed and
/// recognised like the others. Threads may add, remove and look up networks at the same time; their results stay valid.
class AddedArchitecture {
 public:
  /// Throws ConfigError when there is one of that name.
  explicit AddedArchitecture(Architecture architecture);
  ~AddedArchitecture();
  AddedArchitecture(const AddedArchitecture&) = delete;
  AddedArchitecture& operator=(const AddedArchitecture&) = delete;

 private:
  std::string name_;
};

}  // namespace sonograd::models
