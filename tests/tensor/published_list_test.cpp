// [threads]
#include "tensor/support/published_list.h"

#include <gtest/gtest.h>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace sonograd {
namespace {

const std::string* find(const PublishedList<std::string>& list, const std::string& text) {
  return list.find([&](const std::string& other) { return other == text; });
}

TEST(PublishedList, FindsWhatWasAdded) {
  PublishedList<std::string> list;
  EXPECT_EQ(find(list, "a"), nullptr);
  const std::string& a = list.add("a", [](const std::string& other) { return other == "a"; });
  list.add("b", [](const std::string& other) { return other == "b"; });
  EXPECT_EQ(find(list, "a"), &a);
  ASSERT_NE(find(list, "b"), nullptr);
  EXPECT_EQ(*find(list, "b"), "b");
}

TEST(PublishedList, ASecondEntryThatMatchesGivesTheFirst) {
  PublishedList<std::string> list;
  const auto short_text = [](const std::string& other) { return other.size() < 3; };
  const std::string& first = list.add("a", short_text);
  EXPECT_EQ(&list.add("b", short_text), &first);
  EXPECT_EQ(find(list, "b"), nullptr);
}

TEST(PublishedList, ThreadsAgreeOnOneEntryEach) {
  constexpr int kThreads = 4, kEntries = 50;
  PublishedList<std::string> list;
  std::vector<std::vector<const std::string*>> seen(kThreads);
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < kEntries; ++i) {
        const std::string text = "a form of a weight, number " + std::to_string(i);
        const auto same = [&](const std::string& other) { return other == text; };
        const std::string* known = list.find(same);
        seen[static_cast<std::size_t>(t)].push_back(known != nullptr ? known : &list.add(text, same));
        EXPECT_EQ(*seen[static_cast<std::size_t>(t)].back(), text);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& pointers : seen) EXPECT_EQ(pointers, seen[0]);
}

}  // namespace
}  // namespace sonograd
