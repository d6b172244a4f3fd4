#include "tensor/io/pickle.h"

#include <algorithm>
#include <unordered_map>

#include "tensor/io/checked.h"
#include "tensor/support/nesting.h"
#include "tensor/support/number.h"

namespace sonograd::io::pickle {
namespace {

// Names and numbers of the operations: module pickletools of the Python standard library.
enum class Op : std::uint8_t {
  mark = '(',
  stop = '.',
  pop = '0',
  pop_mark = '1',
  binfloat = 'G',
  binint = 'J',
  binint1 = 'K',
  decimal_long = 'L',
  binint2 = 'M',
  none = 'N',
  binpersid = 'Q',
  reduce = 'R',
  binunicode = 'X',
  append = 'a',
  build = 'b',
  global = 'c',
  appends = 'e',
  binget = 'h',
  long_binget = 'j',
  binput = 'q',
  long_binput = 'r',
  setitem = 's',
  tuple = 't',
  setitems = 'u',
  empty_tuple = ')',
  empty_list = ']',
  empty_dict = '}',
  proto = 0x80,
  newobj = 0x81,
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  newtrue = 0x88,
  newfalse = 0x89,
  long1 = 0x8a,
  long4 = 0x8b,
  short_binunicode = 0x8c,
};

constexpr int kProtocol = 2;

class Machine {
 public:
  Machine(ByteReader& in, AllowGlobal allow) : in_(in), allow_(allow) {}

  Document run() {
    for (int operation = 0; operation < kMaxOperations; ++operation) {
      offset_ = in_.offset();
      const Op op{in_.number<std::uint8_t>()};
      if (op == Op::stop) {
        document_.root = pop();
        return std::move(document_);
      }
      execute(op);
    }
    throw FormatError(concat("more than ", kMaxOperations, " operations"));
  }

  /// Offset of the latest operation, in bytes.
  std::size_t offset() const { return offset_; }

 private:
  using Values = std::vector<const Value*>;

  void execute(Op op) {
    switch (op) {
      case Op::proto:
        return protocol();
      case Op::mark:
        return marks_.push_back(stack_.size());
      case Op::stop:
        return;
      case Op::pop:
        pop();
        return;
      case Op::pop_mark:
        above_mark();
        return;

      case Op::none:
        return push(None());
      case Op::newtrue:
        return push(true);
      case Op::newfalse:
        return push(false);
      case Op::binint:
        return push(std::int64_t{in_.number<std::int32_t>()});
      case Op::binint1:
        return push(std::int64_t{in_.number<std::uint8_t>()});
      case Op::binint2:
        return push(std::int64_t{in_.number<std::uint16_t>()});
      case Op::long1:
        return integer(in_.number<std::uint8_t>());
      case Op::long4:
        return integer(Checked(in_.number<std::int32_t>(), "length of an integer").value());
      case Op::decimal_long:
        return decimal(in_.line());
      case Op::binfloat:
        return big_endian_double();
      case Op::binunicode:
        return push(in_.text(in_.number<std::uint32_t>()));
      case Op::short_binunicode:
        return push(in_.text(in_.number<std::uint8_t>()));

      case Op::empty_tuple:
        return push(Tuple());
      case Op::empty_list:
        return push(List());
      case Op::empty_dict:
        return push(Dict());
      case Op::tuple:
        return tuple(above_mark());
      case Op::tuple1:
        return tuple(topmost(1));
      case Op::tuple2:
        return tuple(topmost(2));
      case Op::tuple3:
        return tuple(topmost(3));
      case Op::append:
        return extend(topmost(1));
      case Op::appends:
        return extend(above_mark());
      case Op::setitem:
        return assign(topmost(2));
      case Op::setitems:
        return assign(above_mark());

      case Op::binput:
        return put(in_.number<std::uint8_t>());
      case Op::long_binput:
        return put(in_.number<std::uint32_t>());
      case Op::binget:
        return get(in_.number<std::uint8_t>());
      case Op::long_binget:
        return get(in_.number<std::uint32_t>());

      case Op::global:
        return global();
      case Op::reduce:
      case Op::newobj:
        return call();
      case Op::build:
        pop();
        top();
        return;
      case Op::binpersid:
        return persistent(pop());
    }
    throw FormatError(concat("operation ", static_cast<int>(op), " is not one that saved weights use"));
  }

  void protocol() {
    const int version = in_.number<std::uint8_t>();
    if (version != kProtocol)
      throw FormatError(concat("pickle protocol ", kProtocol, " expected, got ", version));
  }

