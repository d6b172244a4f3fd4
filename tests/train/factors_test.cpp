// Files of factors and look-ups in them.
#include "train/recommend/factors.h"

#include <cmath>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "tensor/io/safetensors.h"
#include "tensor/random.h"
#include "tests/train/table_files.h"
#include "train/recommend/factorise.h"
#include "train/recommend/neighbours.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

FactorMatrix matrix_of(std::size_t columns, std::vector<double> values) {
  FactorMatrix matrix;
  matrix.columns = columns;
  matrix.values = std::move(values);
  return matrix;
}

// Two factors and a bias; item 3 is twice item 1.
Factors some_factors() {
  return {.bias = true,
          .user_ids = {"ann", "bob"},
          .item_ids = {"w", "x", "y", "z"},
          .users = matrix_of(3, {1, 0, 0.5, 0, 1, -1}),
          .items = matrix_of(3, {0, 0, 0, 1, 1, 0.25, -1, 1, 3, 2, 2, 0}),
          .settings = {{"alpha", "2"}}};
}

std::filesystem::path written(const Factors& factors, const std::string& name = "factors.safetensors") {
  const std::filesystem::path path = test_folder() / name;
  io::AtomicFile file(path);
  write_factors(file, factors);
  file.commit(io::Durability::unsynced);
  return path;
}

std::vector<std::size_t> items_in(const std::vector<Neighbour>& neighbours) {
  std::vector<std::size_t> items;
  for (const Neighbour& each : neighbours) items.push_back(each.item);
  return items;
}

TEST(Factors, AFileHasAllOfThem) {
  const Factors factors = some_factors(), read = read_factors(written(factors));
  EXPECT_TRUE(read.bias);
  EXPECT_EQ(read.user_ids, factors.user_ids);
  EXPECT_EQ(read.item_ids, factors.item_ids);
  EXPECT_EQ(read.users.columns, 3u);
  EXPECT_EQ(read.users.values, factors.users.values);
  EXPECT_EQ(read.items.values, factors.items.values);
  EXPECT_EQ(read.settings, factors.settings);
  EXPECT_EQ(test::read_file(written(read, "again.safetensors")), test::read_file(written(factors)));
}

TEST(Factors, HostileFilesAreRefusedWithTheTensor) {
  const std::filesystem::path sound = written(some_factors());
  const auto error_after = [&](const std::function<void(io::TensorFile&)>& change) {
    io::TensorFile file = io::read_safetensors(sound);
    change(file);
    const std::filesystem::path path = test_folder("changed") / "changed.safetensors";
    io::write_safetensors(path, file);
    const std::string error = message_of<FormatError>([&] { read_factors(path); });
    EXPECT_THAT(error, StartsWith(path.string() + ": "));
    return error.substr(std::min(error.size(), path.string().size() + 2));
  };
  const auto with = [&](const char* name, const Tensor& tensor) {
    return error_after([&](io::TensorFile& file) { file.tensors.set(name, tensor); });
  };
  const auto ids = [](std::string_view text) {
    return Tensor::from(std::vector<std::uint8_t>(text.begin(), text.end()), {std::ssize(text)});
  };
  EXPECT_THAT(error_after([](io::TensorFile& file) { file.metadata.erase("format"); }),
              HasSubstr("expected a file that `sonograd recommend factorise` has written"));
  EXPECT_THAT(error_after([](io::TensorFile& file) { file.metadata["bias"] = "1"; }),
              HasSubstr("metadata 'bias': expected true or false, got '1'"));
  EXPECT_THAT(error_after([](io::TensorFile& file) { file.tensors = {}; }),
              HasSubstr("there is no tensor 'users'"));
  EXPECT_THAT(with("users", Tensor::zeros({2, 3}, DType::f64)),
              StartsWith("users: expected f32 [rows, columns]"));
  EXPECT_THAT(with("users", Tensor::zeros({6})), StartsWith("users: expected f32 [rows, columns]"));
  EXPECT_THAT(with("users", Tensor::zeros({2, 1})), HasSubstr("2 to 1001 columns, got [2, 1]"));
  EXPECT_THAT(with("users", Tensor::zeros({0, 3})), HasSubstr("at least one row"));
  EXPECT_THAT(with("items", Tensor::zeros({4, 1002})), HasSubstr("2 to 1001 columns, got [4, 1002]"));
  EXPECT_THAT(with("items", Tensor::zeros({4, 4})),
              StartsWith("items: expected 3 columns, as users has, got 4"));
  EXPECT_THAT(with("items", Tensor::full({4, 3}, std::numeric_limits<double>::infinity())),
              StartsWith("items: row 0: expected finite numbers, got inf"));
  EXPECT_THAT(with("item_ids", Tensor::zeros({4}, DType::f32)), StartsWith("item_ids: expected u8 [bytes]"));
  EXPECT_THAT(with("item_ids", ids("w\nx\ny\nz")), StartsWith("item_ids: the last id is cut short"));
  EXPECT_THAT(with("item_ids", ids("w\nx\ny\n")), HasSubstr("an id for each of 4 rows of factors, got 3"));
  EXPECT_THAT(with("item_ids", ids("w\nx\n\nz\n")), HasSubstr("item_ids: id 2: expected 1 to 256 bytes"));
  EXPECT_THAT(with("item_ids", ids("w\nx\n\xFF\nz\n")), HasSubstr("item_ids: id 2: expected 1 to 256 bytes"));
  EXPECT_THAT(with("item_ids", ids("w\nx\n" + std::string(257, 'y') + "\nz\n")), HasSubstr("got 257"));
  EXPECT_THAT(with("user_ids", ids("ann\nann\n")), StartsWith("user_ids: 'ann' is there twice"));
}

