// Weights with faults, of every network: one clear line with the tensor and what was expected.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "models/core/import.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Family {
  const char* arch;
  OptionValues options;
  std::vector<std::string> assignments = {};  ///< that its weights do not contain
};
void PrintTo(const Family& family, std::ostream* out) {
  *out << family.arch;
}

const Family kFamilies[] = {
    {"cnnsa", {{"channels", 4}}, {"model.heads=8"}},
    {"combined", {{"channels", 2}}},
    {"crnn", {{"channels", 2}}},
    {"fcn", {{"channels", 2}}},
    {"fcn4", {{"channels", 1}}},
    {"harmonic_cnn", {{"channels", 2}}},
    {"music_tagging_transformer", {{"channels", 2}, {"width", 16}}, {"model.heads=8"}},
    {"musicnn", {{"channels", 2}}},
    {"musicnn_tf", {{"channels", 2}}},
    {"pons_spectrogram", {{"channels", 1}, {"back_filters", 3}, {"units", 2}}},
    {"pons_waveform", {{"channels", 1}, {"back_filters", 3}, {"units", 2}}},
    {"sample_cnn", {{"channels", 2}}},
    {"sample_cnn_se", {{"channels", 2}}},
    {"short_chunk_cnn", {{"channels", 2}}},
    {"short_chunk_cnn_res", {{"channels", 2}}},
    {"vgg_tf", {{"channels", 2}}},
};

class BadWeights : public testing::TestWithParam<Family> {
 protected:
  void SetUp() override {
    ModelDescription about;
    about.arch = GetParam().arch;
    about.options = GetParam().options;
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
      import_weights({weights, {}}, {.arch = arch, .dialect = "", .assignments = GetParam().assignments});
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

  ModelDescription about_;
  io::NamedTensors weights_;
  std::vector<std::string> parameters_;
};

TEST_P(BadWeights, AMissingTensorIsNamed) {
  for (const std::size_t i : {std::size_t{0}, parameters_.size() - 2}) {
    const std::string& name = parameters_[i];
    const std::string missing = concat("missing: ", name);
    EXPECT_THAT(import_error(without(name)),
                AllOf(is_one_line(), HasSubstr(concat("nearest is ", GetParam().arch, ", with ")),
                      HasSubstr(missing)));
    EXPECT_THAT(load_error(without(name), about_), AllOf(is_one_line(), HasSubstr(missing)));
  }
}

TEST_P(BadWeights, ASurplusTensorIsNamed) {
  io::NamedTensors more = weights_;
  more.set("surplus.weight", Tensor::zeros({2, 2}));
  EXPECT_THAT(import_error(more),
              AllOf(is_one_line(), HasSubstr(concat("nearest is ", GetParam().arch)),
                    HasSubstr("unexpected: surplus.weight"), HasSubstr("leaves the others out")));
  EXPECT_EQ(import_error(more, GetParam().arch), "no error");
  EXPECT_THAT(load_error(more, about_), AllOf(is_one_line(), HasSubstr("unexpected: surplus.weight")));
}

TEST_P(BadWeights, ATensorOfOtherExtentsIsNamed) {
  const std::string& name = parameters_.back();
  const Shape shape = weights_.at(name).shape();
  io::NamedTensors other = weights_;
  other.set(name, Tensor::zeros(shape.with(0, 2 * shape[0])));
  EXPECT_THAT(import_error(other), AllOf(is_one_line(), HasSubstr(concat("nearest is ", GetParam().arch)),
                                         HasSubstr("other extents: "), HasSubstr(", model [")));
  EXPECT_THAT(load_error(other, about_),
              AllOf(is_one_line(),
                    HasSubstr(concat(name, ": file ", shape.with(0, 2 * shape[0]), ", model ", shape))));
}

TEST_P(BadWeights, AnotherNetworkIsNamed) {
  const std::string other = std::string_view(GetParam().arch) == "fcn" ? "crnn" : "fcn";
  EXPECT_EQ(import_error(weights_, other),
            concat("the tensors fit no ", other, "; they are those of ", GetParam().arch));
  ModelDescription about = about_;
  about.arch = other;
  about.options = {};
  EXPECT_THAT(load_error(weights_, about),
              AllOf(is_one_line(),
                    HasSubstr(concat("arch = ", other, ", the tensors are those of ", GetParam().arch))));
}

TEST_P(BadWeights, LabelsOfAnotherLengthAreNamed) {
  ModelDescription about = about_;
  about.labels = {"a", "b"};
  EXPECT_THAT(load_error(weights_, about),
              AllOf(is_one_line(), HasSubstr("labels names 2 outputs, the tensors have 3")));
}

INSTANTIATE_TEST_SUITE_P(Networks, BadWeights, testing::ValuesIn(kFamilies),
                         [](const auto& test) { return std::string(test.param.arch); });

TEST(BadWeightsTable, HasEveryNetwork) {
  std::vector<std::string> names;
  for (const Family& family : kFamilies) names.emplace_back(family.arch);
  EXPECT_EQ(names, architecture_names());
}

}  // namespace
}  // namespace sonograd::models
