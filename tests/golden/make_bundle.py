"""Writes bundles/ beside this file: small checkpoint bundles of TensorFlow, in folders and in a wheel, and archives of NumPy.
The format is written by hand, so that TensorFlow is not needed: tests/tensor/tensorflow_bundle_test.cpp and
tests/app/convert_bundle_test.cpp read them.

    types/          every element type, two data files, a text, an empty tensor, index blocks compressed with Snappy
    MTT_small/      the network musicnn_tf of one channel with three labels, with the state of an optimiser
    small-1.0-py3-none-any.whl    MTT_small and MSD_small, deflated
    small.npz, compressed.npz     arrays in the order of C and of Fortran

Their indexes and the archives are also the seeds of the fuzz targets `bundle` and `npz` (tests/fuzz/corpus). Values come from the generator of tests/models/lcg.h, one stream for a bundle, over the variables in the order of their names.

usage: python tests/golden/make_bundle.py        (needs the package numpy)
"""

import io
import pathlib
import struct
import zipfile

import numpy

OUT = pathlib.Path(__file__).resolve().parent / "bundles"
CORPUS = OUT.parents[1] / "fuzz/corpus"
MAGIC = 0xDB4775248B80FB57
# Enumerators of tensorflow/core/framework/types.proto.
TYPES = {"f4": 1, "f8": 2, "i4": 3, "u1": 4, "i2": 5, "i1": 6, "i8": 9, "b1": 10, "f2": 19}
TEXT, BF16 = 7, 14


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(crc):
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def number_field(field, value):
    return varint(field << 3) + varint(value) if value else b""


