"""The networks of CVxTz (2020), written plainly in PyTorch."""

import math

import torch
from torch import nn
import torch.nn.functional as F

from classic_layers import Mel


class Cvxtz(nn.Module):
    """Front end, and the head behind the steps."""

    def __init__(self, n_fft, hop, n_mels):
        super().__init__()
        self.sample_rate, self.samples = 16000, 480000
        self.spec = Mel(16000, n_fft, hop, n_mels)

    def head(self, width, units, labels, dropout):
        self.dropout = nn.Dropout(dropout)
        self.dense1, self.dense2 = nn.Linear(width, units), nn.Linear(units, labels)

    def features(self, x):
        """Decibels below the maximum of the chunk, at least -80: [N, bands, frames]."""
        level = 10 * torch.log10(torch.clamp(self.spec(x), min=1e-10))
        return torch.clamp(level - level.amax(dim=(1, 2), keepdim=True), min=-80)

    def logits(self, x):
        steps = self.body(((x + 40) / 40).transpose(1, 2))
        return self.dense2(F.selu(self.dense1(self.dropout(steps).mean(dim=1))))


class Gru(nn.GRU):
    def forward(self, x):
        return super().forward(x)[0]


class CvxtzGru(Cvxtz):
    def __init__(self, labels=163, c=128, dropout=0.2, depth=2, units=652, n_fft=2048, hop=512, n_mels=128):
        super().__init__(n_fft, hop, n_mels)
        self.gru = Gru(n_mels, c, num_layers=depth, bidirectional=True, batch_first=True)
        self.head(2 * c, units, labels, dropout)

    def body(self, x):
        return self.gru(x)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        q, k, v = (dense(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for dense in (self.query, self.key, self.value))
        weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.shape[3]), dim=3)
        return self.out((weights @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width, heads, feed_forward, dropout):
        super().__init__()
        self.attention, self.norm_1 = Attention(width, heads), nn.LayerNorm(width, eps=1e-6)
        self.linear_1, self.linear_2 = nn.Linear(width, feed_forward), nn.Linear(feed_forward, width)
        self.norm_2 = nn.LayerNorm(width, eps=1e-6)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.norm_1(x + self.dropout(self.attention(x)))
        return self.norm_2(x + self.dropout(self.linear_2(F.relu(self.linear_1(x)))))


class CvxtzTransformer(Cvxtz):
    def __init__(self, labels=163, c=256, dropout=0.2, block_dropout=0.3, heads=8, depth=4, units=652, n_fft=2048, hop=512,
                 n_mels=128):
        super().__init__(n_fft, hop, n_mels)
        self.block_dropout = nn.Dropout(block_dropout)
        self.encoder = nn.ModuleList(Block(n_mels, heads, c, block_dropout) for _ in range(depth))
        self.head(n_mels, units, labels, dropout)

    def body(self, x):
        width = x.shape[2]
        position = torch.arange(x.shape[1], dtype=torch.float64).unsqueeze(1)
        angles = position / 10000 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
        positions = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)
        x = self.block_dropout(math.sqrt(width) * x + positions.to(x.dtype))
        for block in self.encoder:
            x = block(x)
        return x


SMALL = {"n_fft": 256, "n_mels": 16, "units": 7, "depth": 2}
CASES = {
    "cvxtz_gru": dict(network="cvxtz_gru", samples=30 * 128, options=SMALL | {"hop_length": 128}, made_with=SMALL | {"hop": 128},
                      names="own", rules=("adam", "adamw"), rate_scales=(10,), make=CvxtzGru),
    "cvxtz_transformer": dict(network="cvxtz_transformer", samples=30 * 128,
                              options=SMALL | {"hop_length": 128, "heads": 2, "block_dropout": 0.0},
                              made_with=SMALL | {"hop": 128, "heads": 2, "block_dropout": 0.0}, names="own", rate_scales=(2, 1),
                              make=CvxtzTransformer),
}
OUTPUTS = {
    "cvxtz_gru": dict(network="cvxtz_gru", make=CvxtzGru, labels=163, parameters=768595),
    "cvxtz_transformer": dict(network="cvxtz_transformer", make=CvxtzTransformer, labels=163, parameters=720467),
}
