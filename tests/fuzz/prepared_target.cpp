// Files of data sets: the index of shards, prepared.json, and tables of published data sets.
#include "audio/shard_index.h"
#include "tensor/io/crc32c.h"
#include "tensor/io/text_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"
#include "train/data/metadata_table.h"
#include "train/data/prepare/description.h"

namespace sonograd::fuzz {
namespace {

constexpr std::string_view kIndex = "sonograd shards", kEnd = "end\t";

}  // namespace

void fuzz(const std::filesystem::path& file) {
  const std::string text = io::read_text_file(file);
  if (text.starts_with(kIndex)) {
    audio::ShardIndex::read(file).format();
  } else if (text.starts_with('{')) {
    train::PreparationDescription::read(file).origin();
  } else {
    train::MetadataTable table(file, ',', train::RowWidth::at_least);
    while (table.next()) table.where(0);
  }
}

std::string mutate(std::string_view input, Choices& choices) {
  if (input.starts_with('{')) return mutate_json(input, choices);
  const std::size_t end = input.rfind(kEnd);
  if (!input.starts_with(kIndex) || end == std::string_view::npos) return mutate_bytes(input, choices);
  std::string lines = mutate_bytes(input.substr(0, end), choices);
  const std::uint32_t crc = io::crc32c(std::as_bytes(std::span(lines)));
  return lines + concat(kEnd, crc, '\n');
}

}  // namespace sonograd::fuzz
