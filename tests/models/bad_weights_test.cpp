// Weights with faults, of every network: one clear line with the tensor and what was expected.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/import.h"
#include "models/core/model_error.h"
#include "models/core/shape_check.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Weights of a network.
struct Family {
  OptionValues options;
  std::vector<std::string> assignments;  ///< options that its weights do not contain
};

// Can a network have these options, with as many tensors as by default, and do its weights contain the value of `key`?
bool have_in_tensors(const Architecture& architecture, const OptionValues& options, const std::string& key) {
  const layers::UninitializedScope extents_only;
  try {
    const auto network = architecture.make_network(options, 3);
    if (network->state().size() != architecture.make_network({}, 3)->state().size()) return false;
    if (architecture.sizes_of(export_state(*network)).options.at(key) != options.at(key)) return false;
    check_shapes(architecture, options, *network);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Each width of the network, as small as a power of two can be from 2 on: the whole numbers that its tensors contain.
OptionValues small_sizes(const Architecture& architecture) {
  OptionValues options;
  for (const Option& option : architecture.options) {
    const auto* const usual = std::get_if<std::int64_t>(&option.default_value);
    if (usual == nullptr || option.section != OptionSection::model) continue;
    for (std::int64_t small = 2; small < *usual; small *= 2) {
      OptionValues tried = options;
      tried[option.key] = small;
      if (!have_in_tensors(architecture, tried, option.key)) continue;
      options = std::move(tried);
      break;
    }
  }
  return options;
}

Family make_family(const std::string& name) {
  const Architecture architecture = find_architecture(name);
  Family family = {small_sizes(architecture), {}};
  const OptionValues values = architecture.options.complete(family.options);
  const auto network = architecture.make_network(values, 3);
  for (const OpenOption& open : architecture.sizes_of(export_state(*network)).open) {
    if (!open.is_published)
      family.assignments.push_back(
          concat(architecture.options.at(open.key).path(), '=', to_text(values.at(open.key))));
  }
  return family;
}

const Family& small_family(const std::string& name) {
  static std::map<std::string, Family> known;
  if (!known.contains(name)) known[name] = make_family(name);
  return known.at(name);
}

class BadWeights : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    family_ = small_family(GetParam());
    ModelDescription about;
    about.arch = GetParam();
    about.options = family_.options;
    about.labels = {"a", "b", "c"};
    const ModelDraft draft = make_model(about);
    about_ = draft.about;
    weights_ = export_state(*draft.network);
    for (const layers::StateInfo& entry : std::as_const(*draft.network).state()) {
      if (entry.kind == layers::StateKind::parameter)
        parameters_.push_back(draft.network->published(entry).name);
    }
  }

  io::NamedTensors without(const std::string& left_out) const {
    io::NamedTensors rest;
    for (const auto& [name, tensor] : weights_) {
      if (name != left_out) rest.set(name, tensor);
    }
    return rest;
  }

  // The message of the error with which the weights are refused.
  std::string import_error(const io::NamedTensors& weights, const std::string& arch = "") const {
    try {
      import_weights({weights, {}}, {.arch = arch, .dialect = "", .assignments = family_.assignments});
    } catch (const ModelError& error) {
      return error.what();
    }
    return "no error";
  }
  std::string load_error(const io::NamedTensors& weights, const ModelDescription& about) const {
    try {
      draft_of_file({weights, to_metadata(about)}, nullptr);
    } catch (const ModelError& error) {
      return error.what();
    }
    return "no error";
  }

  static constexpr std::size_t kLongestLine = 1500;
  static auto is_one_line() {
    return AllOf(Not(HasSubstr("\n")), testing::SizeIs(testing::Lt(kLongestLine)));
  }

  Family family_;
  ModelDescription about_;
  io::NamedTensors weights_;
  std::vector<std::string> parameters_;
};

TEST_P(BadWeights, AMissingTensorIsNamed) {
  for (const std::size_t i : {std::size_t{0}, parameters_.size() - 2}) {
    const std::string& name = parameters_[i];
    const std::string missing = concat("missing: ", name);
    EXPECT_THAT(
        import_error(without(name)),
        AllOf(is_one_line(), HasSubstr(concat("nearest is ", GetParam(), ", with ")), HasSubstr(missing)));
    EXPECT_THAT(load_error(without(name), about_), AllOf(is_one_line(), HasSubstr(missing)));
  }
}

TEST_P(BadWeights, ASurplusTensorIsNamed) {
  io::NamedTensors more = weights_;
  more.set("surplus.weight", Tensor::zeros({2, 2}));
  EXPECT_THAT(import_error(more),
              AllOf(is_one_line(), HasSubstr(concat("nearest is ", GetParam())),
                    HasSubstr("unexpected: surplus.weight"), HasSubstr("leaves the others out")));
  EXPECT_EQ(import_error(more, GetParam()), "no error");
  EXPECT_THAT(load_error(more, about_), AllOf(is_one_line(), HasSubstr("unexpected: surplus.weight")));
}

TEST_P(BadWeights, ATensorOfOtherExtentsIsNamed) {
  const std::string& name = parameters_.back();
  const Shape shape = weights_.at(name).shape();
  io::NamedTensors other = weights_;
  other.set(name, Tensor::zeros(shape.with(0, 2 * shape[0])));
  EXPECT_THAT(import_error(other), AllOf(is_one_line(), HasSubstr(concat("nearest is ", GetParam())),
                                         HasSubstr("other extents: "), HasSubstr(", model [")));
  EXPECT_THAT(load_error(other, about_),
              AllOf(is_one_line(),
                    HasSubstr(concat(name, ": file ", shape.with(0, 2 * shape[0]), ", model ", shape))));
}

TEST_P(BadWeights, AnotherNetworkIsNamed) {
  const std::string other = GetParam() == "fcn" ? "crnn" : "fcn";
  EXPECT_EQ(import_error(weights_, other),
            concat("the tensors fit no ", other, "; they are those of ", GetParam()));
  ModelDescription about = about_;
  about.arch = other;
  about.options = {};
  EXPECT_THAT(
      load_error(weights_, about),
      AllOf(is_one_line(), HasSubstr(concat("arch = ", other, ", the tensors are those of ", GetParam()))));
}

TEST_P(BadWeights, LabelsOfAnotherLengthAreNamed) {
  if (GetParam() == "kaist_embedding") GTEST_SKIP() << "no extent of its tensors is the number of labels";
  ModelDescription about = about_;
  about.labels = {"a", "b"};
  EXPECT_THAT(load_error(weights_, about),
              AllOf(is_one_line(), HasSubstr("labels names 2 outputs, the tensors have 3")));
}

INSTANTIATE_TEST_SUITE_P(Networks, BadWeights, testing::ValuesIn(architecture_names()),
                         [](const auto& test) { return test.param; });

TEST(SmallSizes, AreThoseThatTheTensorsContain) {
  const auto of = [](const char* name) { return small_sizes(find_architecture(name)); };
  EXPECT_EQ(of("fcn"), (OptionValues{{"channels", std::int64_t{2}}}));
  EXPECT_EQ(of("combined"), (OptionValues{{"channels", std::int64_t{2}}})) << "options of other parts";
  EXPECT_EQ(of("cnnsa"), (OptionValues{{"channels", std::int64_t{4}}})) << "a multiple of the heads";
}

}  // namespace
}  // namespace sonograd::models
