#include "tensor/io/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/support/nesting.h"

namespace sonograd::io::pickle {
namespace {

using namespace std::literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

bool allow_library(const Global& global) {
  return global.module == "library" || global.module == "collections";
}

// Text of a document is in the bytes from which it was read.
struct Loaded {
  std::string bytes;
  Document document;

  explicit Loaded(std::string stream) : bytes(std::move(stream)) {
    ByteReader in(std::as_bytes(std::span(bytes)));
    document = load(in, allow_library);
    EXPECT_EQ(in.remaining(), 0u);
  }
  const Value& root() const { return *document.root; }
};

void load_only(std::string_view bytes) {
  ByteReader in(std::as_bytes(std::span(bytes)));
  load(in, allow_library);
}

template <class T>
T scalar(std::string_view operations) {
  const Loaded loaded("\x80\x02" + std::string(operations) + ".");
  return *loaded.root().as<T>();
}

TEST(Pickle, ReadsIntegers) {
  EXPECT_EQ(scalar<std::int64_t>("K\xff"sv), 255);
  EXPECT_EQ(scalar<std::int64_t>("M\xff\xff"sv), 65535);
  EXPECT_EQ(scalar<std::int64_t>("J\xfe\xff\xff\xff"sv), -2);
  EXPECT_EQ(scalar<std::int64_t>("\x8a\x00"sv), 0);
  EXPECT_EQ(scalar<std::int64_t>("\x8a\x01\x80"sv), -128);
  EXPECT_EQ(scalar<std::int64_t>("\x8a\x02\x80\x00"sv), 128);
  EXPECT_EQ(scalar<std::int64_t>("\x8b\x01\x00\x00\x00\x07"sv), 7);
  EXPECT_EQ(scalar<std::int64_t>("L-12L\n"sv), -12);
}

TEST(Pickle, KeepsWideIntegersAsBytes) {
  const Loaded loaded("\x80\x02\x8a\x09"s + std::string(9, '\1') + ".");
  EXPECT_EQ(loaded.root().as<BigInteger>()->bytes.size(), 9u);
}

TEST(Pickle, ReadsOtherScalars) {
  EXPECT_TRUE(scalar<bool>("\x88"));
  EXPECT_FALSE(scalar<bool>("\x89"));
  EXPECT_EQ(scalar<double>("G\x3f\xf8\0\0\0\0\0\0"sv), 1.5);
  EXPECT_EQ(Loaded("\x80\x02X\x02\0\0\0hi."s).root().as<std::string_view>()->size(), 2u);
  EXPECT_EQ(*Loaded("\x80\x02\x8c\x02hi."s).root().as<std::string_view>(), "hi");
  EXPECT_NE(Loaded("\x80\x02N."s).root().as<None>(), nullptr);
}

TEST(Pickle, ReadsContainers) {
  const Loaded tuples("\x80\x02(K\1K\2\x86K\3K\4K\5t."s);
  const auto& outer = tuples.root().as<Tuple>()->items;
  ASSERT_EQ(outer.size(), 4u);
  EXPECT_EQ(outer[0]->as<Tuple>()->items.size(), 2u);

  const Loaded list("\x80\x02](K\1K\2eK\3a."s);
  EXPECT_EQ(list.root().as<List>()->items.size(), 3u);

  const Loaded dict("\x80\x02}(K\1K\2K\3K\4uK\5K\6s."s);
  const auto& items = dict.root().as<Dict>()->items;
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(*items[2].second->as<std::int64_t>(), 6);
}

TEST(Pickle, OrderedDictIsADictWithItsStateDropped) {
  const Loaded loaded(
      "\x80\x02"
      "ccollections\nOrderedDict\n)R(K\1K\2u}K\7K\x08sb."s);
  EXPECT_EQ(loaded.root().as<Dict>()->items.size(), 1u);
}

TEST(Pickle, MemoSharesObjects) {
  const Loaded loaded("\x80\x02}q\0h\0r\1\0\0\0j\1\0\0\0\x87."s);
  const auto& items = loaded.root().as<Tuple>()->items;
  EXPECT_EQ(items[0], items[1]);
  EXPECT_EQ(items[1], items[2]);
}

TEST(Pickle, CyclesAreNoProblem) {
  const Loaded cycle("\x80\x02]q\0h\0a."s);
  EXPECT_EQ(cycle.root().as<List>()->items.at(0), &cycle.root());
}

TEST(Pickle, DepthEndsAtTheLimit) {
  const auto levels = static_cast<std::size_t>(kMaxNesting);
  const auto repeated = [](std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += part;
    return text;
  };
  const auto nested = [&](std::string_view kind, std::size_t count) {
    const std::string begin = "\x80\x02";
    if (kind == "tuples") return begin + ")" + repeated("\x85", count) + ".";
    if (kind == "lists") return begin + repeated("]", count + 1) + repeated("a", count) + ".";
    if (kind == "dicts") return begin + repeated("}K\1", count) + "N" + repeated("s", count) + ".";
    return begin + "N" + repeated("Q", count) + ".";
  };
  for (const char* kind : {"tuples", "lists", "dicts", "references"}) {
    EXPECT_NO_THROW(load_only(nested(kind, levels))) << kind;
    for (const std::size_t count : {levels + 1, std::size_t{1'000'000}}) {
      EXPECT_THAT([&] { load_only(nested(kind, count)); },
                  ThrowsMessage<FormatError>(HasSubstr("nests deeper than 64 levels")))
          << kind;
    }
  }
  EXPECT_NO_THROW(load_only("\x80\x02)q\0"s + repeated("h\0\x85"s, 1000) + ".")) << "side by side";
}

TEST(Pickle, CallsAreKeptNotMade) {
  const Loaded loaded(
      "\x80\x02"
      "clibrary\nmake\n(K\1tR}K\1K\2sb."s);
  const auto* call = loaded.root().as<Call>();
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->function->as<Global>()->name, "make");
  EXPECT_EQ(call->arguments->as<Tuple>()->items.size(), 1u);
}

TEST(Pickle, RefusesGlobalsNotExpected) {
  EXPECT_THAT(
      [] {
        load_only(
            "\x80\x02"
            "cos\nsystem\nX\x02\0\0\0ls\x85R."sv);
      },
      ThrowsMessage<FormatError>(AllOf(HasSubstr("os.system"), HasSubstr("byte 2"))));
  EXPECT_THROW(load_only("\x80\x02"
                         "cbuiltins\neval\n."sv),
               FormatError);
}

TEST(Pickle, NamesTheOffsetOfAnUnknownOperation) {
  EXPECT_THAT([] { load_only("\x80\x02NNN\xfe."sv); },
              ThrowsMessage<FormatError>(AllOf(HasSubstr("byte 5"), HasSubstr("254"))));
}

TEST(Pickle, RefusesMalformedStreams) {
  const std::vector<std::pair<const char*, std::string_view>> cases = {
      {"empty", ""sv},
      {"no STOP", "\x80\x02N"sv},
      {"protocol 4", "\x80\x04N."sv},
      {"STOP on an empty stack", "\x80\x02."sv},
      {"pop on an empty stack",
       "\x80\x02"
       "0."sv},
      {"pop below the mark", "\x80\x02N(0."sv},
      {"tuple without mark", "\x80\x02Nt."sv},
      {"TUPLE3 of two", "\x80\x02NN\x87."sv},
      {"memo slot never set", "\x80\x02h\7."sv},
      {"memo slot out of range", "\x80\x02j\xff\xff\xff\xff."sv},
      {"put on an empty stack", "\x80\x02q\0."sv},
      {"text of 4 GB", "\x80\x02X\xff\xff\xff\xffhi."sv},
      {"integer of negative length", "\x80\x02\x8b\xff\xff\xff\xff."sv},
      {"decimal integer that is none", "\x80\x02L12x\n."sv},
      {"decimal integer beyond 64 bits", "\x80\x02L99999999999999999999L\n."sv},
      {"global without end of line",
       "\x80\x02"
       "clibrary\nmake"sv},
      {"append to a number", "\x80\x02K\1K\2a."sv},
      {"item of a list", "\x80\x02]K\1K\2s."sv},
      {"key without value", "\x80\x02}(K\1u."sv},
      {"call of a number", "\x80\x02K\1)R."sv},
      {"call with a number",
       "\x80\x02"
       "clibrary\nmake\nK\1R."sv},
      {"state without object", "\x80\x02}b."sv},
      {"persistent id missing", "\x80\x02Q."sv},
  };
  for (const auto& [why, bytes] : cases) EXPECT_THROW(load_only(bytes), FormatError) << why;
}

TEST(Pickle, BoundsItsWork) {
  EXPECT_THAT([] { load_only("\x80\x02" + std::string(kMaxOperations, 'N') + "."); },
              ThrowsMessage<FormatError>(HasSubstr("operations")));
}

}  // namespace
}  // namespace sonograd::io::pickle
