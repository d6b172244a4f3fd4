"""The networks of models/ written plainly in PyTorch, with the published parameter names, for the comparison with ours:
in speed (pytorch_models.py), in numbers (tests/golden/make_training.py) and in training (train_pytorch.py)."""

import numpy
import torch
from torch import nn
import torch.nn.functional as F

from layers import (BertBlock, Conv1dBlock, Conv2dBlock, FeedForward, JointAttention, LogMel, PreNorm, ResidualBlock,
                    ResidualSeBlock)


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


class SampleLevel(nn.Module):
    """Eleven blocks on samples [N, 59049], and a head."""

    def __init__(self, block, c, hidden, labels, dropout):
        super().__init__()
        widths = [1, c, c, c] + [2 * c] * 6 + [4 * c] * 2
        for i, (inputs, outputs) in enumerate(zip(widths, widths[1:]), 1):
            kernel, stride, pool = (3, 3, 1) if i == 1 else (1, 1, 1) if i == 11 else (3, 1, 3)
            setattr(self, f"layer{i}", block(inputs, outputs, kernel, stride, pool))
        self.hidden = hidden
        if hidden:
            self.dense1 = nn.Linear(4 * c, 4 * c)
            self.bn = nn.BatchNorm1d(4 * c)
        self.dropout = nn.Dropout(dropout)
        setattr(self, "dense2" if hidden else "dense", nn.Linear(4 * c, labels))

    def features(self, x):
        return x.unsqueeze(1)

    def logits(self, x):
        for i in range(1, 12):
            x = getattr(self, f"layer{i}")(x)
        x = x.squeeze(2)
        if self.hidden:
            return self.dense2(self.dropout(F.relu(self.bn(self.dense1(x)))))
        return self.dense(self.dropout(x))

    def forward(self, x):
        return self.logits(self.features(x))


class Cnnsa(Network):
    def __init__(self, blocks, width, labels, heads, depth, dropout, block_dropout, attention_dropout):
        super().__init__(16000, 128, blocks)
        token = torch.from_numpy(numpy.random.RandomState(0).rand(width)).float()
        self.register_buffer("token", token, persistent=False)
        layers = [BertBlock(width, heads, block_dropout, attention_dropout) for _ in range(depth)]
        self.encoder = nn.ModuleDict({"layer": nn.Sequential(*layers)})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(width, width)})
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(width, labels)

    def logits(self, x):
        x = self.body(x).squeeze(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], 1, -1), x], dim=1)
        x = torch.tanh(self.pooler["dense"](self.encoder["layer"](x)[:, 0]))
        return self.dense(self.dropout(x))


class TransformerFrontend(nn.Module):
    def __init__(self, c, width):
        super().__init__()
        self.input_bn = nn.BatchNorm2d(1)
        self.layer1 = ResidualBlock(1, c, 1, (2, 2))
        self.layer2 = ResidualBlock(c, c, 1, (2, 2))
        self.layer3 = ResidualBlock(c, c, 1, (2, 1))
        self.fc = nn.Linear(16 * c, width)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.input_bn(x))))
        return self.fc(x.permute(0, 3, 1, 2).flatten(2))


class MusicTaggingTransformer(nn.Module):
    def __init__(self, c, width, labels, heads, depth, positions, dropout):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.randn(1, positions + 1, width))
        self.cls_token = nn.Parameter(torch.randn(width))
        self.spec = LogMel(22050, 128, n_fft=1024, hop=512)
        self.frontend = TransformerFrontend(c, width)
        self.dropout = nn.Dropout(dropout)
        layers = [nn.Sequential(PreNorm(width, JointAttention(width, heads, dropout)), PreNorm(width, FeedForward(width, dropout)))
                  for _ in range(depth)]
        self.transformer = nn.ModuleDict({"layers": nn.Sequential(*layers)})
        self.mlp_head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, labels))

    def features(self, x):
        return self.spec(x)

    def logits(self, x):
        x = self.frontend(x)
        x = torch.cat([self.cls_token.expand(x.shape[0], 1, -1), x], dim=1)
        x = self.dropout(x + self.pos_embedding[:, :x.shape[1]])
        return self.mlp_head(self.transformer["layers"](x)[:, 0])

    def forward(self, x):
        return self.logits(self.features(x))


