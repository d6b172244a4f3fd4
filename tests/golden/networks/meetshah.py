"""The networks of Meet Shah (2017), written plainly in PyTorch."""

import torch
from torch import nn
import torch.nn.functional as F

from classic_layers import CHOI_POOLS, KERAS_NORM, ChoiBlock, KerasGru, Mel, decibels


class Block(ChoiBlock):
    def forward(self, x):
        return F.max_pool2d(F.relu(self.bn(self.conv(F.pad(x, self.pad)))), self.pool)


class Meetshah(nn.Module):
    """Front end, norm of frames, and blocks."""

    def __init__(self, widths, pools, block_dropout, frames=None):
        super().__init__()
        self.sample_rate, self.samples = 12000, 349440
        self.spec = Mel(12000, 512, 256, 96)
        if frames:
            self.frame_bn = nn.BatchNorm1d(frames, **KERAS_NORM)
        self.depth = len(widths)
        for i, (inputs, outputs, pool) in enumerate(zip((1, *widths), widths, pools), 1):
            setattr(self, f"layer{i}", Block(inputs, outputs, pool))
        self.block_dropout = nn.Dropout(block_dropout)

    def features(self, x):
        """Decibels of the square of the power: [N, 1, bands, frames]."""
        return decibels(self.spec(x).square()).unsqueeze(1)

    def normalised(self, x):
        return self.frame_bn(x.squeeze(1).transpose(1, 2)).transpose(1, 2).unsqueeze(1)

    def blocks(self, x):
        for i in range(1, self.depth + 1):
            x = getattr(self, f"layer{i}")(x)
            x = x if i == 5 else self.block_dropout(x)
        return x


class MeetshahCnn(Meetshah):
    def __init__(self, labels=10, c=32, dropout=0.5, block_dropout=0.5, frames=1366, input_norm="frames"):
        super().__init__((c, 4 * c, 4 * c, 6 * c, 8 * c), CHOI_POOLS, block_dropout)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(8 * c, labels)
        self.frame_bn = nn.BatchNorm1d(frames, **KERAS_NORM) if input_norm == "frames" else None

    def logits(self, x):
        x = self.blocks(x if self.frame_bn is None else self.normalised(x))
        return self.dense(self.dropout(x.flatten(1)))


class GruStack(nn.ModuleList):
    def __init__(self, depth, inputs, units):
        super().__init__(KerasGru(inputs if i == 0 else units, units, torch.sigmoid) for i in range(depth))

    def forward(self, x):
        for gru in self:
            x = gru(x)
        return x


class MeetshahCrnn(Meetshah):
    def __init__(self, labels=10, c=64, dropout=0.3, block_dropout=0.5, gru_units=32, gru_layers=15, frames=1440):
        super().__init__((c, 2 * c, 2 * c, 2 * c), ((2, 2), (3, 3), (4, 4), (4, 4)), block_dropout, frames)
        self.gru1, self.gru2 = GruStack(gru_layers, 2 * c, gru_units), GruStack(gru_layers, gru_units, gru_units)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(gru_units, labels)

    def logits(self, x):
        missing = -x.shape[-1] % 96
        x = self.blocks(self.normalised(F.pad(x, (missing // 2, missing - missing // 2))))
        return self.dense(self.dropout(self.gru2(self.gru1(x.squeeze(2).transpose(1, 2)))[:, -1]))


# 1,281 frames leave one position, 384 four steps.
CNN = {"block_dropout": 0.0, "input_norm": "none"}
CRNN = {"block_dropout": 0.0, "gru_units": 5, "gru_layers": 2}
CASES = {
    "meetshah_cnn": dict(network="meetshah_cnn", samples=327680, options=CNN, made_with=CNN, names="own", rules=("adamw",),
                         make=MeetshahCnn),
    "meetshah_crnn": dict(network="meetshah_crnn", samples=98304, options=CRNN, made_with=CRNN | {"frames": 480}, names="own",
                          rules=("adamw",), make=MeetshahCrnn),
}
OUTPUTS = {
    "meetshah_cnn": dict(network="meetshah_cnn", make=MeetshahCnn, labels=10, parameters=852938 + 2732),
    "meetshah_cnn_without_norm": dict(network="meetshah_cnn", make=MeetshahCnn, labels=10, parameters=852938,
                                      options={"input_norm": "none"}, made_with={"input_norm": "none"}),
    "meetshah_crnn": dict(network="meetshah_crnn", make=MeetshahCrnn, labels=10, parameters=570186),
}
