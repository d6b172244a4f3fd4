// The scores of a clip are a function of the clip: random companies of clips, in random batches, give each of them the bits
// that it has alone. SONOGRAD_COMPANIES: their number for each network on the CPU.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <random>

#include "kernels/core/launch.h"
#include "models/core/architecture.h"
#include "models/core/shape_check.h"
#include "models/tagging/chunk_scorer.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/environment.h"

namespace sonograd::models {
namespace {

using Clip = std::vector<std::vector<float>>;  // its chunks

constexpr std::size_t kLabels = 5;

struct Setting {
  std::string arch;
  Device device;
};

std::ostream& operator<<(std::ostream& out, const Setting& setting) {
  return out << setting.arch << " on " << setting.device;
}

bool takes(const Architecture& architecture, const OptionValues& options) {
  try {
    make_checked_network(architecture, options, kLabels);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Sets the shortest of some chunks that the network takes, else as many frames as published of a quarter of their samples.
void shorten(const Architecture& architecture, OptionValues& options) {
  const std::int64_t published = architecture.input_of(options).samples;
  OptionValues tried = options;
  for (const std::int64_t samples : {16384, 32768, 65536, 131072}) {
    if (samples >= published) return;
    tried["samples"] = samples;
    if (takes(architecture, tried)) return options.swap(tried);
  }
  for (const char* const key : {"samples", "n_fft", "hop_length"}) {
    const Option* const option = architecture.options.find(key);
    if (option != nullptr) tried[key] = std::get<std::int64_t>(option->default_value) / 4;
  }
  if (takes(architecture, tried)) options.swap(tried);
}

// Narrow, on short chunks where the network takes them: its layers are the same.
ModelDraft small_network(const std::string& arch) {
  ModelDescription about;
  about.arch = arch;
  about.options["channels"] = 8;
  if (arch.starts_with("short_chunk")) {
    about.options.insert({{"samples", 32768}, {"sample_rate", 8000}, {"f_max", 4000.0}});
  }
  if (arch == "cnnsa") about.options.insert({{"samples", 32768}, {"sample_rate", 8000}, {"f_max", 4000.0}});
  if (arch == "music_tagging_transformer") about.options.insert({{"samples", 32768}, {"width", 32}});
  if (arch == "pons_waveform")
    about.options.insert({{"samples", 32768}, {"back_filters", 16}, {"layers", 5}});
  if (arch == "pons_spectrogram") about.options.insert({{"samples", 16384}, {"back_filters", 16}});
  shorten(find_architecture(arch), about.options);
  for (std::size_t i = 0; i < kLabels; ++i) about.labels.push_back(concat("label ", i));
  ModelDraft draft = make_model(about);
  test::lcg_fill(*draft.network);
  draft.network->train(false);
  return draft;
}

class Companies : public testing::TestWithParam<Setting> {
 protected:
  Companies() : model_(small_network(GetParam().arch), GetParam().device) {
    const auto length = static_cast<std::size_t>(model_.network().input().samples);
    test::Lcg lcg(1);
    for (std::size_t i = 0; i < clip_count_; ++i) {
      Clip& clip = clips_.emplace_back(1 + i % 4, std::vector<float>(length));
      for (std::vector<float>& chunk : clip)
        for (float& sample : chunk) sample = static_cast<float>(lcg.next());
    }
  }

  // Scores of the clips of a company; `order`: the clip that sends its next chunk.
  std::map<std::size_t, Scores> score(const std::vector<std::size_t>& order, std::int64_t batch,
                                      Aggregate rule) {
    std::map<std::size_t, Scores> result;
    std::map<std::size_t, std::size_t> sent;
    ChunkScorer scorer(model_.network(), model_.about(), GetParam().device, batch, rule,
                       [&](std::size_t clip, const Scores& scores) { result[clip] = scores; });
    for (const std::size_t clip : order) {
      scorer.add(clip, clips_[clip][sent[clip]++]);
      if (sent[clip] == clips_[clip].size()) scorer.end_clip(clip);
    }
    scorer.flush();
    return result;
  }

  Scores score_alone(std::size_t clip, Aggregate rule) {
    return score(std::vector<std::size_t>(clips_[clip].size(), clip), 1, rule).at(clip);
  }

  const bool is_cpu_ = GetParam().device.kind == DeviceKind::cpu;
  const std::size_t clip_count_ = is_cpu_ ? 12 : 2;
  Model model_;
  std::vector<Clip> clips_;
};

TEST_P(Companies, GiveEachClipTheBitsThatItHasAlone) {
  constexpr std::int64_t kLongChunk = 1 << 16;
  const long usual = model_.network().input().samples < kLongChunk ? 12 : 3;
  const long companies = is_cpu_ ? test::from_environment("SONOGRAD_COMPANIES", usual) : 1;
  const std::vector<Aggregate> rules =
      is_cpu_ ? std::vector{Aggregate::mean, Aggregate::max} : std::vector{Aggregate::max};
  std::map<Aggregate, std::vector<Scores>> alone;
  for (const Aggregate rule : rules) {
    for (std::size_t clip = 0; clip < clip_count_; ++clip) alone[rule].push_back(score_alone(clip, rule));
  }
  std::mt19937 random(7);
  for (long company = 0; company < companies; ++company) {
    std::vector<std::size_t> members(clip_count_), order;
    std::iota(members.begin(), members.end(), 0);
    std::ranges::shuffle(members, random);
    if (is_cpu_) members.resize(1 + random() % clip_count_);
    for (const std::size_t clip : members) order.insert(order.end(), clips_[clip].size(), clip);
    std::ranges::shuffle(order, random);
    const auto batch = static_cast<std::int64_t>(1 + random() % 64);
    const Aggregate rule = rules[random() % rules.size()];
    const auto together = score(order, batch, rule);
    ASSERT_EQ(together.size(), members.size());
    for (const auto& [clip, scores] : together) {
      ASSERT_EQ(scores, alone[rule][clip])
          << "clip " << clip << " among " << members.size() << " in batches of " << batch;
    }
  }
}

std::vector<Setting> settings() {
  std::vector<Setting> list;
  for (const Architecture& architecture : all_architectures()) {
    for (const Device device : test::network_devices()) list.push_back({architecture.name, device});
  }
  return list;
}

INSTANTIATE_TEST_SUITE_P(Networks, Companies, testing::ValuesIn(settings()), [](const auto& setting) {
  return setting.param.arch + "_" + test::test_name(setting.param.device);
});

TEST(ChunkScorer, ALogitThatIsNotFiniteSpoilsItsClipWhateverTheAggregate) {
  for (const Aggregate rule : {Aggregate::mean, Aggregate::max, Aggregate::vote}) {
    ModelDraft draft = small_network("short_chunk_cnn");
    draft.network->parameters().back().data().data<float>()[2] = -INFINITY;
    const Model model(std::move(draft));
    Scores result;
    ChunkScorer scorer(model.network(), model.about(), {}, 2, rule,
                       [&](std::size_t, const Scores& scores) { result = scores; });
    scorer.add(0, std::vector<float>(32768));
    scorer.end_clip(0);
    scorer.flush();
    ASSERT_EQ(result.size(), kLabels);
    for (const float score : result) EXPECT_TRUE(std::isnan(score)) << name_of(rule);
  }
}

}  // namespace
}  // namespace sonograd::models
