// Every number of every file format at its limits and beyond: it is taken, or refused by an error that names file and key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iomanip>
#include <nlohmann/json.hpp>

#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "tensor/io/safetensors.h"
#include "tensor/io/text_file.h"
#include "tests/app/small_model.h"
#include "tests/train/run_fixture.h"
#include "train/config/config.h"
#include "train/config/setting_table.h"
#include "train/run/checkpoint.h"
#include "train/run/metrics_file.h"
#include "train/run/run_record.h"

namespace sonograd::train {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

/// Numbers as text; the last ones are beyond what a JSON parser takes or a double holds exactly.
const std::vector<std::string> kExtremes = {"-1",
                                            "0",
                                            "1",
                                            "2",
                                            "0.5",
                                            "1.5",
                                            "64",
                                            "4096",
                                            "4097",
                                            "100000",
                                            "100001",
                                            "1000000000000",
                                            "1e12",
                                            "1e300",
                                            "-1e300",
                                            "1e-300",
                                            "2147483648",
                                            "-2147483649",
                                            "9223372036854775807",
                                            "9223372036854775808",
                                            "-9223372036854775808",
                                            "18446744073709551615",
                                            "18446744073709551616",
                                            "1e999",
                                            "\"1\"",
                                            "null",
                                            "[]",
                                            "true"};

constexpr const char* kMark = "@number@";

/// The error is not about one key: JSON without it, weights that fit other numbers, options that exclude each other, a format.
auto other_reasons() {
  return AnyOf(HasSubstr("not JSON"), HasSubstr("type must be"), HasSubstr("do not fit"),
               HasSubstr("[log_mel]"), HasSubstr("[mel]"), HasSubstr("checkpoint format"));
}

/// Each number of `tree`, as a JSON pointer.
std::vector<json::json_pointer> numbers_in(const json& tree) {
  std::vector<json::json_pointer> places;
  const json flat = tree.flatten();
  for (const auto& [place, value] : flat.items()) {
    if (value.is_number()) places.emplace_back(place);
  }
  return places;
}

/// The text of `tree` with `number` at `place`.
std::string with_number(json tree, const json::json_pointer& place, const std::string& number) {
  tree[place] = kMark;
  std::string text = tree.dump();
  const std::string quoted = json(kMark).dump();
  return text.replace(text.find(quoted), quoted.size(), number);
}

/// The nearest name in front of `place` that is no index.
std::string key_of(json::json_pointer place) {
  while (!place.back().empty() && place.back().find_first_not_of("0123456789") == std::string::npos)
    place.pop_back();
  return place.back();
}

/// Reads with each extreme value at each number. `read` may throw an Error that names `file` and the key, nothing else.
/// Returns how many values were taken and how many refused.
template <class Exception, class Read>
std::pair<int, int> try_all(const json& tree, const std::string& file, const Read& read) {
  int taken = 0, refused = 0;
  for (const json::json_pointer& place : numbers_in(tree)) {
    for (const std::string& number : kExtremes) {
      try {
        read(with_number(tree, place, number));
        ++taken;
      } catch (const Exception& error) {
        ++refused;
        EXPECT_THAT(error.what(), AllOf(HasSubstr(file), AnyOf(HasSubstr(key_of(place)), other_reasons())))
            << place.to_string() << " = " << number;
      } catch (const std::exception& error) {
        ADD_FAILURE() << place.to_string() << " = " << number << ": " << error.what();
      }
    }
  }
  return {taken, refused};
}

void expect_tried(std::pair<int, int> counts, int least) {
  EXPECT_GE(counts.first, least) << "values that are allowed";
  EXPECT_GE(counts.second, 5 * least) << "values that are not";
}

models::ModelDescription model_with_numbers() {
  models::ModelDescription about = test::small_model().about;
  about.hop_samples = 4000;
  about.chunks = 3;
  about.thresholds = {0.25, 0.5, 0.75};
  return about;
}

TEST(NumberKeys, OfAModelFile) {
  const auto file = test::temporary_path("model.safetensors");
  const io::NamedTensors tensors = models::export_state(*test::small_model().network);
  const auto metadata = models::to_metadata(model_with_numbers());
  json config = json::parse(metadata.at("config"));
  config.erase("training");  // free text of the trainer
  const auto read = [&](const std::string& text) {
    auto changed = metadata;
    changed["config"] = text.substr(0, text.size() - 1) + R"(,"training":{}})";
    io::write_safetensors(file, {tensors, changed});
    models::load_model(file);
  };
  expect_tried(try_all<models::ModelError>(config, file.string(), read), 20);
}

/// Limits of a model file are those of the setting.
TEST(NumberKeys, OfAModelFileHaveTheRangesOfTheirSettings) {
  const auto takes = [](const char* key, const json& value) {
    auto metadata = models::to_metadata(model_with_numbers());
    json config = json::parse(metadata.at("config"));
    config[key] = value;
    metadata["config"] = config.dump();
    return message_of<models::ModelError>([&] { models::from_metadata(metadata); }) == "";
  };
  const auto setting_takes = [](const std::string& text) {
    Settings settings;
    return message_of<ConfigError>([&] { assign(settings, parse_assignment(text)); }) == "";
  };
  for (const std::int64_t chunks : {-1, 0, 1, 100000, 100001})
    EXPECT_EQ(takes("chunks", chunks), setting_takes(concat("eval.chunks=", chunks))) << chunks;
  for (const double seconds : {-1.0, 0.0, 0.000125, 0.01, 1.0, 86400.0, 86401.0})
    EXPECT_EQ(takes("hop_samples", static_cast<std::int64_t>(seconds * 8000)),
              setting_takes(concat("eval.hop=", seconds)))
        << seconds;
  EXPECT_TRUE(takes("hop_samples", 1));
  EXPECT_FALSE(takes("thresholds", json{0.5, 0.5, 1.5}));
}

// Options that are in range one by one can make maps of terabytes.
TEST(NumberKeys, ProductsAreBoundedBeforeAnythingIsAllocated) {
  const auto refusal = [](models::OptionValues options) {
    models::ModelDescription about;
    about.arch = "short_chunk_cnn";
    about.labels = {"a"};
    about.options = std::move(options);
    return message_of<ConfigError>([&] {
      const layers::UninitializedScope extents_only;
      models::make_model(about);
    });
  };
  EXPECT_EQ(refusal({{"channels", std::int64_t{1}}}), "");
  EXPECT_EQ(refusal({{"channels", std::int64_t{1}}, {"hop_length", std::int64_t{1}}}), "");
  EXPECT_THAT(refusal({{"samples", std::int64_t{1} << 26}, {"hop_length", std::int64_t{8}}}),
              AllOf(HasSubstr("front_end.hop_length = 8"), HasSubstr("at most")));
  EXPECT_THAT(refusal({{"sample_rate", std::int64_t{192000}}, {"hop_length", std::int64_t{1}}}),
              HasSubstr("a second"));
}

TEST(NumberKeys, OfShapesAndOffsets) {
  const auto file = test::temporary_path("shapes.safetensors");
  const json header = {{"w", {{"dtype", "F32"}, {"shape", {2, 3}}, {"data_offsets", {0, 24}}}},
                       {"v", {{"dtype", "F16"}, {"shape", {4}}, {"data_offsets", {24, 32}}}}};
  const auto read = [&](const std::string& text) {
    const std::uint64_t length = text.size();
    std::string bytes(reinterpret_cast<const char*>(&length), sizeof(length));
    io::read_safetensors(test::write_file(file, bytes + text + std::string(32, '\0')));
  };
  int taken = 0;
  for (const json::json_pointer& place : numbers_in(header)) {
    for (const std::string& number : kExtremes) {
      try {
        read(with_number(header, place, number));
        ++taken;
      } catch (const FormatError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr(file.string()),
                                        AnyOf(HasSubstr("tensor '"), HasSubstr("not JSON"),
                                              HasSubstr("nests deeper"), HasSubstr("bytes of data"))));
      }
    }
  }
  EXPECT_EQ(taken, 2) << "2 for the first extent, and 0 for the first offset";
}

