"""The networks of models/ written plainly in PyTorch, with the published parameter names, for the comparison with ours,
in speed (pytorch_models.py) and in numbers (tests/golden/make_training.py)."""

import math

import numpy
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
    def __init__(self, blocks, width, labels, dropout, units, layers):
        super().__init__(16000, 96, blocks)
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