class Crnn(Network):
    def __init__(self, blocks, width, labels, dropout, units, layers, n_mels=96):
        super().__init__(16000, n_mels, blocks)
        self.layer5 = nn.GRU(width, units, layers, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(units, labels)

    def logits(self, x):
        x = self.body(x).squeeze(2).transpose(1, 2)
        return self.dense(self.dropout(self.layer5(x)[0][:, -1]))


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


def crnn(labels=50, c=64, dropout=0.5, units=32, layers=2):
    blocks = chain([c, 2 * c, 2 * c, 2 * c], lambda i, o, k: Conv2dBlock(i, o, [2, 3, 4, 4][k]))
    return Crnn(blocks, 2 * c, labels, dropout, units, layers)


def combined_recurrent(labels=50, c=64, dropout=0.5, units=32, layers=2):
    """The network `combined` with model.front = log_mel and model.back = recurrent."""
    pools = [(2, 2), (3, 2), (4, 2), (4, 1)]
    blocks = chain([c, 2 * c, 2 * c, 2 * c], lambda i, o, k: Conv2dBlock(i, o, pools[k]))
    return Crnn(blocks, 2 * c, labels, dropout, units, layers, n_mels=128)


def short_chunk_cnn(labels=50, c=128, dropout=0.5):
    widths = [c, c, 2 * c, 2 * c, 2 * c, 2 * c, 4 * c]
    return ShortChunk(chain(widths, lambda i, o, k: Conv2dBlock(i, o, 2)), 4 * c, labels, dropout)


def short_chunk_cnn_res(labels=50, c=128, dropout=0.5):
    widths = [c, c, 2 * c, 2 * c, 2 * c, 2 * c, 4 * c]
    return ShortChunk(chain(widths, lambda i, o, k: ResidualBlock(i, o)), 4 * c, labels, dropout)


def sample_cnn(labels=50, c=128, dropout=0.5):
    return SampleLevel(Conv1dBlock, c, False, labels, dropout)


def sample_cnn_se(labels=50, c=128, dropout=0.5):
    return SampleLevel(ResidualSeBlock, c, True, labels, dropout)


def cnnsa(labels=50, c=128, dropout=0.5, block_dropout=0.4, attention_dropout=0.5):
    strides = [(2, 2)] * 3 + [(2, 1)] * 4
    blocks = chain([c] * 2 + [2 * c] * 5, lambda i, o, k: ResidualBlock(i, o, strides[k]))
    return Cnnsa(blocks, 2 * c, labels, 8, 2, dropout, block_dropout, attention_dropout)


def music_tagging_transformer(labels=50, c=128, dropout=0.1, width=256):
    return MusicTaggingTransformer(c, width, labels, 8, 4, 512, dropout)


class Filters(nn.Module):
    """Convolution, norm and ReLU of musicnn: over frequency and a few frames, then the maximum over frequency; or over time."""

    def __init__(self, conv, bn):
        super().__init__()
        self.conv, self.bn = conv, bn

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def tall_filters(outputs, bands):
    return Filters(nn.Conv2d(1, outputs, (bands, 7), padding=(0, 3)), nn.BatchNorm2d(outputs))


def long_filters(inputs, outputs, frames):
    return Filters(nn.Conv1d(inputs, outputs, frames, padding=frames // 2), nn.BatchNorm1d(outputs))


class Musicnn(nn.Module):
    """Pons et al. (2018) in the form of Won et al. (2020); filters and units keep their proportion to c = 64 unless given."""

    def __init__(self, labels=50, c=64, dropout=0.5, filters=0, units=0):
        super().__init__()
        filters, units = filters or max(1, 51 * c // 64), units or max(1, 200 * c // 64)
        self.spec = LogMel(16000, 96)
        self.spec_bn = nn.BatchNorm2d(1)
        self.layers = nn.ModuleList([tall_filters(4 * filters, 67), tall_filters(4 * filters, 38)] +
                                    [long_filters(1, filters, frames) for frames in (129, 65, 33)])
        self.layer1 = long_filters(11 * filters, c, 7)
        self.layer2 = long_filters(c, c, 7)
        self.layer3 = long_filters(c, c, 7)
        self.dense1 = nn.Linear(2 * (11 * filters + 3 * c), units)
        self.bn = nn.BatchNorm1d(units)
        self.dropout = nn.Dropout(dropout)
        self.dense2 = nn.Linear(units, labels)

    def features(self, x):
        return self.spec(x)

    def logits(self, x):
        x = self.spec_bn(x)
        bands = x.mean(dim=2)
        fronts = [layer(x).amax(dim=2) for layer in self.layers[:2]] + [layer(bands) for layer in self.layers[2:]]
        x = torch.cat(fronts, dim=1)
        first = self.layer1(x)
        second = self.layer2(first) + first
        third = self.layer3(second) + second
        x = torch.cat([x, first, second, third], dim=1)
        x = torch.cat([x.amax(dim=2), x.mean(dim=2)], dim=1)
        return self.dense2(self.dropout(F.relu(self.bn(self.dense1(x)))))

    def forward(self, x):
        return self.logits(self.features(x))


NETWORKS = {
    "crnn": (crnn, 464000),
    "fcn": (fcn, 464000),
    "fcn4": (fcn4, 349440),
    "short_chunk_cnn": (short_chunk_cnn, 59049),
    "short_chunk_cnn_res": (short_chunk_cnn_res, 59049),
    "sample_cnn": (sample_cnn, 59049),
    "sample_cnn_se": (sample_cnn_se, 59049),
    "cnnsa": (cnnsa, 240000),
    "music_tagging_transformer": (music_tagging_transformer, 220500),
    "musicnn": (Musicnn, 48000),
}
