"""The networks of the musicnn library written plainly in PyTorch, on the variables of its TensorFlow checkpoints, with the names
of our layers; and a reader of those checkpoints. For tests/golden/make_reference.py.

Maps are [1, channels, frames, bands]; kernels [frames, bands, in, out] and dense weights [in, out], as in the files.
"""

import pathlib
import struct

import librosa
import numpy
import torch
import torch.nn.functional as F

NORM_EPS = 1e-3


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def unsnapped(data):
    """Bytes that were compressed with Snappy."""
    size, at = read_varint(data, 0)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            length = (tag >> 2) + 1
            if length > 60:
                extra = length - 60
                length = int.from_bytes(data[at:at + extra], "little") + 1
                at += extra
            out += data[at:at + length]
            at += length
            continue
        if tag & 3 == 1:
            length, offset = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | data[at]
            at += 1
        else:
            width = 2 if tag & 3 == 2 else 4
            length, offset = (tag >> 2) + 1, int.from_bytes(data[at:at + width], "little")
            at += width
        for _ in range(length):
            out.append(out[-offset])
    assert len(out) == size
    return bytes(out)


def table_block(data, offset, size):
    """Entries of a block of a LevelDB table: keys share their beginning with the key before."""
    block = data[offset:offset + size]
    if data[offset + size] == 1:
        block = unsnapped(block)
    end = len(block) - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    at, key, entries = 0, b"", []
    while at < end:
        shared, at = read_varint(block, at)
        own, at = read_varint(block, at)
        length, at = read_varint(block, at)
        key = key[:shared] + block[at:at + own]
        entries.append((key, block[at + own:at + own + length]))
        at += own + length
    return entries


def fields(message):
    """Fields of a protocol buffer: number -> values."""
    at, found = 0, {}
    while at < len(message):
        tag, at = read_varint(message, at)
        if tag & 7 == 0:
            value, at = read_varint(message, at)
        elif tag & 7 == 2:
            size, at = read_varint(message, at)
            value, at = message[at:at + size], at + size
        else:
            width = 8 if tag & 7 == 1 else 4
            value, at = message[at:at + width], at + width
        found.setdefault(tag >> 3, []).append(value)
    return found


def read_bundle(folder):
    """float32 variables of a checkpoint without the state of its optimiser: name -> array."""
    folder = pathlib.Path(folder)
    table = (folder / ".index").read_bytes()
    data = (folder / ".data-00000-of-00001").read_bytes()
    footer = table[-48:]
    at = read_varint(footer, read_varint(footer, 0)[1])[1]
    offset, at = read_varint(footer, at)
    size, at = read_varint(footer, at)
    variables = {}
    for _, handle in table_block(table, offset, size):
        start, at = read_varint(handle, 0)
        for key, value in table_block(table, start, read_varint(handle, at)[0]):
            name, entry = key.decode(), fields(value)
            if not name or entry[1] != [1] or "Adam" in name or name.endswith("_power"):
                continue
            shape = [fields(extent).get(1, [0])[0] for extent in fields(entry[2][0]).get(2, [])] if 2 in entry else []
            start, size = entry.get(4, [0])[0], entry[5][0]
            variables[name] = numpy.frombuffer(data[start:start + size], "<f4").reshape(shape)
    return variables


