"""The networks of models/ written plainly in PyTorch, with the published parameter names, for the comparison with ours,
in speed (pytorch_models.py) and in numbers (tests/golden/make_training.py)."""

import math

import torch
from torch import nn
import torch.nn.functional as F


def htk_filter_bank(sample_rate, n_fft, n_mels, f_min, f_max):
    """Triangles of height 1, equally spaced on the HTK mel scale: [bins, bands]."""
    mel = lambda f: 2595.0 * math.log10(1.0 + f / 700.0)
    points = torch.linspace(mel(f_min), mel(f_max), n_mels + 2, dtype=torch.float64)
    points = 700.0 * (10.0 ** (points / 2595.0) - 1.0)
    bins = torch.linspace(0, sample_rate / 2, n_fft // 2 + 1, dtype=torch.float64)[:, None]
    rising = (bins - points[:-2]) / (points[1:-1] - points[:-2])
    falling = (points[2:] - bins) / (points[2:] - points[1:-1])
    return torch.clamp(torch.minimum(rising, falling), min=0).float()


class LogMel(nn.Module):
    """Waveforms [N, samples] -> dB maps [N, 1, bands, frames]."""

    def __init__(self, sample_rate, n_mels, n_fft=512, hop=256):
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        bank = htk_filter_bank(sample_rate, n_fft, n_mels, 0.0, sample_rate / 2)
        self.register_buffer("bank", bank, persistent=False)

    def forward(self, x):
        spectrum = torch.stft(x, self.n_fft, self.hop, window=self.window, center=True, pad_mode="reflect",
                              return_complex=True)
        power = spectrum.real.square() + spectrum.imag.square()
        mel = torch.matmul(power.transpose(1, 2), self.bank).transpose(1, 2)
        return 10.0 * torch.log10(torch.clamp(mel, min=1e-10)).unsqueeze(1)


class Conv2dBlock(nn.Module):
    def __init__(self, inputs, outputs, pool):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.bn = nn.BatchNorm2d(outputs)
        self.pool = pool

    def forward(self, x):
        return F.max_pool2d(F.relu(self.bn(self.conv(x))), self.pool)


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, stride=2):
        super().__init__()
        self.conv_1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.bn_1 = nn.BatchNorm2d(outputs)
        self.conv_2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn_2 = nn.BatchNorm2d(outputs)
        self.conv_3 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.bn_3 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        hidden = F.relu(self.bn_1(self.conv_1(x)))
        return F.relu(self.bn_3(self.conv_3(x)) + self.bn_2(self.conv_2(hidden)))


class Network(nn.Module):
    """Front end, input norm (unless `input_norm` is off), layer1…layerN, and a head."""

    def __init__(self, sample_rate, n_mels, blocks, input_norm=True):
        super().__init__()
        self.spec = LogMel(sample_rate, n_mels)
        self.spec_bn = nn.BatchNorm2d(1) if input_norm else nn.Identity()
        self.depth = len(blocks)
        for i, block in enumerate(blocks, 1):
            setattr(self, f"layer{i}", block)

    def features(self, x):
        return self.spec(x)

    def body(self, x):
        x = self.spec_bn(x)
        for i in range(1, self.depth + 1):
            x = getattr(self, f"layer{i}")(x)
        return x

    def forward(self, x):
        return self.logits(self.features(x))


class FullyConvolutional(Network):
    def __init__(self, sample_rate, blocks, width, labels, dropout, input_norm):
        super().__init__(sample_rate, 96, blocks, input_norm)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(width, labels)

    def logits(self, x):
        return self.dense(self.dropout(self.body(x).flatten(1)))


class ShortChunk(Network):
    def __init__(self, blocks, width, labels, dropout=0.5):
        super().__init__(16000, 128, blocks)
        self.dense1 = nn.Linear(width, width)
        self.bn = nn.BatchNorm1d(width)
        self.dropout = nn.Dropout(dropout)
        self.dense2 = nn.Linear(width, labels)

    def logits(self, x):
        x = self.body(x).squeeze(2).amax(dim=2)
        return self.dense2(self.dropout(F.relu(self.bn(self.dense1(x)))))


def chain(widths, make):
    return [make(i, o, k) for k, (i, o) in enumerate(zip([1] + widths[:-1], widths))]


def fcn(labels=50, c=64, dropout=0.5):
    pools = [(2, 4), (2, 4), (2, 4), (3, 5), (4, 4)]
    blocks = chain([c, 2 * c, 2 * c, 2 * c, c], lambda i, o, k: Conv2dBlock(i, o, pools[k]))
    return FullyConvolutional(16000, blocks, c, labels, dropout, input_norm=True)


def fcn4(labels=50, c=128, dropout=0.0):
    pools = [(2, 4), (4, 5), (3, 8), (4, 8)]
    blocks = chain([c, 3 * c, 6 * c, 16 * c], lambda i, o, k: Conv2dBlock(i, o, pools[k]))
    return FullyConvolutional(12000, blocks, 16 * c, labels, dropout, input_norm=False)


def short_chunk_cnn(labels=50, c=128, dropout=0.5):
    widths = [c, c, 2 * c, 2 * c, 2 * c, 2 * c, 4 * c]
    return ShortChunk(chain(widths, lambda i, o, k: Conv2dBlock(i, o, 2)), 4 * c, labels, dropout)


def short_chunk_cnn_res(labels=50, c=128, dropout=0.5):
    widths = [c, c, 2 * c, 2 * c, 2 * c, 2 * c, 4 * c]
    return ShortChunk(chain(widths, lambda i, o, k: ResidualBlock(i, o)), 4 * c, labels, dropout)


NETWORKS = {
    "fcn": (fcn, 464000),
    "fcn4": (fcn4, 349440),
    "short_chunk_cnn": (short_chunk_cnn, 59049),
    "short_chunk_cnn_res": (short_chunk_cnn_res, 59049),
}
