#include "tensor/io/atomic_file.h"
#include "tensor/io/context.h"
#include "tensor/io/pth.h"
#include "tensor/io/torch_objects.h"
#include "tensor/io/zip_handle.h"

namespace sonograd::io {
namespace {

constexpr const char* kFolder = "archive/";
constexpr zip_uint16_t kFirstDate = (1 << 5) | 1;  // 1980-01-01, the earliest a zip entry can have
constexpr std::size_t kChunk = std::size_t{1} << 20;

// Pickle protocol 2, without memo: equal objects are rebuilt as separate ones.
class PickleWriter {
 public:
  PickleWriter& raw(std::string_view operations) {
    bytes_ += operations;
    return *this;
  }

  PickleWriter& global(std::string_view module, std::string_view name) {
    return raw("c").raw(module).raw("\n").raw(name).raw("\n");
  }

  PickleWriter& text(std::string_view value) {
    return raw("X").number(static_cast<std::uint32_t>(value.size())).raw(value);
  }

  PickleWriter& integer(std::int64_t value) {
    if (std::in_range<std::int32_t>(value)) return raw("J").number(static_cast<std::int32_t>(value));
    return raw("\x8a\x08").number(value);
  }

  template <class Range>
  PickleWriter& integers(const Range& values) {
    raw("(");
    for (const std::int64_t value : values) integer(value);
    return raw("t");
  }

  const std::string& bytes() const { return bytes_; }

 private:
  template <class T>
  PickleWriter& number(T value) {
    return raw({reinterpret_cast<const char*>(&value), sizeof(T)});
  }

  std::string bytes_;
};

constexpr std::string_view kCallWithNothing = ")R";

void write_tensor(PickleWriter& out, const Tensor& tensor, std::size_t key) {
  const Strides strides = dense_strides(tensor.shape());
  out.global("torch._utils", "_rebuild_tensor_v2").raw("((");
  out.text("storage").global("torch", torch::element_type_of(tensor.dtype()).storage);
  out.text(std::to_string(key)).text("cpu").integer(tensor.numel()).raw("tQ");
  out.integer(0)
      .integers(tensor.shape())
      .integers(std::span(strides).first(static_cast<std::size_t>(tensor.shape().rank())));
  out.raw("\x89").global("collections", "OrderedDict").raw(kCallWithNothing).raw("tR");
}

std::string object_of(const NamedTensors& tensors) {
  PickleWriter out;
  out.raw("\x80\x02").global("collections", "OrderedDict").raw(kCallWithNothing).raw("(");
  std::size_t key = 0;
  for (const auto& [name, tensor] : tensors) {
    out.text(name);
    write_tensor(out, tensor, key++);
  }
  return out.raw("u.").bytes();
}

class ZipWriter {
 public:
  ZipWriter() : source_(zip_source({})), archive_(open_zip(source_, ZIP_CREATE | ZIP_TRUNCATE)) {}

  /// `bytes` must last until `finish`.
  void add(const std::string& name, std::span<const std::byte> bytes) {
    ZipSource entry = zip_source(bytes);
    const zip_int64_t index =
        zip_file_add(archive_.get(), (kFolder + name).c_str(), entry.get(), ZIP_FL_ENC_UTF_8);
    check(index >= 0);
    entry.release();  // the archive has it now
    check(zip_set_file_compression(archive_.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0);
    check(zip_file_set_dostime(archive_.get(), static_cast<zip_uint64_t>(index), 0, kFirstDate, 0) == 0);
  }
  void add(const std::string& name, std::string_view text) { add(name, std::as_bytes(std::span(text))); }

  void finish(AtomicFile& out) {
    check(zip_close(archive_.get()) == 0);
    archive_.release();
    zip_source_open(source_.get());
    std::vector<std::byte> chunk(kChunk);
    zip_int64_t count = 0;
    while ((count = zip_source_read(source_.get(), chunk.data(), chunk.size())) > 0) {
      out.write(std::span(chunk).first(static_cast<std::size_t>(count)));
    }
    zip_source_close(source_.get());
    if (count < 0) throw IoError(concat("zip: ", zip_error_strerror(zip_source_error(source_.get()))));
  }

 private:
  void check(bool success) {
    if (!success) throw IoError(concat("zip: ", zip_strerror(archive_.get())));
  }

  ZipSource source_;
  Zip archive_;
};

}  // namespace

void write_pth(const std::filesystem::path& path, const NamedTensors& tensors) {
  AtomicFile out(path);
  write_pth(out, tensors);
  out.commit();
}

void write_pth(AtomicFile& out, const NamedTensors& tensors) {
  const std::string object = object_of(tensors);
  std::vector<Tensor> on_host;
  ZipWriter archive;
  archive.add("data.pkl", object);
  archive.add("byteorder", "little");
  for (const auto& [name, tensor] : tensors) {
    const Tensor& host = on_host.emplace_back(tensor.to(Device{}));
    archive.add(concat("data/", on_host.size() - 1),
                {static_cast<const std::byte*>(host.view().pointer), host.bytes()});
  }
  archive.add("version", "3\n");
  archive.finish(out);
}

}  // namespace sonograd::io
