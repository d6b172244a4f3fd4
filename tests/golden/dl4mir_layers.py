"""Layers that the genre networks of dl4mir in tests/golden/networks share, written plainly in PyTorch."""

import math

from torch import nn
import torch.nn.functional as F

from classic_layers import KERAS_NORM, Mel, decibels


def same(kernel):
    """Zeros before and behind the frames, then the bands, as TensorFlow: one more behind of an odd number. Extents (bands, frames)."""
    return [zeros for extent in reversed(kernel) for zeros in ((extent - 1) // 2, extent // 2)]


def max_pool_same(x, pool):
    """Maximum over windows that reach over the edges, as many before as behind, or one more behind."""
    edges = []
    for extent, window in zip(reversed(x.shape[2:]), reversed(pool)):
        missing = math.ceil(extent / window) * window - extent
        edges += [missing // 2, missing - missing // 2]
    return F.max_pool2d(F.pad(x, edges, value=-math.inf), pool)


class Block(nn.Module):
    """Convolution, norm, ReLU and maximum on maps [N, C, F, T]; `pad` as of F.pad."""

    def __init__(self, inputs, outputs, pool, kernel=(3, 3), pad=None):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel)
        self.bn = nn.BatchNorm2d(outputs, **KERAS_NORM)
        self.pool, self.pad = pool, same(kernel) if pad is None else pad

    def forward(self, x):
        return max_pool_same(F.relu(self.bn(self.conv(F.pad(x, self.pad)))), self.pool)


class Dl4mir(nn.Module):
    """The front end: 625 frames of kapre 0.1, decibels below the maximum of each example."""

    def __init__(self, n_fft, hop, n_mels):
        super().__init__()
        self.sample_rate, self.samples = 16000, 160256
        self.spec = Mel(16000, n_fft, hop, n_mels, None)

    def features(self, x):
        level = decibels(self.spec(x))
        return (level - level.amax(dim=(1, 2), keepdim=True)).unsqueeze(1)


def case(network, make, bands, rules, **options):
    """A training run on 61 frames: no pooling divides them."""
    return dict(network=network, samples=60 * 128 + 256, names="own", rules=rules, make=make,
                options=options | {"n_fft": 256, "hop_length": 128, "n_mels": bands},
                made_with=options | {"n_fft": 256, "hop": 128, "n_mels": bands})
