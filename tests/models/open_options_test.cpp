// Options that weights do not contain: heads of attention, the chunk behind a short table of positions, kinds of non-local blocks.
#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "models/core/architecture.h"
#include "models/core/import.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "tests/models/lcg.h"

namespace sonograd::models {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Texts = std::vector<std::string>;

ModelDraft draft_of(const std::string& arch, const OptionValues& options) {
  ModelDescription about;
  about.arch = arch;
  about.options = options;
  about.labels = {"a", "b", "c"};
  ModelDraft draft = make_model(std::move(about));
  test::lcg_fill_published(*draft.network);
  draft.network->train(false);
  return draft;
}

ImportedModel imported(const io::NamedTensors& weights, const Texts& assignments, const char* dialect = "") {
  return import_weights({weights, {}}, {.arch = "", .dialect = dialect, .assignments = assignments});
}

std::vector<float> logits_of(Network& network) {
  network.train(false);
  const NoGrad no_grad;
  const Input input = network.input();
  const Tensor signal = test::lcg_signal(input.samples, static_cast<double>(input.sample_rate));
  const Tensor logits = network.logits(Variable(network.features(signal))).data();
  return {logits.span<float>().begin(), logits.span<float>().end()};
}

// The imported model is the original: options, logits, and tensors by name.
void expect_same(const ModelDraft& copy, const ModelDraft& original) {
  EXPECT_EQ(copy.about.arch, original.about.arch);
  for (const auto& [key, value] : original.about.options) {
    if (key.find("dropout") != std::string::npos) continue;
    EXPECT_EQ(copy.about.options.at(key), value) << key;
  }
  EXPECT_EQ(logits_of(*copy.network), logits_of(*original.network));
  const io::NamedTensors ours = export_state(*copy.network), theirs = export_state(*original.network);
  ASSERT_EQ(ours.size(), theirs.size());
  for (const auto& [name, tensor] : theirs)
    EXPECT_EQ(std::memcmp(ours.at(name).view().pointer, tensor.view().pointer, tensor.bytes()), 0) << name;
}

struct WithHeads {
  const char* arch;
  OptionValues options;
  std::string heads, wrong, assumed;
};

const WithHeads kWithHeads[] = {
    {"music_tagging_transformer",
     {{"channels", 2}, {"width", 20}, {"heads", 5}, {"depth", 2}, {"samples", 22050}},
     "5",
     "3",
     "4"},
    {"cnnsa", {{"channels", 3}, {"heads", 3}, {"depth", 1}, {"samples", 16000}}, "3", "4", "2"},
    {"combined",
     {{"back", "attention"}, {"channels", 3}, {"heads", 3}, {"depth", 1}, {"samples", 16000}},
     "3",
     "4",
     "2"},
};

TEST(OpenOptions, HeadsOfAttentionAreAskedForByName) {
  for (const auto& [arch, options, heads, wrong, assumed] : kWithHeads) {
    SCOPED_TRACE(arch);
    const ModelDraft original = draft_of(arch, options);
    const io::NamedTensors weights = export_state(*original.network);
    const std::string samples = concat("model.samples=", to_text(original.about.options.at("samples")));
    EXPECT_THAT(
        [&] { imported(weights, {samples}); },
        ThrowsMessage<ConfigError>(AllOf(HasSubstr(concat("the weights are of ", arch)),
                                         HasSubstr(" --set model.heads=N; or take --dialect published "
                                                   "(model.heads="))));
    expect_same(imported(weights, {samples, "model.heads=" + heads}).draft, original);
    EXPECT_THAT(
        [&] {
          imported(weights, {samples, "model.heads=" + wrong});
        },
        ThrowsMessage<ConfigError>(HasSubstr("heads: expected a divisor of the width")));
    EXPECT_THAT(imported(weights, {samples}, "published").assumed, Contains("model.heads=" + assumed));
  }
}

TEST(OpenOptions, HeadsOfThePublishedSizeAreAssumed) {
  const ModelDraft student = draft_of("music_tagging_transformer", {{"width", 64}});
  const ImportedModel model = imported(export_state(*student.network), {});
  EXPECT_EQ(model.draft.about.options.at("heads"), OptionValue(std::int64_t{8}));
  EXPECT_THAT(model.assumed, Contains("model.heads=8"));
}

TEST(OpenOptions, AShortTableOfPositionsGivesTheLengthOfTheChunk) {
  const std::pair<std::int64_t, std::int64_t> cases[] = {{512, 220500}, {107, 220500}, {106, 198450},
                                                         {54, 110250},  {11, 22050},   {6, 27 * 512 - 1}};
  for (const auto& [positions, samples] : cases) {
    const ModelDraft original = draft_of(
        "music_tagging_transformer",
        {{"channels", 1}, {"width", 8}, {"depth", 1}, {"positions", positions}, {"samples", samples}});
    const ImportedModel model = imported(export_state(*original.network), {"model.heads=8"});
    EXPECT_EQ(model.draft.about.options.at("samples"), OptionValue(samples)) << positions;
    EXPECT_EQ(model.draft.about.options.at("positions"), OptionValue(positions));
    EXPECT_THAT(model.assumed, Contains(concat("model.samples=", samples)));
    EXPECT_THAT(
        [&] {
          imported(export_state(*original.network), {"model.heads=8", "model.samples=10000000"});
        },
        ThrowsMessage<ConfigError>(HasSubstr(concat("model.positions = ", positions))));
  }
}

struct WithBlocks {
  const char* arch;
  OptionValues options;
};

const WithBlocks kWithBlocks[] = {
    {"fcn", {{"channels", 2}, {"samples", 1280 * 256}}},
    {"short_chunk_cnn", {{"channels", 2}, {"samples", 33000}}},
    {"short_chunk_cnn_res", {{"channels", 2}, {"samples", 33000}}},
    {"sample_cnn", {{"channels", 2}}},
    {"sample_cnn_se", {{"channels", 2}}},
    {"cnnsa", {{"channels", 2}, {"heads", 2}, {"depth", 1}, {"samples", 16000}}},
};

// First layer and distance of two blocks, behind layers that leave few positions.
constexpr std::int64_t kFirst = 5;

OptionValues with_blocks(OptionValues options, const char* affinity, bool subsampled, std::int64_t count) {
  options["non_local"] = std::string(affinity);
  options["non_local_first"] = kFirst;
  options["non_local_step"] = std::int64_t{1};
  options["non_local_count"] = count;
  options["non_local_subsampled"] = subsampled;
  return options;
}

Texts assignments_of(const OptionValues& options, std::initializer_list<const char*> keys) {
  Texts assignments;
  for (const char* const key : keys) {
    if (options.contains(key)) assignments.push_back(concat("model.", key, '=', to_text(options.at(key))));
  }
  return assignments;
}

TEST(OpenOptions, NonLocalBlocksAreRecognised) {
  for (const auto& [arch, sizes] : kWithBlocks) {
    const bool is_fcn = std::string_view(arch) == "fcn";  // five layers, the last of one position
    for (const char* const affinity : {"embedded_gaussian", "gaussian", "dot_product", "concatenation"}) {
      if (std::string_view(affinity) != "embedded_gaussian" && std::string_view(arch) != "short_chunk_cnn")
        continue;
      SCOPED_TRACE(concat(arch, ' ', affinity));
      OptionValues options = with_blocks(sizes, affinity, false, is_fcn ? 1 : 2);
      if (is_fcn) options["non_local_first"] = std::int64_t{4};
      options["non_local_step"] = std::int64_t{is_fcn ? 2 : 1};
      const ModelDraft original = draft_of(arch, options);
      const io::NamedTensors weights = export_state(*original.network);
      const bool embeds =
          std::string_view(affinity) == "embedded_gaussian" || std::string_view(affinity) == "dot_product";
      EXPECT_THAT(
          [&] {
            imported(weights, assignments_of(options, {"samples", "heads"}));
          },
          ThrowsMessage<ConfigError>(
              HasSubstr(embeds ? " --set model.non_local=embedded_gaussian|dot_product --set "
                                 "model.non_local_subsampled=true|false; or take --dialect published "
                                 "(model.non_local=embedded_gaussian, model.non_local_subsampled=true)"
                               : "were trained with: --set model.non_local_subsampled=true|false; or take "
                                 "--dialect published")));
      expect_same(imported(weights,
                           assignments_of(options, {"samples", "heads", "non_local", "non_local_subsampled"}))
                      .draft,
                  original);
    }
  }
}

TEST(OpenOptions, AKindThatTheTensorsContradictIsRefused) {
  const OptionValues options = with_blocks({{"channels", 2}}, "embedded_gaussian", false, 2);
  const io::NamedTensors weights = export_state(*draft_of("sample_cnn", options).network);
  for (const char* const kind : {"none", "gaussian"}) {
    EXPECT_THAT(
        [&] {
          imported(weights, {concat("model.non_local=", kind), "model.non_local_subsampled=false"});
        },
        ThrowsMessage<ModelError>(AllOf(HasSubstr("do not fit the model: unexpected: "),
                                        HasSubstr("layer5.non_local.theta.weight"))));
  }
  EXPECT_THAT(
      [&] {
        imported(weights, {"model.non_local=concatenation", "model.non_local_subsampled=false"});
      },
      ThrowsMessage<ModelError>(HasSubstr("missing: layer5.non_local.affinity")));
}

TEST(OpenOptions, BlocksAtUnequalDistancesAreNoNetworkOfOurs) {
  const OptionValues options = with_blocks({{"channels", 2}}, "gaussian", false, 3);
  io::NamedTensors moved;
  for (const auto& [name, tensor] : export_state(*draft_of("sample_cnn", options).network)) {
    const std::string from = "layer7.non_local.";
    moved.set(name.starts_with(from) ? "layer9.non_local." + name.substr(from.size()) : name, tensor);
  }
  EXPECT_THAT(
      [&] { imported(moved, {"model.non_local_subsampled=false"}); },
      ThrowsMessage<ModelError>(AllOf(HasSubstr("fit none of the networks"),
                                      HasSubstr("nearest is sample_cnn"), HasSubstr("layer5.non_local."))));
}

}  // namespace
}  // namespace sonograd::models
