// Triplets of clips, and the eigenvectors that latent ones are drawn by.
#include "train/data/triplets.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "tests/train/table_files.h"
#include "train/data/data_error.h"
#include "train/data/symmetric_eigen.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Tags of six clips: `all` has every clip, `once` one, `a` three, `b` two.
ClipList six_clips() {
  const LabelsTable table = table_of(
      "path\ttags\n"
      "0\ta,all\n1\ta,b,all\n2\tall\n3\ta,all\n4\tb,all\n5\tonce,all\n");
  const LabelSet labels = LabelSet::collect(table, Task::multi_label);  // a, all, b, once
  return {table, labels, std::vector<std::size_t>{0, 1, 2, 3, 4, 5}};
}

TEST(TagTriplets, AreOfALabelThatTwoClipsHaveAndOneLacks) {
  const ClipList clips = six_clips();
  EXPECT_THAT(labels_with_triplets(clips), ElementsAre(0, 2));
  const auto sampler = tag_triplets(clips, LabelWeights::none);
  std::map<std::size_t, int> drawn;
  Random random({.seed = 1, .stream = RandomStream::triplet});
  constexpr int kDraws = 3000;
  std::vector<bool> seen(clips.size());
  for (int i = 0; i < kDraws; ++i) {
    const ClipTriplet triplet = sampler->draw(0, random);
    const std::size_t label = triplet.label == 0 ? 0 : 2;
    EXPECT_NE(triplet.anchor, triplet.positive);
    EXPECT_EQ(clips.target(triplet.anchor)[label], 1);
    EXPECT_EQ(clips.target(triplet.positive)[label], 1);
    EXPECT_EQ(clips.target(triplet.negative)[label], 0);
    seen[triplet.negative] = true;
    for (std::size_t clip = 0; clip < clips.size(); ++clip)
      EXPECT_EQ(sampler->is_negative(triplet, clip), clips.target(clip)[label] == 0);
    ++drawn[label];
  }
  EXPECT_NEAR(drawn[0], kDraws / 2, 100);
  EXPECT_THAT(seen, ElementsAre(true, false, true, true, true, true)) << "clip 1 has both labels";
}

TEST(TagTriplets, AreBalancedByTheClipsOfALabel) {
  const auto sampler = tag_triplets(six_clips(), LabelWeights::balanced);
  Random random({.seed = 1, .stream = RandomStream::triplet});
  int of_a = 0;
  for (int i = 0; i < 3000; ++i) of_a += sampler->draw(0, random).label == 0;
  EXPECT_NEAR(of_a, 1200, 100) << "three clips against two";
}

TEST(TagTriplets, RequireSuchALabel) {
  const LabelsTable table = table_of("path\ttags\n0\tx\n1\ty\n2\tz\n");
  const LabelSet labels = LabelSet::collect(table, Task::multi_label);
  const ClipList clips(table, labels, std::vector<std::size_t>{0, 1, 2});
  EXPECT_THAT(message_of<DataError>([&] { tag_triplets(clips, LabelWeights::none); }),
              HasSubstr("none of the 3 labels of 3 clips gives triplets"));
}

TEST(InstanceTriplets, AreTwoPiecesOfAClipAndOneOfAnother) {
  const auto sampler = instance_triplets(4);
  Random random({.seed = 1, .stream = RandomStream::triplet});
  for (std::size_t i = 0; i < 40; ++i) {
    const ClipTriplet triplet = sampler->draw(i, random);
    EXPECT_EQ(triplet.anchor, i % 4);
    EXPECT_EQ(triplet.positive, triplet.anchor);
    EXPECT_NE(triplet.negative, triplet.anchor);
    EXPECT_TRUE(sampler->is_negative(triplet, triplet.negative));
    EXPECT_FALSE(sampler->is_negative(triplet, triplet.anchor));
  }
  EXPECT_THROW(instance_triplets(1), DataError);
}