def bytes_field(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def snappy(data):
    """Copies of four bytes and more that lie at most 2047 bytes back, and literals between them."""
    out, at, literal = bytearray(varint(len(data))), 0, 0

    def flush(end):
        start = literal
        while start < end:
            part = data[start:min(end, start + 60)]
            out.append(len(part) - 1 << 2)
            out.extend(part)
            start += len(part)

    while at < len(data):
        back = data.rfind(data[at:at + 4], max(0, at - 2047), at + 3) if at + 4 <= len(data) else -1
        if 0 <= back < at:
            length = 4
            while length < 11 and at + length < len(data) and data[back + length] == data[at + length]:
                length += 1
            flush(at)
            offset = at - back
            out.extend([1 | length - 4 << 2 | offset >> 8 << 5, offset & 0xFF])
            at += length
            literal = at
        else:
            at += 1
    flush(len(data))
    return bytes(out)


def block(entries, compressed):
    """Prefixes are shared within groups of 16 entries."""
    out, restarts, previous = bytearray(), [], b""
    for i, (key, value) in enumerate(entries):
        shared = 0
        if i % 16 == 0:
            restarts.append(len(out))
        else:
            while shared < min(len(key), len(previous)) and key[shared] == previous[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        previous = key
    restarts = restarts or [0]
    content = bytes(out) + b"".join(struct.pack("<I", r) for r in restarts) + struct.pack("<I", len(restarts))
    content = (snappy(content) if compressed else content) + bytes([1 if compressed else 0])
    return content + struct.pack("<I", masked(crc32c(content)))


def table(entries, per_block, compressed):
    """A LevelDB table: blocks of `per_block` entries, the block of other blocks (empty), the index, the footer."""
    out, index = bytearray(), []
    handle = lambda content: varint(len(out)) + varint(len(content) - 5)
    for first in range(0, len(entries), per_block):
        part = entries[first:first + per_block]
        content = block(part, compressed)
        index.append((part[-1][0], handle(content)))
        out += content
    meta = block([], False)
    meta_handle = handle(meta)
    out += meta
    content = block(index, compressed)
    footer = meta_handle + handle(content)
    out += content
    return bytes(out) + footer.ljust(40, b"\0") + struct.pack("<Q", MAGIC)


def bundle(variables, shards=1, per_block=7, compressed=False):
    """{".index": …, ".data-00000-of-00001": …} of (name, type, extents, bytes), sorted by name."""
    data = [bytearray() for _ in range(shards)]
    header = number_field(1, shards) + bytes_field(3, number_field(1, 1))
    entries = [(b"", header)]
    for i, (name, dtype, shape, raw) in enumerate(variables):
        shard = i % shards
        extents = b"".join(bytes_field(2, number_field(1, extent) or b"\x08\x00") for extent in shape)
        entries.append((name.encode(), number_field(1, dtype) + bytes_field(2, extents) + number_field(3, shard) +
                        number_field(4, len(data[shard])) + number_field(5, len(raw)) +
                        varint(6 << 3 | 5) + struct.pack("<I", masked(crc32c(raw)))))
        data[shard] += raw
    files = {f".data-{i:05}-of-{shards:05}": bytes(content) for i, content in enumerate(data)}
    return files | {".index": table(entries, per_block, compressed)}


def lcg(seed):
    while True:
        seed = (1664525 * seed + 1013904223) % 2**32
        yield seed / 2**32 - 0.5


def drawn(numbers, shape):
    count = int(numpy.prod(shape, dtype=int))
    return numpy.fromiter(numbers, dtype=numpy.float64, count=count).reshape(shape)


def variable(name, array):
    return name, TYPES[array.dtype.str[1:]], array.shape, array.tobytes()


def types():
    numbers = lcg(1)
    shapes = {"b1": (3,), "f2": (2, 3), "f4": (2, 1, 3), "f8": (), "i1": (5,), "i2": (2, 2), "i4": (1,), "i8": (), "u1": (4,)}
    variables = [variable("a/" + t, (drawn(numbers, s) * 100).astype("<" + t)) for t, s in sorted(shapes.items())]
    variables.append(variable("empty", numpy.zeros((0, 5), "<f4")))
    bf16 = struct.pack("<2H", 0x3FC0, 0xC000)  # 1.5 and -2
    variables += [("layers/bf16", BF16, (2,), bf16), ("layers/text", TEXT, (1,), b"\x05hello")]
    return bundle(variables, shards=2, per_block=5, compressed=True)


def small_network():
    """musicnn_tf with channels = 1: one filter of each length, four of each height, three units."""
    shapes = {"dense/kernel": (28, 3), "dense/bias": (3,), "dense_1/kernel": (3, 3), "dense_1/bias": (3,)}
    kernels = [(7, 38, 1, 4), (7, 67, 1, 4), (128, 1, 1, 1), (64, 1, 1, 1), (32, 1, 1, 1), (7, 11, 1, 1), (7, 1, 1, 1),
               (7, 1, 1, 1)]
    for i, shape in enumerate(kernels):
        scope = "conv2d" if i == 0 else f"conv2d_{i}"
        shapes |= {scope + "/kernel": shape, scope + "/bias": shape[-1:]}
    for i, width in enumerate([1, 4, 4, 1, 1, 1, 1, 1, 1, 28, 3]):
        scope = "batch_normalization" if i == 0 else f"batch_normalization_{i}"
        for each in ("beta", "gamma", "moving_mean", "moving_variance"):
            shapes[f"{scope}/{each}"] = (width,)
    for slot in ("Adam", "Adam_1"):
        shapes[f"dense_1/kernel/{slot}"] = (3, 3)
    shapes |= {"beta1_power": (), "beta2_power": ()}
    return shapes


def network(seed):
    numbers, variables = lcg(seed), []
    for name, shape in sorted(small_network().items()):
        offset = 1.0 if name.endswith(("gamma", "moving_variance")) else 0.0
        variables.append(variable(name, (drawn(numbers, shape) + offset).astype("<f4")))
    return bundle(variables)


def write_folder(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def write_wheel(path, folders):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        add = lambda name, content: wheel.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content,
                                                   zipfile.ZIP_DEFLATED)
        for folder, files in folders.items():
            for name, content in sorted(files.items()):
                add(f"small/{folder}/{name}", content)
        add("small-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1.0\nLicense: ISC\n\nText\n")


def write_archives():
    numbers = lcg(5)
    arrays = {"weight": drawn(numbers, (2, 3)).astype("<f4"), "turned": numpy.asfortranarray(drawn(numbers, (2, 3, 4))),
              "half": drawn(numbers, (3,)).astype("<f2"), "count": numpy.array(7, "<i8"), "none": numpy.zeros((0, 2), "<f4")}
    numpy.savez(OUT / "small.npz", **arrays)
    numpy.savez_compressed(OUT / "compressed.npz", **arrays)


def main():
    write_folder(OUT / "types", {"model.ckpt-7" + name: content for name, content in types().items()})
    write_folder(OUT / "MTT_small", network(12345))
    write_wheel(OUT / "small-1.0-py3-none-any.whl", {"MTT_small": network(12345), "MSD_small": network(54321)})
    write_archives()
    write_folder(CORPUS / "bundle", {"types": types()[".index"], "network": network(12345)[".index"]})
    write_folder(CORPUS / "npz", {"stored": (OUT / "small.npz").read_bytes(),
                                  "deflated": (OUT / "compressed.npz").read_bytes()})


if __name__ == "__main__":
    main()