TEST(Neighbours, TheItemItselfComesFirst) {
  const Factors factors = some_factors();
  const std::vector<Neighbour> found = similar_items(factors, 3, 10);
  EXPECT_THAT(items_in(found), ElementsAre(3, 1, 0, 2));  // 0: no direction, as 2, at right angles
  EXPECT_EQ(found[0].score, 1);
  EXPECT_DOUBLE_EQ(found[1].score, 1);
  EXPECT_EQ(found[3].score, 0);
  EXPECT_THAT(items_in(similar_items(factors, 0, 2)), ElementsAre(0, 1));
  EXPECT_THAT(items_in(similar_items(factors, 1, 1)), ElementsAre(1));
  EXPECT_THAT(similar_items(factors, 1, 0), ElementsAre());
}

TEST(Neighbours, RanksByCosineToAVectorWithoutBiases) {
  const Factors factors = some_factors();
  const std::vector<Neighbour> found = nearest_items(factors, std::vector<double>{-3.0, 0.0}, 3);
  EXPECT_THAT(items_in(found), ElementsAre(2, 0, 1));
  EXPECT_NEAR(found[0].score, std::sqrt(0.5), 1e-15);
}

TEST(Neighbours, RanksWhatAUserHasNotPlayed) {
  const Factors factors = some_factors();
  EXPECT_THAT(items_for(factors, 0, {}, 10),
              ElementsAre(Neighbour{2, 2.5}, Neighbour{3, 2.5}, Neighbour{1, 1.75}, Neighbour{0, 0.5}));
  EXPECT_THAT(items_in(items_for(factors, 1, std::vector<std::size_t>{2, 3}, 1)), ElementsAre(1));
  EXPECT_THAT(items_for(factors, 1, std::vector<std::size_t>{0, 1, 2, 3}, 5), ElementsAre());
}

// Users 0 to 19 play half of the items 0 to 9, users 20 to 39 half of 10 to 19.
TEST(Neighbours, RecoverTwoTastes) {
  std::string text;
  Random random({.seed = 3});
  for (int user = 0; user < 40; ++user) {
    for (int item = 0; item < 10; ++item) {
      if (random.uniform() < 0.5f)
        text += concat("user", user, "\titem", user / 20 * 10 + item, '\t', 1 + (user + item) % 5, '\n');
    }
  }
  const Plays plays = parse_plays("tastes", text);
  ASSERT_EQ(plays.items.size(), 20u);
  for (const bool bias : {false, true}) {
    const FactoriseOptions options = {
        .factors = bias ? 1 : 2, .bias = bias, .surplus = Surplus::linear, .lambda = 1};
    const Factors factors = factorise(plays, options, [](std::int64_t, double) { return true; });
    const auto taste = [&](std::size_t item) { return std::stoi(factors.item_ids[item].substr(4)) / 10; };
    for (std::size_t item = 0; item < 20; ++item) {
      for (const Neighbour& each : similar_items(factors, item, 5))
        EXPECT_EQ(taste(each.item), taste(item)) << factors.item_ids[item] << ", bias " << bias;
    }
    for (std::size_t user = 0; user < 40; ++user) {
      std::vector<std::size_t> played;
      for (const auto& [item, count] : plays.by_user.row(user)) played.push_back(item);
      const std::vector<Neighbour> found = items_for(factors, user, played, 1);
      EXPECT_EQ(taste(found.at(0).item), taste(played.at(0))) << factors.user_ids[user] << ", bias " << bias;
    }
  }
}

}  // namespace
}  // namespace sonograd::train
