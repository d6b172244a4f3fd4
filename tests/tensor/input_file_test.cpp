// [threads]
#include "tensor/io/input_file.h"

#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>

#include "tensor/io/atomic_file.h"
#include "tensor/io/pth.h"
#include "tensor/io/read_error.h"
#include "tensor/io/safetensors.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::string text_of(const FileBytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.bytes().size()};
}

class InputFileTest : public testing::Test {
 protected:
  fs::path folder_ = test::temporary_folder("input_file"), file_ = folder_ / "file";
};

TEST_F(InputFileTest, ReadsTheWholeFileAndParts) {
  test::write_file(file_, "0123456789");
  const InputFile file(file_);
  EXPECT_EQ(file.size(), 10u);
  EXPECT_EQ(text_of(FileBytes(file)), "0123456789");
  EXPECT_EQ(text_of(FileBytes(file, 7)), "789");
  EXPECT_EQ(text_of(FileBytes(file, 10)), "");
  EXPECT_EQ(text_of(FileBytes(file, 11)), "");
  std::array<std::byte, 3> part{};
  file.read(2, part);
  EXPECT_EQ(std::memcmp(part.data(), "234", 3), 0);
  EXPECT_THROW(file.read(8, part), ReadError);
}

TEST_F(InputFileTest, RefusesWhatIsNotARegularFile) {
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  for (const fs::path& path : {file_, folder_, fs::path("/dev/zero"), folder_ / "missing"}) {
    EXPECT_THAT([&] { InputFile file(path); }, ThrowsMessage<ReadError>(HasSubstr(path.string())));
  }
}

TEST_F(InputFileTest, NoticesAFileThatIsCutOrWrittenMeanwhile) {
  test::write_file(file_, std::string(10000, 'x'));
  const InputFile file(file_);
  fs::resize_file(file_, 100);
  EXPECT_THAT([&] { FileBytes bytes(file); },
              ThrowsMessage<ReadError>(AllOf(HasSubstr(file_.string()), HasSubstr("has changed it"))));
  const InputFile shorter(file_);
  std::ofstream(file_, std::ios::app) << "more";
  EXPECT_THROW(FileBytes{shorter}, ReadError);
}

TEST_F(InputFileTest, AFileThatIsReplacedStaysReadable) {
  test::write_file(file_, "earlier");
  const InputFile file(file_);
  AtomicFile(file_).commit();
  EXPECT_EQ(text_of(FileBytes(file)), "earlier");
}

TEST_F(InputFileTest, AFileLargerThanTheMemoryIsRefused) {
  test::write_file(file_, "");
  fs::resize_file(file_, std::uintmax_t{1} << 42);  // without blocks on the disk
  const InputFile file(file_);
  EXPECT_THAT([&] { FileBytes bytes(file); }, ThrowsMessage<Error>(HasSubstr("do not fit into the memory")));
  // Not so when the kind of file is recognised as another one by its beginning.
  EXPECT_THAT([&] { read_safetensors(file_); },
              ThrowsMessage<FormatError>(HasSubstr("does not start with '{'")));
  EXPECT_THAT([&] { read_pth(file_); }, ThrowsMessage<FormatError>(HasSubstr("torch.save")));
}

NamedTensors numbers() {
  NamedTensors tensors;
  const Tensor tensor = Tensor::empty({1 << 16}, DType::f32);
  for (int i = 0; i < 1 << 16; ++i) static_cast<float*>(tensor.view().pointer)[i] = static_cast<float>(i);
  tensors.set("numbers", tensor);
  return tensors;
}

void expect_numbers(const NamedTensors& tensors) {
  const auto* const values = static_cast<const float*>(tensors.at("numbers").view().pointer);
  for (int i = 0; i < 1 << 16; ++i) ASSERT_EQ(values[i], static_cast<float>(i));
}

TEST_F(InputFileTest, LoadedTensorsOutliveAFileThatIsCut) {
  write_safetensors(file_, {numbers(), {}});
  const TensorFile loaded = read_safetensors(file_);
  fs::resize_file(file_, 0);
  expect_numbers(loaded.tensors);
  write_pth(file_, numbers());
  const NamedTensors weights = read_pth(file_);
  fs::resize_file(file_, 0);
  expect_numbers(weights);
}

// A file that `cp` overwrites again and again: all of it, or an error.
TEST_F(InputFileTest, AFileThatIsOverwrittenMeanwhileEndsInAnError) {
  for (const bool is_pth : {false, true}) {
    is_pth ? write_pth(file_, numbers()) : write_safetensors(file_, {numbers(), {}});
    const std::string bytes = test::read_file(file_);
    std::atomic<bool> ends = false;
    std::jthread writer([&] {
      while (!ends) {
        std::ofstream out(file_, std::ios::binary);  // cuts it to nothing first
        for (std::size_t i = 0; i < bytes.size(); i += 4096)
          out.write(&bytes[i], std::min<long>(4096, std::ssize(bytes) - static_cast<long>(i))).flush();
      }
    });
    int errors = 0;
    for (int i = 0; i < 300; ++i) {
      try {
        expect_numbers(is_pth ? read_pth(file_) : read_safetensors(file_).tensors);
      } catch (const Error&) {
        ++errors;
      }
    }
    ends = true;
    EXPECT_GT(errors, 0);
  }
}

}  // namespace
}  // namespace sonograd::io