class NumberKeysOfARun : public RunTest {
 protected:
  NumberKeysOfARun() { start("run", stop_after(4)); }

  std::string text_of(const char* name) const { return io::read_text_file(path("run") / name); }
};

TEST_F(NumberKeysOfARun, Checkpoint) {
  const auto file = path("run") / "last.ckpt";
  io::TensorFile checkpoint = io::read_safetensors(file);
  json about = json::parse(checkpoint.metadata.at("sonograd_checkpoint"));
  about["state"]["skipped"] = {3};
  about["state"]["best_loss"] = 0.5;
  about["state"]["plateau"]["best_loss"] = 0.5;
  const auto changed = path("changed.ckpt");
  const auto read = [&](const std::string& text) {
    checkpoint.metadata["sonograd_checkpoint"] = text;
    io::write_safetensors(changed, checkpoint);
    load_checkpoint(changed);
  };
  expect_tried(try_all<models::ModelError>(about, "changed.ckpt", read), 20);
}

// Counts that are possible by themselves, but no state of this run.
TEST_F(NumberKeysOfARun, CheckpointOfAnotherState) {
  const auto file = path("run") / "last.ckpt";
  const Checkpoint saved = load_checkpoint(file);
  const auto refusal = [&](const auto& change) {
    Checkpoint checkpoint = saved;
    change(checkpoint);
    save_checkpoint(file, checkpoint);
    return message_of<models::ModelError>([&] { resume("run"); });
  };
  for (const auto& [name, change] : std::vector<std::pair<const char*, std::function<void(Checkpoint&)>>>{
           {"epoch", [](Checkpoint& c) { c.state.epoch = 2; }},
           {"batch", [](Checkpoint& c) { c.state.batch = 1000; }},
           {"step", [](Checkpoint& c) { c.state.step = 1; }},
           {"examples", [](Checkpoint& c) { c.state.examples = 0; }},
           {"labels", [](Checkpoint& c) { c.model.metadata["labels"] = R"(["a","b","c","d"])"; }}}) {
    EXPECT_THAT(refusal(change), AllOf(HasSubstr("last.ckpt"), HasSubstr(name))) << name;
  }
  EXPECT_EQ(refusal([](Checkpoint&) {}), "") << "unchanged";
}

