"""The networks of Pons et al. (ISMIR 2018) written plainly in PyTorch, with the names of ours; members of networks.NETWORKS once
imported.

Every convolution is followed by ReLU and then by a batch norm (eps 0.001, decay 0.99), as in the published code for TensorFlow 1.
"""

import librosa
import torch
from torch import nn
import torch.nn.functional as F

from networks import NETWORKS

NORM = {"eps": 1e-3, "momentum": 0.01}


class LogMel(nn.Module):
    """Waveforms [N, samples] -> log10(10000 x + 1) of mel bands with equal areas, [N, 1, bands, frames]."""

    def __init__(self, n_mels, sample_rate=16000, n_fft=512, hop=256, center=True):
        super().__init__()
        self.n_fft, self.hop, self.center = n_fft, hop, center
        bank = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels, fmax=sample_rate / 2)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.register_buffer("bank", torch.from_numpy(bank), persistent=False)

    def forward(self, x):
        spectrum = torch.stft(x, self.n_fft, self.hop, window=self.window, center=self.center, pad_mode="reflect",
                              return_complex=True)
        power = spectrum.real.square() + spectrum.imag.square()
        return torch.log10(10000 * torch.matmul(self.bank, power) + 1).unsqueeze(1)


class Unit1d(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, pad=(0, 0), pool=1):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, stride=stride)
        self.bn = nn.BatchNorm1d(outputs, **NORM)
        self.pad, self.pool = pad, pool

    def forward(self, x):
        y = self.bn(F.relu(self.conv(F.pad(x, self.pad))))
        return F.max_pool1d(y, self.pool) if self.pool > 1 else y


class Timbral(nn.Module):
    def __init__(self, outputs, frames, bands):
        super().__init__()
        self.conv = nn.Conv2d(1, outputs, (bands, frames), padding=(0, frames // 2))
        self.bn = nn.BatchNorm2d(outputs, **NORM)

    def forward(self, x):
        return self.bn(F.relu(self.conv(x))).max(dim=2).values


class Activated(nn.Module):
    """A convolution over time and ReLU, without a norm of its own."""

    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 7, padding=3)

    def forward(self, x):
        return F.relu(self.conv(x))


class BackEnd(nn.Module):
    def __init__(self, features, filters, units, labels, dropout):
        super().__init__()
        self.conv1 = Unit1d(features, filters, 7)
        self.conv2 = Activated(filters)
        self.bn2 = nn.BatchNorm2d(1, **NORM)
        self.conv3 = Activated(filters)
        self.bn3 = nn.BatchNorm2d(1, **NORM)
        self.dropout = nn.Dropout(dropout)
        self.dense1 = nn.Linear(2 * filters, units)
        self.bn = nn.BatchNorm1d(units, **NORM)
        self.dense2 = nn.Linear(units, labels)

    def forward(self, x):
        first = self.conv1(x)
        second = self.bn2(self.conv2(first).unsqueeze(1)).squeeze(1) + first
        halved = F.max_pool1d(second, 2)
        third = self.bn3(self.conv3(halved).unsqueeze(1)).squeeze(1) + halved
        pooled = torch.stack([third.max(dim=2).values, third.mean(dim=2)], dim=2).flatten(1)
        hidden = self.bn(F.relu(self.dense1(self.dropout(pooled))))
        return self.dense2(self.dropout(hidden))


class WaveformFront(nn.Module):
    def __init__(self, layers, width):
        super().__init__()
        self.depth, inputs = layers, 1
        for i in range(layers):
            outputs = width if i < 3 else 2 * width if i + 1 < layers else 4 * width
            setattr(self, f"conv{i}", Unit1d(inputs, outputs, 3, stride=1 if i else 3, pool=3 if i else 1))
            inputs = outputs

    def forward(self, x):
        for i in range(self.depth):
            x = getattr(self, f"conv{i}")(x)
        return x


class SpectrogramFront(nn.Module):
    def __init__(self, bands, width):
        super().__init__()
        shapes = [(frames, int(share * bands)) for share in (0.9, 0.4) for frames in (7, 3, 1)]
        for i, (frames, height) in enumerate(shapes):
            setattr(self, f"timbral{i + 1}", Timbral(width * 2 ** (i % 3), frames, height))
        for i, frames in enumerate((165, 128, 64, 32)):
            pad = ((frames - 1) // 2, frames // 2)
            setattr(self, f"temporal{i + 1}", Unit1d(1, width * 2**i, frames, pad=pad))

    def forward(self, x):
        parts = [getattr(self, f"timbral{i}")(x) for i in range(1, 7)]
        energy = x.mean(dim=2)
        parts += [getattr(self, f"temporal{i}")(energy) for i in range(1, 5)]
        return torch.cat(parts, dim=1)


class PonsWaveform(nn.Module):
    def __init__(self, labels=50, layers=7, channels=64, back_filters=512, units=500, dropout=0.5):
        super().__init__()
        self.front = WaveformFront(layers, channels)
        self.back = BackEnd(4 * channels, back_filters, units, labels, dropout)

    def features(self, x):
        return x.unsqueeze(1)

    def logits(self, features):
        return self.back(self.front(features))

    def forward(self, x):
        return self.logits(self.features(x))


class PonsSpectrogram(nn.Module):
    def __init__(self, labels=50, channels=16, back_filters=512, units=500, n_mels=96, dropout=0.5):
        super().__init__()
        self.spec = LogMel(n_mels)
        self.front = SpectrogramFront(n_mels, channels)
        self.back = BackEnd(29 * channels, back_filters, units, labels, dropout)

    def features(self, x):
        return self.spec(x)

    def logits(self, features):
        return self.back(self.front(features))

    def forward(self, x):
        return self.logits(self.features(x))


NETWORKS["pons_waveform"] = (PonsWaveform, 240000)
NETWORKS["pons_spectrogram"] = (PonsSpectrogram, 240000)