TEST(NearTriplets, HavePositivesAmongTheNearestAndNegativesInTheFartherHalf) {
  // Clips 10 to 17 at the places 0 to 7 of a line.
  ClipVectors line{.width = 1, .clips = {10, 11, 12, 13, 14, 15, 16, 17}, .values = {0, 1, 2, 3, 4, 5, 6, 7}};
  const auto sampler = near_triplets(line, 2);
  Random random({.seed = 1, .stream = RandomStream::triplet});
  for (int i = 0; i < 200; ++i) {
    const ClipTriplet triplet = sampler->draw(1, random);  // clip 11, at place 1
    EXPECT_EQ(triplet.anchor, 11u);
    EXPECT_TRUE(triplet.positive == 10 || triplet.positive == 12);
    EXPECT_GE(triplet.negative, 14u);
    EXPECT_TRUE(sampler->is_negative(triplet, triplet.negative));
    EXPECT_FALSE(sampler->is_negative(triplet, 13));
  }
  EXPECT_THAT(message_of<DataError>([&] { near_triplets(line, 4); }),
              HasSubstr("triplet.neighbours = 4: expected fewer than half of the 8 training clips"));
  line.values.assign(8, 1);
  EXPECT_THAT(message_of<DataError>([&] { near_triplets(line, 2); }), HasSubstr("equally near"));
}

TEST(NearTriplets, ClipsAsNearAsTheLastNeighbourArePositives) {
  const ClipVectors two_places{.width = 1, .clips = {0, 1, 2, 3, 4, 5}, .values = {0, 0, 0, 0, 1, 1}};
  const auto sampler = near_triplets(two_places, 1);
  Random random({.seed = 1, .stream = RandomStream::triplet});
  std::map<std::size_t, int> positives;
  for (int i = 0; i < 300; ++i) {
    const ClipTriplet triplet = sampler->draw(0, random);
    ++positives[triplet.positive];
    EXPECT_GE(triplet.negative, 4u);
  }
  EXPECT_EQ(positives.size(), 3u) << "1, 2 and 3";
}

TEST(Standardise, GivesMeanZeroAndDeviationOne) {
  ClipVectors vectors{.width = 2, .clips = {0, 1}, .values = {1, 5, 3, 5}};
  standardise(vectors);
  EXPECT_THAT(vectors.values, ElementsAre(-1, 0, 1, 0));
}

TEST(LatentVectors, KeepTheAnglesBetweenTheLabelsOfClips) {
  const ClipVectors vectors = latent_vectors(six_clips(), 4);
  ASSERT_EQ(vectors.clips.size(), 6u);
  const auto cosine = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) sum += double{vectors.values[4 * a + i]} * vectors.values[4 * b + i];
    return sum;
  };
  // All factors: the cosines of the rows of the matrix.
  EXPECT_NEAR(cosine(0, 3), 1, 1e-6);
  EXPECT_NEAR(cosine(0, 1), 2 / std::sqrt(6.0), 1e-6);
  EXPECT_NEAR(cosine(2, 4), 1 / std::sqrt(2.0), 1e-6);
  // One factor: all clips have `all`.
  const ClipVectors one = latent_vectors(six_clips(), 1);
  EXPECT_THAT(one.values, testing::Each(testing::FloatNear(1, 1e-6f)));
}

TEST(LatentVectors, LeaveClipsWithoutLabelsOut) {
  const LabelsTable table = table_of("path\ttags\n0\tx\n1\t\n2\tx\n");
  const LabelSet labels = LabelSet::collect(table, Task::multi_label);
  EXPECT_THAT(latent_vectors({table, labels, std::vector<std::size_t>{0, 1, 2}}, 3).clips, ElementsAre(0, 2));
}

TEST(SymmetricEigenvectors, AreOrthonormalAndSorted) {
  constexpr std::size_t kSize = 6;
  Random random({.seed = 2, .stream = RandomStream::test});
  std::vector<double> matrix(kSize * kSize);
  for (std::size_t i = 0; i < kSize; ++i)
    for (std::size_t k = 0; k <= i; ++k)
      matrix[i * kSize + k] = matrix[k * kSize + i] = random.uniform(-1, 1);
  const std::vector<double> rows = symmetric_eigenvectors(matrix, kSize);
  double last = 1e9;
  for (std::size_t a = 0; a < kSize; ++a) {
    std::vector<double> image(kSize);
    double value = 0;
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t k = 0; k < kSize; ++k) image[i] += matrix[i * kSize + k] * rows[a * kSize + k];
      value += image[i] * rows[a * kSize + i];
    }
    for (std::size_t i = 0; i < kSize; ++i) EXPECT_NEAR(image[i], value * rows[a * kSize + i], 1e-12);
    EXPECT_LE(value, last);
    last = value;
    for (std::size_t b = 0; b < kSize; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < kSize; ++i) product += rows[a * kSize + i] * rows[b * kSize + i];
      EXPECT_NEAR(product, a == b, 1e-12);
    }
  }
}

}  // namespace
}  // namespace sonograd::train
