"""The networks of the musicnn library as modules that train, with the names of ours, for make_training.py and train_pytorch.py.
musicnn_library.py has them on the variables of the published checkpoints. Members of networks.NETWORKS once imported."""

import torch
from torch import nn
import torch.nn.functional as F

from networks import NETWORKS
from pons import NORM, LogMel


class Unit(nn.Module):
    """Convolution, ReLU and norm. `pad`: zeros before and behind the last axis, the frames, then the others."""

    def __init__(self, conv, norm, pad=(0, 0)):
        super().__init__()
        self.conv, self.bn, self.pad = conv, norm, pad

    def forward(self, x):
        return self.bn(F.relu(self.conv(F.pad(x, self.pad))))


def filters(outputs, bands, frames):
    """Filters of `bands` x `frames` on maps [N, 1, F, T]; the frames stay."""
    pad = ((frames - 1) // 2, frames // 2)
    return Unit(nn.Conv2d(1, outputs, (bands, frames)), nn.BatchNorm2d(outputs, **NORM), pad)


def over_time(inputs, outputs):
    return Unit(nn.Conv1d(inputs, outputs, 7, padding=3), nn.BatchNorm1d(outputs, **NORM))


class MusicnnTf(nn.Module):
    def __init__(self, labels=50, c=64, dropout=0.5, filter_count=0, units=0):
        super().__init__()
        f, u = filter_count or max(1, 51 * c // 64), units or max(1, 200 * c // 64)
        self.spec = LogMel(96, center=False)
        self.input_bn = nn.BatchNorm2d(1, **NORM)
        self.short, self.tall = filters(4 * f, 38, 7), filters(4 * f, 67, 7)
        self.long, self.medium, self.brief = (filters(f, 1, frames) for frames in (128, 64, 32))
        self.cnn1, self.cnn2, self.cnn3 = over_time(11 * f, c), over_time(c, c), over_time(c, c)
        pooled = 2 * (11 * f + 3 * c)
        self.pool_bn = nn.BatchNorm1d(pooled, **NORM)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(pooled, u)
        self.dense_bn = nn.BatchNorm1d(u, **NORM)
        self.dense_1 = nn.Linear(u, labels)

    def features(self, x):
        return self.spec(x)

    def logits(self, x):
        x = self.input_bn(x)
        banks = (self.short, self.tall, self.long, self.medium, self.brief)
        features = torch.cat([bank(x).amax(dim=2) for bank in banks], dim=1)
        first = self.cnn1(features)
        second = self.cnn2(first) + first
        third = self.cnn3(second) + second
        every = torch.cat([features, first, second, third], dim=1)
        pooled = self.pool_bn(torch.cat([every.amax(dim=2), every.mean(dim=2)], dim=1))
        hidden = self.dense_bn(F.relu(self.dense(self.dropout(pooled))))
        return self.dense_1(self.dropout(hidden))

    def forward(self, x):
        return self.logits(self.features(x))


class VggTf(nn.Module):
    POOLS = (((1, 4), 2), (2, 2), (2, 2), (2, 2), (4, 4))

    def __init__(self, labels=50, c=128, dropout=0.5, block_dropout=0.25, frames=187):
        super().__init__()
        self.spec = LogMel(96, center=False)
        self.input_bn = nn.BatchNorm2d(1, **NORM)
        for i in range(1, 6):
            conv = nn.Conv2d(1 if i == 1 else c, c, 3, padding=1)
            setattr(self, f"block{i}", Unit(conv, nn.BatchNorm2d(c, **NORM)))
        self.block_dropout, self.dropout = nn.Dropout(block_dropout), nn.Dropout(dropout)
        left = (frames - 4) // 2 + 1
        for window, stride in ((2, 2), (2, 2), (2, 2), (4, 4)):
            left = (left - window) // stride + 1
        self.dense = nn.Linear(left * c, labels)

    def features(self, x):
        return self.spec(x)

    def logits(self, x):
        x = self.input_bn(x)
        for i, (window, stride) in enumerate(self.POOLS, 1):
            x = F.max_pool2d(getattr(self, f"block{i}")(x), window, stride)
            x = self.block_dropout(x) if i < 5 else x
        return self.dense(self.dropout(x.permute(0, 3, 2, 1).flatten(1)))

    def forward(self, x):
        return self.logits(self.features(x))


NETWORKS["musicnn_tf"] = (MusicnnTf, 48128)
NETWORKS["vgg_tf"] = (VggTf, 48128)
