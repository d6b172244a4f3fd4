// Triplet losses and mined negatives against PyTorch: golden/triplets.json, made by golden/make_triplets.py.
#include "train/optim/triplet_loss.h"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "autograd/gradient_check.h"
#include "autograd/tape.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"
#include "tests/support/random_tensor.h"

namespace sonograd::train {
namespace {

using nlohmann::json;

const json& golden_triplets() {
  static const json file = json::parse(std::ifstream(test::golden_path("triplets.json")));
  return file;
}

Tensor embeddings() {
  const auto rows = 3 * golden_triplets()["triplets"].get<std::int64_t>();
  const Tensor values = Tensor::empty({rows, golden_triplets()["width"].get<std::int64_t>()});
  test::Lcg lcg(7);
  for (float& value : values.span<float>()) value = static_cast<float>(lcg.next());
  return values;
}

/// Chunks with another label than the anchor.
std::vector<std::uint8_t> candidates() {
  const auto labels = golden_triplets()["labels"].get<std::vector<int>>();
  std::vector<std::uint8_t> mask;
  for (std::size_t anchor = 0; anchor < labels.size(); anchor += 3)
    for (const int label : labels) mask.push_back(label != labels[anchor]);
  return mask;
}

TEST(TripletLoss, AndItsGradientAreThoseOfPyTorch) {
  ASSERT_EQ(golden_triplets()["cases"].size(), 6u);
  for (const json& expected : golden_triplets()["cases"]) {
    SCOPED_TRACE(expected["distance"].dump() + expected["mining"].dump());
    Settings::Triplet settings;
    settings.distance = *parse_word<TripletDistance>(expected["distance"].get<std::string>());
    settings.mining = *parse_word<TripletMining>(expected["mining"].get<std::string>());
    settings.margin = expected["margin"].get<double>();
    const Variable rows(embeddings(), true);
    std::vector<std::uint8_t> mask;
    if (settings.mining != TripletMining::random) {
      mask = candidates();
      EXPECT_EQ(mine_negatives(rows.data().span<float>(), mask, settings),
                expected["negatives"].get<std::vector<std::size_t>>());
    }
    const Variable loss = batch_triplet_loss(rows, mask, settings);
    EXPECT_NEAR(loss.data().item(), expected["loss"].get<double>(), 1e-6);
    backward(loss);
    const auto gradient = expected["gradient"].get<std::vector<double>>();
    for (std::size_t i = 0; i < gradient.size(); ++i)
      EXPECT_NEAR(rows.gradient().span<float>()[i], gradient[i], 1e-6) << i;
  }
}

TEST(TripletLoss, IsTheSameOnTheEmulatedDevice) {
  const Device emulated{DeviceKind::emulated, 0};
  const Settings::Triplet settings = {.mining = TripletMining::semi_hard};
  const Variable host(embeddings(), true), device(embeddings().to(emulated), true);
  const Variable expected = batch_triplet_loss(host, candidates(), settings);
  const Variable loss = batch_triplet_loss(device, candidates(), settings);
  EXPECT_NEAR(loss.data().item(), expected.data().item(), 1e-6);
  backward(expected);
  backward(loss);
  const Tensor gradient = device.gradient().to(Device{});
  for (std::size_t i = 0; i < gradient.span<float>().size(); ++i)
    EXPECT_NEAR(gradient.span<float>()[i], host.gradient().span<float>()[i], 1e-6) << i;
}

TEST(TripletLoss, GradientsAreThoseOfDifferences) {
  std::vector<Tensor> rows;
  for (std::uint32_t which = 1; which <= 3; ++which) rows.push_back(random_tensor({4, 5}, DType::f64, which));
  for (const TripletDistance distance : {TripletDistance::cosine, TripletDistance::euclidean}) {
    const auto loss = [distance](const std::vector<Variable>& x) {
      return triplet_loss(x[0], x[1], x[2], distance, 0.4);
    };
    EXPECT_LT(gradient_error(loss, rows), 1e-6);
  }
}

TEST(TripletLoss, IsFiniteForEqualVectorsAndZeros) {
  for (const TripletDistance distance : {TripletDistance::cosine, TripletDistance::euclidean}) {
    for (const double value : {0.0, 1.0}) {
      const Variable rows(Tensor::full({3, 4}, value), true);
      const Variable loss = batch_triplet_loss(rows, {}, {.distance = distance, .margin = 0.4});
      EXPECT_NEAR(loss.data().item(), 0.4, 1e-6);
      backward(loss);
      for (const float slope : rows.gradient().span<float>()) EXPECT_NEAR(slope, 0, 1e-6);
    }
  }
}

TEST(TripletLoss, RefusesOtherExtents) {
  const Variable a(Tensor::zeros({2, 3})), b(Tensor::zeros({2, 4}));
  EXPECT_THROW(triplet_loss(a, a, b, TripletDistance::cosine, 0.4), ShapeError);
}

}  // namespace
}  // namespace sonograd::train
