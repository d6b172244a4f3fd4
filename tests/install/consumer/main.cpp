// A program that uses an installed Sonograd: `consumer write FILE.wav SEED` writes a sound, `consumer tag MODEL FILE`
// prints its tags, as text and of the same sound in memory.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sonograd/error.h>
#include <sonograd/tagger.h>
#include <sonograd/version.h>
#include <string>
#include <vector>

namespace {

constexpr std::uint32_t kRate = 8000, kSamples = 16000;

std::vector<std::int16_t> sound(unsigned seed) {
  std::vector<std::int16_t> samples(kSamples);
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const double hertz = 200.0 + 150.0 * seed;
    samples[n] = static_cast<std::int16_t>(
        8000 * std::sin(2 * 3.14159265358979 * hertz * static_cast<double>(n) / kRate));
  }
  return samples;
}

template <class T>
void put(std::ofstream& file, T value) {
  file.write(reinterpret_cast<const char*>(&value), sizeof(value));
}

void write_wav(const char* path, unsigned seed) {
  std::ofstream file(path, std::ios::binary);
  file << "RIFF";
  put(file, 36 + 2 * kSamples);
  file << "WAVEfmt ";
  put(file, std::uint32_t{16});
  put(file, std::uint16_t{1});
  put(file, std::uint16_t{1});
  put(file, kRate);
  put(file, 2 * kRate);
  put(file, std::uint16_t{2});
  put(file, std::uint16_t{16});
  file << "data";
  put(file, 2 * kSamples);
  for (const std::int16_t sample : sound(seed)) put(file, sample);
}

// Every output that the model lists is given in the extents that it states.
bool has_outputs(const sonograd::Tagger& tagger, const char* file, std::size_t chunks) {
  const std::vector<sonograd::ModelOutput> outputs = tagger.model().outputs();
  if (outputs.size() < 2 || outputs.front().name != "logits") return false;
  for (const sonograd::ModelOutput& output : outputs) {
    const sonograd::ChunkOutputs actual = tagger.output(output.name, file);
    std::vector<std::int64_t> shape = {static_cast<std::int64_t>(chunks)};
    shape.insert(shape.end(), output.shape.begin(), output.shape.end());
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) count *= extent;
    if (actual.values.shape != shape || actual.chunks.size() != chunks) return false;
    if (static_cast<std::int64_t>(actual.values.values.size()) != count) return false;
  }
  return true;
}

int tag(const char* model, const char* file) {
  try {
    sonograd::Model::load("none.safetensors");
    return 1;
  } catch (const sonograd::IoError&) {  // a type of the installed headers
  }
  sonograd::set_threads(1);
  const sonograd::Tagger tagger(sonograd::Model::load(model));
  const sonograd::Tags tags = tagger.tag(file);
  for (const sonograd::Tag& each : tags.tags)
    std::printf("%s %.7g\n", each.label.c_str(), static_cast<double>(each.score));
  std::vector<float> samples;
  for (const std::int16_t sample : sound(3)) samples.push_back(static_cast<float>(sample) / 32768);
  const sonograd::Tags again = tagger.tag(samples, kRate);
  for (std::size_t i = 0; i < tags.tags.size(); ++i) {
    if (tags.tags[i].score != again.tags[i].score) return 2;
  }
  if (tags.chunks.empty() || tags.top(1).size() != 1) return 3;
  return has_outputs(tagger, file, tags.chunks.size()) ? 0 : 4;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string verb = count > 1 ? arguments[1] : "";
  if (verb == "write" && count == 4) {
    write_wav(arguments[2], static_cast<unsigned>(std::atoi(arguments[3])));
    return 0;
  }
  if (verb == "tag" && count == 4) return tag(arguments[2], arguments[3]);
  std::printf("%s\n", sonograd::kVersion);
}
