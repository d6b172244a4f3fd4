"""Harmonic CNN written plainly in PyTorch, with the published parameter names; a member of networks.NETWORKS once imported."""

import math

import torch
from torch import nn
import torch.nn.functional as F

from layers import Conv2dBlock
from networks import NETWORKS


class HarmonicStft(nn.Module):
    """Spectra of waveforms, and the filters behind them, whose width is the parameter Q."""

    def __init__(self, sample_rate=16000, n_fft=512, hop=256, harmonics=6, per_semitone=2, lowest=24):
        super().__init__()
        self.n_fft, self.hop, self.harmonics = n_fft, hop, harmonics
        highest = round(69 + 12 * math.log2(sample_rate / (2 * harmonics) / 440))
        notes = torch.linspace(lowest, highest, (highest - lowest) * per_semitone + 1, dtype=torch.float64)[:-1]
        hz = 440.0 * 2.0 ** ((notes - 69) / 12)
        self.bw_Q = nn.Parameter(torch.ones(1))
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.register_buffer("f0", torch.cat([hz * (h + 1) for h in range(harmonics)]), persistent=False)
        bins = torch.linspace(0, sample_rate / 2, n_fft // 2 + 1, dtype=torch.float64)
        self.register_buffer("bins", bins, persistent=False)

    def spectrum(self, x):
        """[N, samples] -> power [N, 1, bins, frames]."""
        spectrum = torch.stft(x, self.n_fft, self.hop, window=self.window.to(x.dtype), center=True, pad_mode="reflect",
                              return_complex=True)
        return (spectrum.real.square() + spectrum.imag.square()).unsqueeze(1)

    def bank(self):
        """[bins, harmonics x filters]; in double, because rising and falling lines are differences of large numbers."""
        bandwidth = (0.1079 * self.f0.double() + 24.7) / self.bw_Q.double()
        bins = self.bins.double()[:, None]
        rising = bins * (2 / bandwidth) + 1 - 2 * self.f0.double() / bandwidth
        falling = bins * (-2 / bandwidth) + 1 + 2 * self.f0.double() / bandwidth
        return torch.clamp(torch.minimum(rising, falling), min=0)

    def forward(self, power):
        """-> decibels [N, harmonics, filters, frames]."""
        n, _, _, frames = power.shape
        filtered = torch.matmul(power[:, 0].transpose(1, 2), self.bank().to(power.dtype)).transpose(1, 2)
        return 10.0 * torch.log10(torch.clamp(filtered, min=1e-10)).reshape(n, self.harmonics, -1, frames)


class PooledResidualBlock(nn.Module):
    def __init__(self, width, pool):
        super().__init__()
        self.conv_1 = nn.Conv2d(width, width, 3, padding=1)
        self.bn_1 = nn.BatchNorm2d(width)
        self.conv_2 = nn.Conv2d(width, width, 3, padding=1)
        self.bn_2 = nn.BatchNorm2d(width)
        self.pool = pool

    def forward(self, x):
        hidden = self.bn_2(self.conv_2(F.relu(self.bn_1(self.conv_1(x)))))
        return F.max_pool2d(F.relu(x + hidden), self.pool)


class HarmonicCnn(nn.Module):
    def __init__(self, labels=50, c=128, dropout=0.5):
        super().__init__()
        self.hstft = HarmonicStft()
        self.hstft_bn = nn.BatchNorm2d(6)
        self.layer1 = Conv2dBlock(6, c, 2)
        self.layer2 = PooledResidualBlock(c, 2)
        self.layer3 = PooledResidualBlock(c, 2)
        self.layer4 = PooledResidualBlock(c, 2)
        self.layer5 = Conv2dBlock(c, 2 * c, 2)
        self.layer6 = PooledResidualBlock(2 * c, (2, 3))
        self.layer7 = PooledResidualBlock(2 * c, (2, 3))
        self.dense1 = nn.Linear(2 * c, 2 * c)
        self.bn = nn.BatchNorm1d(2 * c)
        self.dropout = nn.Dropout(dropout)
        self.dense2 = nn.Linear(2 * c, labels)

    def features(self, x):
        return self.hstft.spectrum(x)

    def logits(self, power):
        x = self.hstft_bn(self.hstft(power))
        for i in range(1, 8):
            x = getattr(self, f"layer{i}")(x)
        x = x.squeeze(2).amax(dim=2)
        return self.dense2(self.dropout(F.relu(self.bn(self.dense1(x)))))

    def forward(self, x):
        return self.logits(self.features(x))


NETWORKS["harmonic_cnn"] = (HarmonicCnn, 80000)
