"""The networks of Lachmish (2016), written plainly in PyTorch."""

import math

import torch
from torch import nn
import torch.nn.functional as F

from classic_layers import Mel, decibels


class Block(nn.Module):
    """Convolution and maximum with TensorFlow's padding SAME: [N, C, F, T]."""

    def __init__(self, inputs, outputs, pool):
        super().__init__()
        self.conv, self.pool = nn.Conv2d(inputs, outputs, 4), pool

    def forward(self, x):
        x = F.relu(self.conv(F.pad(x, (1, 2, 1, 2))))
        missing_f, missing_t = (-extent % self.pool for extent in x.shape[2:])
        sides = (missing_t // 2, missing_t - missing_t // 2, missing_f // 2, missing_f - missing_f // 2)
        return F.max_pool2d(F.pad(x, sides, value=-math.inf), self.pool)


class Lachmish(nn.Module):
    """Windows of 2,205 samples every 882, and frames of each."""

    def __init__(self, n_fft, hop, n_mels, windows):
        super().__init__()
        self.sample_rate, self.samples, self.frames = 22050, 2205 + 882 * (windows - 1), 1 + 2205 // hop
        self.spec = Mel(22050, n_fft, hop, n_mels)

    def bands(self, x):
        """[N windows, bands, frames]"""
        return self.spec(x.unfold(1, 2205, 882).flatten(0, 1))

    def features(self, x):
        """[N, bands, windows frames]"""
        levels = self.levels(self.bands(x)).unflatten(0, (x.shape[0], -1))
        return levels.permute(0, 2, 1, 3).flatten(2)

    def body(self, prefix, widths, bands, windows, units, labels, dropout, block_dropout):
        pools = (4, 2, 2)[:len(widths)]
        self.blocks = [f"{prefix}{i + 1}" for i in range(len(widths))]
        for name, inputs, outputs, pool in zip(self.blocks, (self.frames, *widths), widths, pools):
            setattr(self, name, Block(inputs, outputs, pool))
            bands, windows = -(-bands // pool), -(-windows // pool)
        self.block_dropout, self.dropout = nn.Dropout(block_dropout), nn.Dropout(dropout)
        self.dense1 = nn.Linear(bands * windows * widths[-1], units)
        self.dense2 = nn.Linear(units, labels)

    def logits(self, x):
        x = self.values(x).unflatten(2, (-1, self.frames)).permute(0, 3, 1, 2)  # [N, frames, values, windows]
        for name in self.blocks:
            x = self.block_dropout(getattr(self, name)(x))
        return self.dense2(self.dropout(F.relu(self.dense1(x.permute(0, 3, 2, 1).flatten(1)))))


class LachmishCnn(Lachmish):
    def __init__(self, labels=10, c=149, dropout=0.25, block_dropout=0.25, channels2=73, channels3=35, units=8192, n_fft=2048,
                 hop=2048, n_mels=128, windows=599):
        super().__init__(n_fft, hop, n_mels, windows)
        self.body("layer", (c, channels2, channels3), n_mels, windows, units, labels, dropout, block_dropout)

    def levels(self, bands):
        return bands

    def values(self, x):
        return x


class LachmishMfcc(Lachmish):
    def __init__(self, labels=10, c=149, dropout=0.25, block_dropout=0.25, channels2=73, units=1024, n_mfcc=13, n_fft=2048, hop=512,
                 n_mels=128, windows=599):
        super().__init__(n_fft, hop, n_mels, windows)
        self.body("cepstral", (c, channels2), n_mfcc, windows, units, labels, dropout, block_dropout)
        angles = torch.outer(torch.arange(n_mfcc, dtype=torch.float64), torch.arange(n_mels, dtype=torch.float64) + 0.5)
        cosines = torch.cos(math.pi / n_mels * angles) * math.sqrt(2 / n_mels)
        cosines[0] /= math.sqrt(2)
        self.register_buffer("cosines", cosines, persistent=False)

    def levels(self, bands):
        level = decibels(bands)
        return level - level.amax(dim=(1, 2), keepdim=True)

    def values(self, x):
        return torch.matmul(self.cosines.to(x.dtype), x)


# 21 windows of 3 frames.
SMALL = {"n_fft": 256, "n_mels": 16, "units": 6, "channels2": 3, "block_dropout": 0.0}
MADE = SMALL | {"hop": 1024, "windows": 21}
CASES = {
    "lachmish_cnn": dict(network="lachmish_cnn", samples=2205 + 882 * 20, options=SMALL | {"hop_length": 1024, "channels3": 3},
                         made_with=MADE | {"channels3": 3}, names="own", rules=("adam", "adamw"), rate_scales=(10, 2, 0.5), make=LachmishCnn),
    "lachmish_mfcc": dict(network="lachmish_mfcc", samples=2205 + 882 * 20, options=SMALL | {"hop_length": 1024, "n_mfcc": 9},
                          made_with=MADE | {"n_mfcc": 9}, names="own", rules=("adam", "adamw"), rate_scales=(10, 2, 0.5), make=LachmishMfcc),
}
OUTPUTS = {
    "lachmish_cnn": dict(network="lachmish_cnn", make=LachmishCnn, labels=10, parameters=87472939),
    "lachmish_mfcc": dict(network="lachmish_mfcc", make=LachmishMfcc, labels=10, parameters=11410248),
}
