// A data set and a command line so small that training takes a moment.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "audio/encode.h"
#include "tensor/random.h"
#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::test {

/// A new folder with thirty clips of one second: low tones, high tones and noise, with all the columns of a table.
inline std::filesystem::path tiny_data(const std::string& extra_row = "") {
  static int count = 0;
  const std::filesystem::path folder = temporary_folder(concat("data", count++));
  std::string table = "path\tlabel\ttags\tsplit\tfold\tgroup\n";
  Random random({.seed = 3, .stream = RandomStream::test});
  const char* labels[] = {"high", "low", "noise"};
  for (int i = 0; i < 30; ++i) {
    std::vector<float> samples(8000);
    const double hz = i % 3 == 0 ? 2500 + 10 * i : 300 + 2 * i;
    for (std::size_t n = 0; n < samples.size(); ++n) {
      const double tone = 0.3 * std::sin(2 * 3.14159265358979 * hz * static_cast<double>(n) / 8000);
      samples[n] = i % 3 == 2 ? random.uniform(-0.3f, 0.3f) : static_cast<float>(tone);
    }
    const std::string name = concat(i, ".wav");
    audio::write_sound(folder / name, samples, 8000, audio::Encoding::wav_pcm16);
    const int fold = i / 3 % 5 + 1;
    table += concat(name, '\t', labels[i % 3], '\t', labels[i % 3], i % 3 == 2 ? "" : ",tonal", '\t',
                    fold <= 3   ? "train"
                    : fold == 4 ? "valid"
                                : "test",
                    '\t', fold, '\t', i, '\n');
  }
  write_file(folder / "labels.tsv", table + extra_row);
  return folder;
}

inline std::vector<std::string> train_arguments(const std::filesystem::path& data,
                                                const std::filesystem::path& out,
                                                const std::string& epochs = "8") {
  std::vector<std::string> arguments = {
      "train",    "--arch", "short_chunk_cnn", "--data", data,        "--out", out,
      "--epochs", epochs,   "--batch",         "6",      "--threads", "1"};
  for (const char* setting : {"model.channels=4", "model.sample_rate=8000", "model.f_max=4000",
                              "model.samples=32768", "optim.lr=0.01", "augment.shift=0"}) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  return arguments;
}

}  // namespace sonograd::test
