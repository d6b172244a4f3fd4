"""Layers that the networks of networks.py share, written plainly in PyTorch, with the published parameter names."""

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
    def __init__(self, inputs, outputs, stride=2, pool=1):
        super().__init__()
        self.pool = pool
        self.conv_1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.bn_1 = nn.BatchNorm2d(outputs)
        self.conv_2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn_2 = nn.BatchNorm2d(outputs)
        self.projects = stride != 1 or inputs != outputs
        if self.projects:
            self.conv_3 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
            self.bn_3 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        around = self.bn_3(self.conv_3(x)) if self.projects else x
        hidden = F.relu(self.bn_1(self.conv_1(x)))
        y = F.relu(around + self.bn_2(self.conv_2(hidden)))
        return y if self.pool == 1 else F.max_pool2d(y, self.pool)


class Conv1dBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, pool):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, stride=stride, padding=kernel // 2)
        self.bn = nn.BatchNorm1d(outputs)
        self.pool = pool

    def forward(self, x):
        y = F.relu(self.bn(self.conv(x)))
        return y if self.pool == 1 else F.max_pool1d(y, self.pool)


class ResidualSeBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, pool):
        super().__init__()
        self.conv_1 = nn.Conv1d(inputs, outputs, kernel, stride=stride, padding=kernel // 2)
        self.bn_1 = nn.BatchNorm1d(outputs)
        self.conv_2 = nn.Conv1d(outputs, outputs, kernel, padding=kernel // 2)
        self.bn_2 = nn.BatchNorm1d(outputs)
        self.dense1 = nn.Linear(outputs, outputs)
        self.dense2 = nn.Linear(outputs, outputs)
        self.projects = stride != 1 or inputs != outputs
        if self.projects:
            self.conv_3 = nn.Conv1d(inputs, outputs, kernel, stride=stride, padding=kernel // 2)
            self.bn_3 = nn.BatchNorm1d(outputs)
        self.pool = pool

    def forward(self, x):
        around = self.bn_3(self.conv_3(x)) if self.projects else x
        a = self.bn_2(self.conv_2(F.relu(self.bn_1(self.conv_1(x)))))
        gate = torch.sigmoid(self.dense2(F.relu(self.dense1(a.mean(dim=2)))))
        y = F.relu(around + a * gate.unsqueeze(2))
        return y if self.pool == 1 else F.max_pool1d(y, self.pool)


def split_heads(x, heads):
    """[N, S, D] -> [N, heads, S, D / heads]"""
    return x.unflatten(2, (heads, -1)).transpose(1, 2)


class BertAttention(nn.Module):
    def __init__(self, width, heads, dropout, attention_dropout):
        super().__init__()
        self.heads, self.attention_dropout = heads, attention_dropout
        self.self = nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")})
        self.output = nn.ModuleDict({"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width, eps=1e-12)})
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        query, key, value = (split_heads(self.self[name](x), self.heads) for name in ("query", "key", "value"))
        dropout = self.attention_dropout if self.training else 0.0
        context = F.scaled_dot_product_attention(query, key, value, dropout_p=dropout).transpose(1, 2).flatten(2)
        return self.output["LayerNorm"](x + self.dropout(self.output["dense"](context)))


class BertBlock(nn.Module):
    def __init__(self, width, heads, dropout, attention_dropout):
        super().__init__()
        self.attention = BertAttention(width, heads, dropout, attention_dropout)
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, 4 * width)})
        self.output = nn.ModuleDict({"dense": nn.Linear(4 * width, width), "LayerNorm": nn.LayerNorm(width, eps=1e-12)})
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        a = self.attention(x)
        hidden = F.gelu(self.intermediate["dense"](a))
        return self.output["LayerNorm"](a + self.dropout(self.output["dense"](hidden)))


class PreNorm(nn.Module):
    """x + fn(norm(x)), the norm behind `fn` among the parameters."""

    def __init__(self, width, fn):
        super().__init__()
        self.fn = nn.ModuleDict({"fn": fn, "norm": nn.LayerNorm(width)})

    def forward(self, x):
        return x + self.fn["fn"](self.fn["norm"](x))


class JointAttention(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.to_qkv = nn.Linear(width, 3 * width, bias=False)
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Dropout(dropout))

    def forward(self, x):
        query, key, value = (split_heads(part, self.heads) for part in self.to_qkv(x).chunk(3, dim=2))
        return self.to_out(F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(4 * width, width),
                                 nn.Dropout(dropout))

    def forward(self, x):
        return self.net(x)
