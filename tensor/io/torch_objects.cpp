#include "tensor/io/torch_objects.h"

#include <algorithm>
#include <array>
#include <functional>

#include "tensor/io/checked.h"
#include "tensor/io/context.h"
#include "tensor/io/narrow_types.h"
#include "tensor/support/nesting.h"

namespace sonograd::io::torch {
namespace {

using pickle::Global;
using pickle::Value;

// Tensors of a DType are written as the first entry with that type.
constexpr std::array<ElementType, 10> kStorageTypes = {{{"FloatStorage", 4, DType::f32},
                                                        {"DoubleStorage", 8, DType::f64},
                                                        {"BFloat16Storage", 2, DType::bf16},
                                                        {"ShortStorage", 2, DType::i16},
                                                        {"IntStorage", 4, DType::i32},
                                                        {"LongStorage", 8, DType::i64},
                                                        {"ByteStorage", 1, DType::u8},
                                                        {"HalfStorage", 2, DType::f32},
                                                        {"CharStorage", 1, DType::i16},
                                                        {"BoolStorage", 1, DType::u8}}};

// Names that are allowed besides the storage classes. All but the first three are opaque: configuration, statistics
// and the like, which checkpoints hold beside tensors. NumPy 2 and Python 3 have other names for some. Configurations of
// OmegaConf contain the types of their values.
constexpr auto kAllowedGlobals =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"collections", "OrderedDict"},
                                                                  {"torch._utils", "_rebuild_tensor_v2"},
                                                                  {"torch._utils", "_rebuild_parameter"},
                                                                  {"collections", "defaultdict"},
                                                                  {"collections", "Counter"},
                                                                  {"argparse", "Namespace"},
                                                                  {"_codecs", "encode"},
                                                                  {"numpy", "dtype"},
                                                                  {"numpy", "ndarray"},
                                                                  {"numpy.core.multiarray", "scalar"},
                                                                  {"numpy.core.multiarray", "_reconstruct"},
                                                                  {"numpy._core.multiarray", "scalar"},
                                                                  {"numpy._core.multiarray", "_reconstruct"},
                                                                  {"torch", "Size"},
                                                                  {"torch", "device"},
                                                                  {"torch", "float16"},
                                                                  {"torch", "float32"},
                                                                  {"torch", "float64"},
                                                                  {"torch", "bfloat16"},
                                                                  {"torch", "int64"},
                                                                  {"torch.torch_version", "TorchVersion"},
                                                                  {"pathlib", "Path"},
                                                                  {"pathlib", "PosixPath"},
                                                                  {"pathlib", "WindowsPath"}});
// Packages whose objects are opaque: PyTorch Lightning under all the names that it has had, and OmegaConf, in which Lightning
// stores the settings of a run.
constexpr std::string_view kOpaquePackages[] = {"pytorch_lightning.", "lightning_fabric.",
                                                "lightning_utilities.", "lightning.", "omegaconf."};
// Types of Python, under the names of both its versions.
constexpr std::string_view kBuiltinModules[] = {"builtins", "__builtin__"};
constexpr std::string_view kBuiltinTypes[] = {"bool", "bytes", "dict", "float", "int",    "list",
                                              "long", "set",   "str",  "tuple", "unicode"};
constexpr std::string_view kTypingNames[] = {"Any", "Dict", "List", "Optional", "Tuple", "Union"};

constexpr std::size_t kMaxEntries = 1 << 20;  // in all dictionaries together, a shared one counted each time
constexpr std::size_t kMaxNameLength = 1024;

template <class T>
const T& expect(const Value& value, const char* what) {
  const T* held = value.as<T>();
  if (held == nullptr) throw FormatError(concat("expected ", what));
  return *held;
}

std::uint64_t count_in(const Value& value, const char* what) {
  return Checked(expect<std::int64_t>(value, what), what).value();
}