class Library:
    """`weights`: variables by name, in the type in which the network computes."""

    def __init__(self, weights):
        self.weights = weights
        self.stages = {}

    def keep(self, name, map_of):
        """Keeps [1, C, T, F] as [T, F, C], and [1, C, T] as [T, C]."""
        self.stages[name] = map_of[0].movedim(0, -1)
        return map_of

    def spec(self, waveform):
        """Frames begin on their sample; bands are rounded to float16: [187 x 256 + 256] -> [1, 1, 187, 96]."""
        kind = next(iter(self.weights.values())).dtype
        window = torch.hann_window(512).to(kind)
        bank = torch.from_numpy(librosa.filters.mel(sr=16000, n_fft=512, n_mels=96)).to(kind)
        spectrum = torch.stft(waveform.to(kind), 512, 256, window=window, center=False, return_complex=True)
        bands = torch.matmul(bank, spectrum.real.square() + spectrum.imag.square()).half().to(kind)
        return self.keep("spec", torch.log10(10000 * bands + 1).T[None, None])

    def norm(self, x, scope):
        w = self.weights
        mean, variance = w[f"{scope}/moving_mean"], w[f"{scope}/moving_variance"]
        scale = w[f"{scope}/gamma"] / torch.sqrt(variance + NORM_EPS)
        shape = [1, -1] + [1] * (x.dim() - 2)
        return (x - mean.reshape(shape)) * scale.reshape(shape) + w[f"{scope}/beta"].reshape(shape)

    def conv(self, x, scope, pad):
        """`pad`: zeros before and behind the bands, then the frames."""
        kernel = self.weights[f"{scope}/kernel"].permute(3, 2, 0, 1)
        return F.conv2d(F.pad(x, pad), kernel, self.weights[f"{scope}/bias"])

    def dense(self, x, scope):
        return x @ self.weights[f"{scope}/kernel"] + self.weights[f"{scope}/bias"]


class Musicnn(Library):
    FILTERS = (("short", "conv2d", 1), ("tall", "conv2d_1", 2), ("long", "conv2d_2", 3), ("medium", "conv2d_3", 4),
               ("brief", "conv2d_4", 5))

    def logits(self, waveform):
        x = self.keep("input_bn", self.norm(self.spec(waveform), "batch_normalization"))
        parts = []
        for name, conv, norm in self.FILTERS:
            frames = self.weights[f"{conv}/kernel"].shape[0]
            y = self.norm(F.relu(self.conv(x, conv, (0, 0, (frames - 1) // 2, frames // 2))), f"batch_normalization_{norm}")
            parts.append(self.keep(name, y.amax(dim=3)))
        features = torch.cat(parts, dim=1)
        every, x = [features], features
        for i in (1, 2, 3):
            kernel = self.weights[f"conv2d_{i + 4}/kernel"].squeeze(2).permute(2, 1, 0)
            y = F.relu(F.conv1d(x, kernel, self.weights[f"conv2d_{i + 4}/bias"], padding=3))
            y = self.keep(f"cnn{i}", self.norm(y, f"batch_normalization_{i + 5}"))
            x = y if i == 1 else y + x
            every.append(x)
        every = torch.cat(every, dim=1)
        pooled = torch.stack([every.amax(dim=2), every.mean(dim=2)], dim=2).flatten(1)
        pooled = self.norm(pooled, "batch_normalization_9")
        # Ours has all maxima first, then all means.
        self.stages["pool_bn"] = pooled.reshape(-1, 2).T.flatten()
        hidden = self.keep("dense", self.dense(pooled, "dense"))
        hidden = self.keep("dense_bn", self.norm(F.relu(hidden), "batch_normalization_10"))
        return self.keep("dense_1", self.dense(hidden, "dense_1"))


class Vgg(Library):
    POOLS = (((4, 1), 2), (2, 2), (2, 2), (2, 2), (4, 4))

    def logits(self, waveform):
        x = self.keep("input_bn", self.norm(self.spec(waveform), "batch_normalization"))
        for i, (pool, stride) in enumerate(self.POOLS, 1):
            x = self.norm(F.relu(self.conv(x, f"{i}CNN", (1, 1, 1, 1))), f"batch_normalization_{i}")
            x = self.keep(f"block{i}", F.max_pool2d(x, pool, stride))
        return self.keep("dense", self.dense(x[0].movedim(0, -1).flatten()[None], "dense"))


NETWORKS = {"musicnn_tf": Musicnn, "vgg_tf": Vgg}
