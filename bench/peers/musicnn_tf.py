"""The networks of the musicnn library as modules that can be trained, for train_pytorch.py. musicnn_library.py computes them from
published variables.

Maps are [N, channels, frames, bands]. Every convolution is followed by ReLU and then by a batch norm (eps 0.001, decay 0.99).
"""

import librosa
import torch
from torch import nn
import torch.nn.functional as F

from pons import NORM


class LogMelPatch(nn.Module):
    """Waveforms [N, samples] -> log10(10000 x + 1) of mel bands in float16, [N, 1, frames, bands]; frames begin on their sample."""

    def __init__(self, sample_rate=16000, n_fft=512, hop=256, n_mels=96):
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        bank = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.register_buffer("bank", torch.from_numpy(bank), persistent=False)

    def forward(self, x):
        spectrum = torch.stft(x, self.n_fft, self.hop, window=self.window, center=False, return_complex=True)
        bands = torch.matmul(self.bank, spectrum.real.square() + spectrum.imag.square())
        return torch.log10(10000 * bands.half().to(x.dtype) + 1).transpose(1, 2).unsqueeze(1)


class FilterBank(nn.Module):
    """Filters of `frames` x `bands`, ReLU and norm, then the maximum over frequency: -> [N, outputs, frames]."""

    def __init__(self, outputs, frames, bands):
        super().__init__()
        self.pad = (0, 0, (frames - 1) // 2, frames // 2)
        self.conv = nn.Conv2d(1, outputs, (frames, bands))
        self.bn = nn.BatchNorm2d(outputs, **NORM)

    def forward(self, x):
        return self.bn(F.relu(self.conv(F.pad(x, self.pad)))).amax(dim=3)


class OverTime(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, 7, padding=3)
        self.bn = nn.BatchNorm1d(outputs, **NORM)

    def forward(self, x):
        return self.bn(F.relu(self.conv(x)))


class MusicnnTf(nn.Module):
    """Filters and units keep their proportion to c = 64."""

    SHAPES = ((4, 7, 38), (4, 7, 67), (1, 128, 1), (1, 64, 1), (1, 32, 1))

    def __init__(self, labels=50, c=64, dropout=0.5):
        super().__init__()
        filters, units = max(1, 51 * c // 64), max(1, 200 * c // 64)
        self.spec = LogMelPatch()
        self.input_bn = nn.BatchNorm2d(1, **NORM)
        self.front = nn.ModuleList(FilterBank(share * filters, frames, bands) for share, frames, bands in self.SHAPES)
        self.cnn1, self.cnn2, self.cnn3 = OverTime(11 * filters, c), OverTime(c, c), OverTime(c, c)
        pooled = 2 * (11 * filters + 3 * c)
        self.pool_bn = nn.BatchNorm1d(pooled, **NORM)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(pooled, units)
        self.dense_bn = nn.BatchNorm1d(units, **NORM)
        self.dense_1 = nn.Linear(units, labels)

    def forward(self, x):
        x = self.input_bn(self.spec(x))
        features = torch.cat([filters(x) for filters in self.front], dim=1)
        first = self.cnn1(features)
        second = self.cnn2(first) + first
        third = self.cnn3(second) + second
        every = torch.cat([features, first, second, third], dim=1)
        pooled = self.pool_bn(torch.cat([every.amax(dim=2), every.mean(dim=2)], dim=1))
        hidden = self.dense_bn(F.relu(self.dense(self.dropout(pooled))))
        return self.dense_1(self.dropout(hidden))


class VggBlock(nn.Module):
    def __init__(self, inputs, outputs, pool, stride):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.bn = nn.BatchNorm2d(outputs, **NORM)
        self.pool, self.stride = pool, stride

    def forward(self, x):
        return F.max_pool2d(self.bn(F.relu(self.conv(x))), self.pool, self.stride)


class VggTf(nn.Module):
    """On patches of 187 frames, of which the poolings leave two positions."""

    POOLS = (((4, 1), 2), (2, 2), (2, 2), (2, 2), (4, 4))

    def __init__(self, labels=50, c=128, block_dropout=0.25, dropout=0.5):
        super().__init__()
        self.spec = LogMelPatch()
        self.input_bn = nn.BatchNorm2d(1, **NORM)
        self.blocks = nn.ModuleList(VggBlock(c if i else 1, c, *pool) for i, pool in enumerate(self.POOLS))
        self.block_dropout, self.dropout = nn.Dropout(block_dropout), nn.Dropout(dropout)
        self.dense = nn.Linear(2 * c, labels)

    def forward(self, x):
        x = self.input_bn(self.spec(x))
        for i, block in enumerate(self.blocks):
            x = block(self.block_dropout(x) if i else x)
        return self.dense(self.dropout(x.flatten(1)))