const ElementType& element_type(const Value& value) {
  const auto& global = expect<Global>(value, "the class of a storage");
  const auto* known = std::ranges::find(kStorageTypes, global.name, &ElementType::storage);
  if (global.module != "torch" || known == kStorageTypes.end()) {
    throw FormatError(concat("storage class ", global.module, '.', global.name, " is not supported"));
  }
  return *known;
}

bool is_call_of(const pickle::Call& call, std::string_view function) {
  const auto* global = call.function->as<Global>();
  return global != nullptr && global->module == "torch._utils" && global->name == function;
}

const std::vector<const Value*>& arguments_of(const pickle::Call& call) {
  return call.arguments->as<pickle::Tuple>()->items;
}

// The call that makes a tensor, out of its nn.Parameter if it has one; nullptr for any other value.
const pickle::Call* tensor_call(const Value& value) {
  const auto* call = value.as<pickle::Call>();
  if (call != nullptr && is_call_of(*call, "_rebuild_parameter") && !arguments_of(*call).empty()) {
    call = arguments_of(*call)[0]->as<pickle::Call>();
  }
  return call != nullptr && is_call_of(*call, "_rebuild_tensor_v2") ? call : nullptr;
}

struct StridedTensor {
  StorageId storage;
  std::uint64_t offset;  // elements
  Shape shape;
  Strides strides{};  // elements
};

StridedTensor strided_tensor(const pickle::Call& call) {
  const auto& arguments = arguments_of(call);
  if (arguments.size() < 6) throw FormatError(concat("expected 6 arguments, got ", arguments.size()));
  StridedTensor tensor = {storage_id(expect<pickle::Persistent>(*arguments[0], "a storage")),
                          count_in(*arguments[1], "storage offset"), Shape()};
  const auto& sizes = expect<pickle::Tuple>(*arguments[2], "a tuple of sizes").items;
  const auto& strides = expect<pickle::Tuple>(*arguments[3], "a tuple of strides").items;
  if (sizes.size() != strides.size()) throw FormatError("sizes and strides differ in number");
  Checked end(tensor.offset, "end of the tensor in its storage");
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const std::uint64_t size = count_in(*sizes[axis], "size");
    const std::uint64_t stride = count_in(*strides[axis], "stride");
    tensor.shape.push_back(Checked(size, "size").to<std::int64_t>());
    if (size <= 1) continue;
    tensor.strides[axis] = Checked(stride, "stride").to<std::int64_t>();
    end = end + Checked(size - 1, "extent in the storage") * stride;
  }
  if (tensor.shape.numel() > 0) (end + 1).at_most(tensor.storage.count);
  return tensor;
}

// The elements of `tensor`, each through `convert`, in row-major order. Storages need not be aligned.
template <class From, class To, class Convert>
void gather(const std::byte* storage, const StridedTensor& tensor, std::span<To> to, Convert convert) {
  std::array<std::int64_t, kMaxRank> index{};
  auto position = static_cast<std::int64_t>(tensor.offset);
  for (To& element : to) {
    From value;
    std::memcpy(&value, storage + position * static_cast<std::int64_t>(sizeof(From)), sizeof(From));
    element = convert(value);
    for (int axis = tensor.shape.rank() - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      position += tensor.strides[a];
      if (++index[a] < tensor.shape[axis]) break;
      position -= tensor.strides[a] * std::exchange(index[a], 0);
    }
  }
}

Tensor dense(const StridedTensor& strided, const std::byte* storage) {
  Tensor result = Tensor::empty(strided.shape, strided.storage.type->dtype);
  const std::string_view type = strided.storage.type->storage;
  if (type == "HalfStorage") {
    gather<std::uint16_t>(storage, strided, result.span<float>(), from_half);
  } else if (type == "CharStorage") {
    gather<std::int8_t>(storage, strided, result.span<std::int16_t>(), std::identity());
  } else if (type == "BoolStorage") {
    gather<std::uint8_t>(storage, strided, result.span<std::uint8_t>(), from_bool);
  } else {
    visit(result.dtype(), [&](auto tag) {
      using T = decltype(tag);
      gather<T>(storage, strided, result.span<T>(), std::identity());
    });
  }
  return result;
}