TEST_F(NumberKeysOfARun, RunJson) {
  const auto file = path("run.json");
  const json record = json::parse(text_of("run.json"));
  const auto read = [&](const std::string& text) {
    write_text(file, text);
    read_sessions(file);
  };
  int refused = 0;
  for (const json::json_pointer& place : numbers_in(record)) {
    for (const std::string& number : kExtremes) {
      try {
        read(with_number(record, place, number));
      } catch (const FormatError& error) {
        ++refused;
        EXPECT_THAT(error.what(), AllOf(HasSubstr(file.string()), HasSubstr(key_of(place))));
      }
    }
  }
  EXPECT_GT(refused, 20);
}

TEST_F(NumberKeysOfARun, Metrics) {
  const auto file = path("metrics.jsonl");
  const std::string text = text_of("metrics.jsonl");
  const json line = json::parse(text.substr(0, text.find('\n')));
  const auto read = [&](const std::string& changed) {
    write_text(file, changed + '\n');
    read_metrics(file);
  };
  expect_tried(try_all<FormatError>(line, file.string(), read), 20);
}

TEST_F(NumberKeysOfARun, ConfigToml) {
  const auto file = path("config.toml");
  const auto takes = [&](const Setting& setting, const std::string& number) {
    write_text(file, concat(setting.key, " = ", number, '\n'));
    const std::string message = message_of<ConfigError>([&] {
      merge_config({.flags = {}, .environment = {}, .file = read_config(file), .model_defaults = {}});
    });
    if (message == "") return true;
    EXPECT_THAT(message, AllOf(HasSubstr(file.string()),
                               AnyOf(HasSubstr(std::string(setting.key)), HasSubstr("column"))));
    return false;
  };
  const auto as_text = [](double number) {
    std::ostringstream out;
    out << std::setprecision(17) << number;
    return out.str();
  };
  for (const Setting& setting : all_settings()) {
    if (!setting.is_number()) continue;
    for (const std::string& number : kExtremes) takes(setting, number);
    const bool is_whole = std::holds_alternative<Setting::Field<std::int64_t>>(setting.field);
    if (is_whole && setting.limits.max > 1e15) continue;  // the seed: doubles do not hold its limit exactly
    const double step = is_whole ? 1 : 1e-3 * (1 + std::abs(setting.limits.max));
    EXPECT_TRUE(takes(setting, as_text(setting.limits.min))) << setting.key;
    EXPECT_TRUE(takes(setting, is_whole ? std::to_string(static_cast<std::int64_t>(setting.limits.max))
                                        : as_text(setting.limits.max)))
        << setting.key;
    EXPECT_FALSE(takes(setting, as_text(setting.limits.min - step))) << setting.key;
    EXPECT_FALSE(takes(setting, as_text(setting.limits.max + step))) << setting.key;
  }
}

}  // namespace
}  // namespace sonograd::train
