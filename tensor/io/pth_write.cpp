#include "tensor/io/atomic_file.h"
#include "tensor/io/context.h"
#include "tensor/io/pth.h"
#include "tensor/io/torch_objects.h"
#include "tensor/io/zip_writer.h"

namespace sonograd::io {
namespace {

constexpr const char* kFolder = "archive/";

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
  archive.add(concat(kFolder, "data.pkl"), object);
  archive.add(concat(kFolder, "byteorder"), "little");
  for (const auto& [name, tensor] : tensors) {
    const Tensor& host = on_host.emplace_back(tensor.to(Device{}));
    archive.add(concat(kFolder, "data/", on_host.size() - 1),
                {static_cast<const std::byte*>(host.view().pointer), host.bytes()});
  }
  archive.add(concat(kFolder, "version"), "3\n");
  archive.finish(out);
}

}  // namespace sonograd::io
