// labels.tsv, with the labels and splits that are taken from it.
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"
#include "train/data/label_set.h"
#include "train/data/split.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  const train::LabelsTable table("folder", train::TsvTable::read(file));
  const train::LabelSet labels =
      train::LabelSet::collect(table, train::resolve_task(train::TaskChoice::automatic, table));
  labels.targets(table, labels.usable_rows(table));
  train::make_split(table, {}, 0);
}

std::string mutate(std::string_view input, Choices& choices) {
  return mutate_bytes(input, choices);
}

}  // namespace sonograd::fuzz