class Collector {
 public:
  Collector(std::string_view prefix, const FetchStorage& fetch, std::uint64_t max_bytes)
      : prefix_(prefix), fetch_(fetch), bytes_left_(max_bytes) {}

  // The depth is counted again: a dictionary that contains itself has no end.
  void walk(const pickle::Dict& dict, const std::string& path, int depth) {
    if (depth > kMaxNesting)
      throw FormatError(concat("dictionaries nest deeper than ", kMaxNesting, " levels"));
    for (const auto& [key, value] : dict.items) {
      if (++entries_ > kMaxEntries) throw FormatError(concat("more than ", kMaxEntries, " entries"));
      const auto* text = key->as<std::string_view>();
      if (text == nullptr) continue;
      const std::string name = concat(path, path.empty() ? "" : ".", *text);
      if (name.size() > kMaxNameLength)
        throw FormatError(concat("a name of more than ", kMaxNameLength, " bytes"));
      if (const auto* inner = value->as<pickle::Dict>()) {
        walk(*inner, name, depth + 1);
      } else if (const pickle::Call* call = tensor_call(*value);
                 call != nullptr && name.starts_with(prefix_)) {
        tensors_.set(name.substr(prefix_.size()),
                     within(concat("tensor '", name, "'"), [&] { return load(*call); }));
      }
    }
  }

  NamedTensors take() { return std::move(tensors_); }

 private:
  Tensor load(const pickle::Call& call) {
    const StridedTensor strided = strided_tensor(call);
    const std::uint64_t bytes =
        static_cast<std::uint64_t>(strided.shape.numel()) * size_of(strided.storage.type->dtype);
    bytes_left_ -= Checked(bytes, "the size of the tensor").at_most(bytes_left_).value();
    return dense(strided, fetch_(strided.storage).data());
  }

  std::string_view prefix_;
  const FetchStorage& fetch_;
  std::uint64_t bytes_left_;
  std::size_t entries_ = 0;
  NamedTensors tensors_;
};

}  // namespace

const ElementType& element_type_of(DType dtype) {
  return *std::ranges::find(kStorageTypes, dtype, &ElementType::dtype);
}

std::uint64_t StorageId::bytes() const {
  return (Checked(count, "the size of a storage") * type->bytes).value();
}

StorageId storage_id(const pickle::Persistent& persistent) {
  const auto& id = expect<pickle::Tuple>(*persistent.id, "a storage as a tuple").items;
  if (id.size() < 5 || id.size() > 6)
    throw FormatError(concat("expected a storage of 5 or 6 parts, got ", id.size()));
  if (expect<std::string_view>(*id[0], "the word 'storage'") != "storage") {
    throw FormatError("refers to something that is not a storage");
  }
  if (id.size() == 6 && id[5]->as<pickle::None>() == nullptr) {
    throw FormatError("storages that are views of other storages are not supported");
  }
  return {expect<std::string_view>(*id[2], "the key of a storage"), &element_type(*id[1]),
          count_in(*id[4], "the number of elements of a storage")};
}

bool allow_global(const Global& global) {
  const auto is_one_of = [](std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (is_one_of(kBuiltinModules, global.module)) return is_one_of(kBuiltinTypes, global.name);
  if (global.module == "typing") return is_one_of(kTypingNames, global.name);
  if (std::ranges::count(kAllowedGlobals, std::pair(global.module, global.name)) == 1) return true;
  if (global.module == "torch")
    return std::ranges::count(kStorageTypes, global.name, &ElementType::storage) == 1;
  return std::ranges::any_of(kOpaquePackages,
                             [&](std::string_view package) { return global.module.starts_with(package); });
}

NamedTensors collect_tensors(const Value& root, std::string_view prefix, const FetchStorage& fetch,
                             std::uint64_t max_bytes) {
  Collector collector(prefix, fetch, max_bytes);
  collector.walk(expect<pickle::Dict>(root, "a dictionary of tensors"), "", 0);
  return collector.take();
}

}  // namespace sonograd::io::torch