  void integer(std::uint64_t length) {
    const std::span bytes = in_.take(length);
    if (length > sizeof(std::int64_t)) return push(BigInteger{bytes});
    const bool negative = length > 0 && (bytes.back() & std::byte{0x80}) != std::byte{0};
    std::int64_t value = negative ? -1 : 0;
    if (length > 0) std::memcpy(&value, bytes.data(), length);
    push(value);
  }

  void decimal(std::string_view text) {
    if (text.ends_with('L')) text.remove_suffix(1);
    const std::optional<std::int64_t> value = parse_number<std::int64_t>(text);
    if (!value) throw FormatError("not a decimal integer of 64 bits");
    push(*value);
  }

  void big_endian_double() { push(std::bit_cast<double>(__builtin_bswap64(in_.number<std::uint64_t>()))); }

  void global() {
    const std::string_view module = in_.line();
    const Global named = {module, in_.line()};
    if (!allow_(named)) {
      throw FormatError(concat("refers to ", named.module, '.', named.name,
                               ", which is not allowed in weights; save model.state_dict(), not the model"));
    }
    push(named);
  }

  void call() {
    const Value* arguments = pop();
    const Value* function = pop();
    const auto* named = function->as<Global>();
    const auto* tuple = arguments->as<Tuple>();
    if (named == nullptr || tuple == nullptr) throw FormatError("calls something that is not a function");
    if (named->module == "collections" && named->name == "OrderedDict" && tuple->items.empty())
      return push(Dict());
    push(Call{function, arguments});
    nest({function, arguments});
  }

  void tuple(const Values& items) {
    push(Tuple{items});
    nest(items);
  }

  void persistent(const Value* id) {
    push(Persistent{id});
    nest({id});
  }

  // The value on top contains `items`.
  void nest(const Values& items) {
    Value& container = *top();
    for (const Value* item : items) container.depth = std::max(container.depth, item->depth + 1);
    if (container.depth > kMaxNesting)
      throw FormatError(concat("nests deeper than ", kMaxNesting, " levels"));
  }

  void extend(const Values& items) {
    nest(items);
    if (auto* list = std::get_if<List>(top())) {
      list->items.insert(list->items.end(), items.begin(), items.end());
    } else if (!top()->as<Call>()) {
      throw FormatError("appends to something that is not a list");
    }
  }

  void assign(const Values& items) {
    if (items.size() % 2 != 0) throw FormatError("sets a key without a value");
    nest(items);
    if (auto* dict = std::get_if<Dict>(top())) {
      for (std::size_t i = 0; i < items.size(); i += 2) dict->items.emplace_back(items[i], items[i + 1]);
    } else if (!top()->as<Call>()) {
      throw FormatError("sets items of something that is not a dictionary");
    }
  }

  void put(std::uint32_t slot) { memo_[slot] = top(); }

  void get(std::uint32_t slot) {
    const auto entry = memo_.find(slot);
    if (entry == memo_.end()) throw FormatError(concat("memo slot ", slot, " is empty"));
    stack_.push_back(entry->second);
  }

  void push(Value value) {
    document_.values.push_back(std::move(value));
    stack_.push_back(&document_.values.back());
  }

  // Values below the innermost mark are out of reach.
  void require(std::size_t count) const {
    if (stack_.size() - (marks_.empty() ? 0 : marks_.back()) < count)
      throw FormatError("too few values on the stack");
  }

  Value* top() const {
    require(1);
    return stack_.back();
  }

  Value* pop() {
    Value* value = top();
    stack_.pop_back();
    return value;
  }

  Values topmost(std::size_t count) {
    require(count);
    return take_from(stack_.size() - count);
  }

  Values above_mark() {
    if (marks_.empty()) throw FormatError("no mark on the stack");
    const std::size_t mark = marks_.back();
    marks_.pop_back();
    return take_from(mark);
  }

  Values take_from(std::size_t position) {
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(position);
    Values values(first, stack_.end());
    stack_.erase(first, stack_.end());
    return values;
  }

  ByteReader& in_;
  AllowGlobal allow_;
  std::size_t offset_ = 0;
  Document document_;
  std::vector<Value*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, Value*> memo_;
};

}  // namespace

Document load(ByteReader& in, AllowGlobal allow) {
  Machine machine(in, allow);
  try {
    return machine.run();
  } catch (const FormatError& error) {
    throw FormatError(concat("pickle operation at byte ", machine.offset(), ": ", error.what()));
  }
}

}  // namespace sonograd::io::pickle
